import { type Mutant, hashOf } from "./mutants";

/** What to try of a file: as many of its changes as its share, and more in case some change nothing. */
export interface Plan {
  file: string;
  sites: number;
  quota: number;
  candidates: Mutant[];
}

/** So many changes of a file are tried at least, if it has as many. */
const LEAST = 3;

/**
 * A sample spread over the files in proportion to their sites, with one change a site. Which, follows from the seed and the ids: the
 * changes of one function stay chosen when others are rewritten.
 */
export function sample(mutantsByFile: ReadonlyMap<string, readonly Mutant[]>, seed: number, count: number): Plan[] {
  const plans = [...mutantsByFile].map(([file, mutants]) => {
    const candidates = onePerSite([...mutants].sort(byLot(seed)));
    return { file, sites: candidates.length, quota: 0, candidates };
  });
  const sites = plans.reduce((sum, plan) => sum + plan.sites, 0);
  const wanted = Math.min(count, sites);

  // The largest remainders get what rounding down leaves.
  const exact = (plan: Plan): number => (wanted * plan.sites) / sites;
  for (const plan of plans) plan.quota = Math.floor(exact(plan));
  const left = wanted - plans.reduce((sum, plan) => sum + plan.quota, 0);
  const byRemainder = [...plans].sort((a, b) => exact(b) - b.quota - (exact(a) - a.quota));
  for (const plan of byRemainder.slice(0, left)) plan.quota++;
  // Some of each file, however short it is.
  for (const plan of plans) plan.quota = Math.max(plan.quota, Math.min(LEAST, plan.sites));
  return plans;
}

function byLot(seed: number): (a: Mutant, b: Mutant) => number {
  const lot = (mutant: Mutant): string => hashOf(String(seed), mutant.id);
  return (a, b) => (lot(a) < lot(b) ? -1 : 1);
}

function onePerSite(mutants: readonly Mutant[]): Mutant[] {
  const taken = new Set<string>();
  return mutants.filter(({ site }) => !taken.has(site) && taken.add(site));
}
