import { type ContractTransactionResponse, dataSlice, getAddress } from "ethers";
import { network } from "hardhat";

/** A call that a contract made. */
export interface TracedCall {
  kind: string;
  from: string;
  to: string;
  /** The first four bytes of what it says. */
  selector: string;
  value: bigint;
}

interface Step {
  depth: number;
  op: string;
  stack: string[];
  memory: string[];
}

/** How many values a call has before the place of its arguments: gas, address, and value where it can have one. */
const BEFORE_ARGUMENTS = new Map([
  ["CALL", 3],
  ["CALLCODE", 3],
  ["DELEGATECALL", 2],
  ["STATICCALL", 2],
]);

/** The calls that contracts made in a transaction, in order. */
export async function callsIn(transaction: ContractTransactionResponse): Promise<TracedCall[]> {
  const options = { disableStorage: true };
  const { structLogs } = (await network.provider.send("debug_traceTransaction", [transaction.hash, options])) as { structLogs: Step[] };
  const frames = [getAddress(transaction.to!)];
  let entered = frames[0]!;
  const calls: TracedCall[] = [];
  for (const { depth, op, stack, memory } of structLogs) {
    if (depth > frames.length) frames.push(entered);
    frames.length = depth;
    const before = BEFORE_ARGUMENTS.get(op);
    if (before === undefined) continue;
    const from = frames.at(-1)!;
    const top = (index: number): bigint => BigInt(`0x${stack.at(-1 - index)!}`);
    const to = getAddress(dataSlice(`0x${stack.at(-2)!.padStart(64, "0")}`, 12));
    const start = Number(top(before)) * 2;
    const selector = top(before + 1) < 4n ? "0x" : `0x${memory.join("").slice(start, start + 8)}`;
    calls.push({ kind: op, from, to, selector, value: before === 3 ? top(2) : 0n });
    entered = op === "DELEGATECALL" || op === "CALLCODE" ? from : to;
  }
  return calls;
}
