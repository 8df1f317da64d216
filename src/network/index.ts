export * from "./access";
export { type CustodyReport, checkCustody } from "./custody";
export { type RangeOptions, readAllLogs, readRanges } from "./logs";
export { mapLimited, readPages } from "./paging";
export { type KnownParties, findParties } from "./parties";
export * from "./read";
export { type TokenInfo, readToken } from "./tokens";
export type * from "./types";
