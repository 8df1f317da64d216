import { type Interface, type LogDescription, Result } from "ethers";

import { IBucketRegistry__factory, IClusterRegistry__factory, INodeRegistry__factory } from "../bindings";

/** Stands for params that are no text: whoever wrote them harms nobody but the readers of their own item. */
const UNREADABLE_PARAMS = "\ufffd";

export const nodeFields = fieldsOf(INodeRegistry__factory.createInterface(), "getNode");
export const clusterFields = fieldsOf(IClusterRegistry__factory.createInterface(), "getCluster");
export const bucketFields = fieldsOf(IBucketRegistry__factory.createInterface(), "getBucket");

/**
 * A struct as ethers returns it (an array with names) as a plain object with the same fields.
 * @param fields Of an item with params: ethers puts off what it cannot decode until it is asked for, and params may be no text.
 */
export function plain<T>(struct: { [K in keyof T]: T[K] }, fields?: readonly string[]): T {
  const result = struct as unknown as Result;
  if (fields === undefined) return result.toObject() as T;
  return Object.fromEntries(
    fields.map((name) => [name, name === "params" ? readableParams(result) : (result.getValue(name) as unknown)]),
  ) as T;
}

export function plainAll<T>(structs: readonly { [K in keyof T]: T[K] }[], fields?: readonly string[]): T[] {
  return structs.map((struct) => plain<T>(struct, fields));
}

/** The arguments of an event by name, with arrays and structs as plain ones; what is no text is replaced by the sign for that. */
export function plainArgs({ fragment, args }: LogDescription): Record<string, unknown> {
  return Object.fromEntries(fragment.inputs.map(({ name }) => [name, readable(args, name)]));
}

function readable(values: Result, name: string | number): unknown {
  let value: unknown;
  try {
    value = typeof name === "number" ? (values[name] as unknown) : (values.getValue(name) as unknown);
  } catch {
    return UNREADABLE_PARAMS;
  }
  if (!(value instanceof Result)) return value;
  const result = value;
  const names = namesOf(result);
  if (names.length === 0) return Array.from({ length: result.length }, (_, index) => readable(result, index));
  return Object.fromEntries(names.map((field) => [field, readable(result, field)]));
}

/** The names of a struct's fields; an array has none. */
function namesOf(result: Result): string[] {
  try {
    return Object.keys(result.toObject());
  } catch {
    return [];
  }
}

function readableParams(item: Result): string {
  return readable(item, "params") as string;
}

function fieldsOf(abi: Interface, view: string): string[] {
  return (abi.getFunction(view)?.outputs[0]?.components ?? []).map(({ name }) => name);
}
