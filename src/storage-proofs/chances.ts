/**
 * How likely it is that a node which lost a share of its leaves, spread anyhow, misses at least one of some challenges. Positions are
 * drawn with replacement, each on its own: it can answer one with the share that it kept.
 * @param lost From 0 to 1.
 */
export function chanceOfMiss(lost: number, positions: number, challenges = 1): number {
  return 1 - (1 - lost) ** (positions * challenges);
}

/** How many challenges it takes until such a node has missed one, with a probability below 1. */
export function challengesUntilMiss(lost: number, positions: number, probability: number): number {
  return Math.max(1, Math.ceil(Math.log(1 - probability) / (positions * Math.log(1 - lost))));
}
