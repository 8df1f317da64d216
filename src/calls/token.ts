import { IERC20__factory } from "../../typechain-types";
import type { Call } from "./call";

const abi = IERC20__factory.createInterface();

/** Lets a spender (the account registry) take an amount of the caller's tokens. */
export function approve(token: string, input: { spender: string; amount: bigint }): Call {
  return {
    to: token,
    data: abi.encodeFunctionData("approve", [input.spender, input.amount]),
    value: 0n,
    description: `let ${input.spender} take ${input.amount} base units of token ${token}`,
  };
}
