export { type Alert, type Cursor, parseCursor, positionOf, serializeCursor } from "./cursor";
export { type AccountEvent, type ContractEvent, type NetworkEvent, KINDS, type Kind } from "./network-event";
export type { Source } from "./source";
export { type WatchOptions, type Watched, watchNetwork } from "./watch";
