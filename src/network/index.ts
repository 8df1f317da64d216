export { type CustodyReport, checkCustody } from "./custody";
export { type RangeOptions, readAllLogs, readRanges } from "./logs";
export { mapLimited, readPages } from "./paging";
export { type KnownParties, findParties } from "./parties";
export * from "./providers";
export * from "./read";
export type * from "./types";
