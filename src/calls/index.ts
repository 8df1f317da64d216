export * from "./access";
export * from "./account";
export * from "./bucket";
export type { Call } from "./call";
export * from "./cluster";
export * from "./node";
export * from "./sharing";
export * from "./token";
