export const MAX_PATH_BYTES = 1_024;

// No backslashes and no control characters; halves of surrogate pairs are no text.
const FORBIDDEN = /[\\\p{Cc}\p{Cs}]/u;

/**
 * Whether a text is a path: segments between slashes, none of them empty, "." or "..", or the empty path for the bucket itself. So no path can be mistaken for
 * another, and none leads out of where its data is kept.
 */
export function isPath(path: string): boolean {
  if (path === "") return true;
  if (FORBIDDEN.test(path)) return false;
  if (path.length > MAX_PATH_BYTES || new TextEncoder().encode(path).length > MAX_PATH_BYTES) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
