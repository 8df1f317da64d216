import { Interface } from "ethers";

/** Where Multicall3 is on every chain that has it. */
export const MULTICALL3 = "0xcA11bde05977b3631167028862bE2a173976CA11";

/** A call that only looks. */
export interface View {
  to: string;
  data: string;
}

/** How a call went: what it returned, or why it was refused. */
export interface Outcome {
  success: boolean;
  data: string;
}

const abi = new Interface([
  "function aggregate3((address target, bool allowFailure, bytes callData)[] calls) payable returns ((bool success, bytes returnData)[] results)",
]);

/** Many calls as one call of Multicall3, in which each may fail on its own. */
export function encodeTogether(views: readonly View[]): string {
  return abi.encodeFunctionData("aggregate3", [views.map(({ to, data }) => ({ target: to, allowFailure: true, callData: data }))]);
}

/** How each of them went; undefined: that was no answer of Multicall3, which the chain may not have had at that block. */
export function decodeTogether(answer: string, count: number): Outcome[] | undefined {
  if (answer === "0x") return undefined;
  const { results } = abi.decodeFunctionResult("aggregate3", answer) as unknown as { results: { success: boolean; returnData: string }[] };
  if (results.length !== count) return undefined;
  return Array.from(results, ({ success, returnData }) => ({ success, data: returnData }));
}
