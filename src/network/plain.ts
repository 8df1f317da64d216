import type { Interface, Result } from "ethers";

import { IBucketRegistry__factory, IClusterRegistry__factory, INodeRegistry__factory } from "../bindings";

/** Stands for params that are no text: whoever wrote them harms nobody but the readers of their own item. */
const UNREADABLE_PARAMS = "\ufffd";

const itemFields = [
  fieldsOf(INodeRegistry__factory.createInterface(), "getNode"),
  fieldsOf(IClusterRegistry__factory.createInterface(), "getCluster"),
  fieldsOf(IBucketRegistry__factory.createInterface(), "getBucket"),
];

/** A struct as ethers returns it (an array with names) as a plain object with the same fields. */
export function plain<T>(struct: { [K in keyof T]: T[K] }): T {
  const result = struct as unknown as Result;
  try {
    return result.toObject() as T;
  } catch (error) {
    // ethers puts off what it cannot decode until it is asked for, and the only text in an item is its params.
    // The three kinds of items have different numbers of fields.
    const fields = itemFields.find((names) => names.length === result.length);
    if (fields === undefined) throw error;
    const values = fields.map((name) => [name, name === "params" ? UNREADABLE_PARAMS : (result.getValue(name) as unknown)]);
    return Object.fromEntries(values) as T;
  }
}

export function plainAll<T>(structs: readonly { [K in keyof T]: T[K] }[]): T[] {
  return structs.map((struct) => plain<T>(struct));
}

function fieldsOf(abi: Interface, view: string): string[] {
  return (abi.getFunction(view)?.outputs[0]?.components ?? []).map(({ name }) => name);
}
