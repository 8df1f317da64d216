export * from "./bucket";
export * from "./cluster";
export { MAX_PARAMS_BYTES } from "./common";
export * from "./json-schema";
export * from "./node";
