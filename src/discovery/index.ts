export {
  type ClusterCriteria,
  type ClusterListing,
  type ClusterSearch,
  type ClusterCriterion,
  findClusters,
  readClusterListings,
  unmetCriteria,
} from "./clusters";
export { type AccountCost, type BucketCost, type Costs, type Pace, depositToCover, readCosts, tokensPerMonth } from "./costs";
export { readEarned } from "./earned";
export { type ClusterEarnings, type EarningRole, type Earnings, readEarnings } from "./earnings";
export { type Engine, type WantedEngine, engineMismatch, parseWantedEngine } from "./engines";
export { type NodeCriteria, type NodeListing, type NodeSearch, type NodeCriterion, findNodes } from "./nodes";
export { type Paid, readPaid } from "./paid";
export { isInRegion } from "./regions";
export { readTrusted } from "./trust";
