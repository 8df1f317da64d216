export { type CustodyReport, checkCustody } from "./custody";
export { mapLimited, readPages } from "./paging";
export { type KnownParties, findParties } from "./parties";
export * from "./read";
export type * from "./types";
