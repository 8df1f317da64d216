export { MULTICALL3 } from "./multicall";
export { BatchProvider } from "./provider";
export { BatchRunner } from "./runner";
