export { type DecodedCall, decodeCall } from "./decode";
export * from "./governor";
export * from "./safe";
