/**
 * The advice on an error. Both are sentences; in `why`, `{name}` stands for a value of the error and `{name:kind}` says what it
 * counts: `amount` (base units of a token), `native` (of the native currency), `usd`, `bps`, `time`, `deadline` (a time that may be unset),
 * `duration`, `votes`, `proposalState` or `currencyId`. Addresses and currencies need no kind.
 */
export interface Advice {
  readonly why: string;
  readonly todo: string;
}

export type AdviceTable = Readonly<Record<string, Advice>>;
