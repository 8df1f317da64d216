export { RING_SIZE, positionOf } from "./position";
export { type Replica, Ring, evenTokens } from "./ring";
export { type BucketRoutes, type ClusterRoutes, type Route, readClusterRoutes, readRoutes, routesOf } from "./route";
export { Router, type RouterOptions } from "./router";
