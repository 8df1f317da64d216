export * from "./batch";
export { type DecodedCall, decodeCall } from "./decode";
export * from "./governor";
export * from "./safe";
