export {
  type ClusterCriteria,
  type ClusterOffer,
  type ClusterSearch,
  type ClusterShortfall,
  findClusters,
  readClusterOffers,
  shortfallsOf,
} from "./clusters";
export { type AccountCost, type BucketCost, type Costs, type Pace, depositToCover, readCosts, tokensPerMonth } from "./costs";
export { readEarned } from "./earned";
export { type ClusterEarnings, type EarningRole, type Earnings, readEarnings } from "./earnings";
export { type Engine, type WantedEngine, engineMismatch, parseWantedEngine } from "./engines";
export { type NodeCriteria, type NodeOffer, type NodeSearch, type NodeShortfall, findNodes } from "./nodes";
export { type Paid, readPaid } from "./paid";
export { isInRegion } from "./regions";
export { readTrusted } from "./trust";
