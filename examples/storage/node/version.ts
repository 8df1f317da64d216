/**
 * Which of two writes of a key counts: the one that expires later, and of two that expire at the same time the one with the higher hash. Both are signed, and the same on every
 * node, so that all nodes agree in the end without asking each other.
 */
export interface Version {
  /** When the request expires (unix seconds). */
  expiry: number;
  bodyHash: string;
}

/** Below zero: `a` is older; zero: they are the same. */
export function compareVersions(a: Version, b: Version): number {
  if (a.expiry !== b.expiry) return a.expiry - b.expiry;
  return a.bodyHash < b.bodyHash ? -1 : a.bodyHash > b.bodyHash ? 1 : 0;
}
