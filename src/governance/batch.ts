import { id } from "ethers";

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/**
 * Computes the `checksum` in the `meta` of a document that the Transaction Builder of the Safe app reads as a batch: without it the
 * app warns that the file was changed since it was made.
 */
export function checksumOfBatch(document: JsonObject & { meta: JsonObject }): string {
  // People rename their batches: the name does not count.
  return id(canonical({ ...document, meta: { ...document.meta, name: null } }));
}

/** A text that does not depend on the order of keys: all the keys of an object, and then its values in their order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${JSON.stringify(keys)}${keys.map((key) => `${canonical(value[key] ?? null)},`).join("")}}`;
}
