export { type Alert, type Cursor, parseCursor, positionOf, serializeCursor } from "./cursor";
export { type AccountHappening, type EventHappening, type Happening, KINDS, type Kind } from "./happening";
export type { Source } from "./source";
export { type WatchOptions, type Watched, watchNetwork } from "./watch";
