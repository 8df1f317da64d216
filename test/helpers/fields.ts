import { Result } from "ethers";

/** The named fields of a struct that a view returned, to be compared at once. */
export function fieldsOf(struct: unknown): Record<string, unknown> {
  if (!(struct instanceof Result)) throw new Error("This is no struct that a contract returned.");
  return struct.toObject();
}
