import { type Assertions, keyOf, withArguments } from "./scan";
import { type Item } from "./surface";

/** A line for everything that no test asserts, each once. */
export function missing(items: readonly Item[], assertions: Assertions): string[] {
  return [...new Set(items.filter((item) => !isAsserted(item, items, assertions)).map(describeItem))].sort();
}

function isAsserted(item: Item, items: readonly Item[], assertions: Assertions): boolean {
  if (item.kind !== "function") {
    const key = keyOf(item.kind, item.name);
    return assertions.has(item.hasInputs ? withArguments(key) : key);
  }
  if (assertions.has(keyOf("function", item.signature, item.registry))) return true;
  const overloads = items.filter(({ kind, name, registry }) => kind === "function" && name === item.name && registry === item.registry);
  // Of several functions of one name, only the signature tells which one is meant.
  return overloads.length === 1 && assertions.has(keyOf("function", item.name, item.registry));
}

function describeItem({ kind, registry, signature, hasInputs }: Item): string {
  if (kind === "function") return `function ${registry}.${signature}: no test calls it`;
  return `${kind} ${signature}: no test asserts it${hasInputs ? " with its arguments" : ""}`;
}
