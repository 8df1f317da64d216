import { Interface } from "ethers";

import { IERC20__factory } from "../bindings";
import type { Call } from "./call";

const abi = IERC20__factory.createInterface();
const mintable = new Interface(["function mint(address to, uint256 amount)"]);

/** Lets a spender (the account registry) take an amount of the caller's tokens. */
export function approve(token: string, input: { spender: string; amount: bigint }): Call {
  return {
    to: token,
    data: abi.encodeFunctionData("approve", [input.spender, input.amount]),
    value: 0n,
    description: `let ${input.spender} take ${input.amount} base units of token ${token}`,
  };
}

/** Makes tokens out of nothing, as the test tokens of development chains let anyone. */
export function mint(token: string, input: { to: string; amount: bigint }): Call {
  return {
    to: token,
    data: mintable.encodeFunctionData("mint", [input.to, input.amount]),
    value: 0n,
    description: `mint ${input.amount} base units of token ${token} for ${input.to}`,
  };
}
