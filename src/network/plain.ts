import type { Interface, LogDescription, ParamType, Result } from "ethers";

import { IBucketRegistry__factory, IClusterRegistry__factory, INodeRegistry__factory } from "../bindings";

/** Stands for params that are no text: their author harms the readers of its own item only. */
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
  return plainFields(args, fragment.inputs);
}

function plainFields(values: Result, types: readonly ParamType[]): Record<string, unknown> {
  return Object.fromEntries(types.map((type, index) => [type.name, plainValue(values, index, type)]));
}

function plainValue(values: Result, index: number, type: ParamType): unknown {
  let value: unknown;
  try {
    value = values[index];
  } catch {
    return UNREADABLE_PARAMS;
  }
  // Composite values have their parts in a Result.
  if (type.isTuple()) return plainFields(value as Result, type.components);
  if (!type.isArray()) return value;
  const items = value as Result;
  return Array.from({ length: items.length }, (_, item) => plainValue(items, item, type.arrayChildren));
}

function readableParams(item: Result): string {
  try {
    return item.getValue("params") as string;
  } catch {
    return UNREADABLE_PARAMS;
  }
}

function fieldsOf(abi: Interface, view: string): string[] {
  return (abi.getFunction(view)?.outputs[0]?.components ?? []).map(({ name }) => name);
}
