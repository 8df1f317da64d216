/** The rules of a cluster whose validator is StorageProofs; times in seconds, shares in basis points. */
export interface StorageRules {
  approver: string;
  period: bigint;
  window: bigint;
  positions: bigint;
  delay: bigint;
  answersPerMiss: bigint;
  slashFrom: bigint;
  slashBps: bigint;
  qualityAfter: bigint[];
}
