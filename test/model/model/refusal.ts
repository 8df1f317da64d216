/** A custom error and its arguments. */
export type Reason = readonly [error: string, ...args: unknown[]];

/** A call is refused, for any of these reasons: which of them is said first is the contracts' choice. */
export class Refusal extends Error {
  constructor(readonly reasons: readonly Reason[]) {
    super(reasons.map(([error]) => error).join(" or "));
  }
}

/** Refuses a call for which there is a reason to. */
export function refuse(...reasons: (Reason | false)[]): void {
  const given = reasons.filter((reason) => reason !== false);
  if (given.length !== 0) throw new Refusal(given);
}
