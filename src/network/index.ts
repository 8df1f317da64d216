export { type CustodyReport, checkCustody } from "./custody";
export { readGovernance } from "./governance";
export { mapLimited, readPages } from "./paging";
export { type KnownParties, findParties } from "./parties";
export { bucketsToSettle } from "./payers";
export * from "./read";
export type * from "./types";
