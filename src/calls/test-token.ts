import { Interface } from "ethers";

import type { Call } from "./call";

const abi = new Interface(["function mint(address to, uint256 amount)"]);

/** Mints a token that lets anyone: only the test tokens of development chains do. */
export function mint(token: string, input: { to: string; amount: bigint }): Call {
  return {
    to: token,
    data: abi.encodeFunctionData("mint", [input.to, input.amount]),
    value: 0n,
    description: `mint ${input.amount} base units of token ${token} for ${input.to}`,
  };
}
