export { type Reputations, computeReputations } from "./ledger";
export { readReputations } from "./read";
export type * from "./types";
