export { RING_SIZE, positionOf } from "./position";
export { type Replica, Ring, evenTokens } from "./ring";
export { type BucketRoutes, type Route, readRoutes, routesOf } from "./route";
