/** The rules of a cluster whose validator is StorageProofs; times in seconds, shares in basis points. */
export interface StorageRules {
  confirmer: string;
  period: bigint;
  window: bigint;
  positions: bigint;
  delay: bigint;
  answersPerMiss: bigint;
  penaltyFrom: bigint;
  penaltyBps: bigint;
  qualityAfter: bigint[];
}
