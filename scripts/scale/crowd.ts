import { type Interface, toQuantity } from "ethers";
import { network } from "hardhat";

import { type World } from "../gas/world";

/** What a transaction may use at most (EIP-7825). */
export const TRANSACTION_GAS = 2 ** 24;

/** A contract, as far as calling it goes. */
interface Called {
  interface: Interface;
  getAddress: () => Promise<string>;
}

/** Sends calls of one contract in one transaction, without the questions that a wallet asks before. */
export async function sendAll(from: string, contract: Called, calls: readonly string[]): Promise<void> {
  const data = calls.length === 1 ? calls[0] : contract.interface.encodeFunctionData("multicall", [calls]);
  await network.provider.send("eth_sendTransaction", [{ from, to: await contract.getAddress(), data, gas: toQuantity(TRANSACTION_GAS) }]);
}

/** Deposits for each of many people. */
export async function depositForAll(
  { accounts, token, people }: World,
  everyone: readonly string[],
  amountOf: (index: number) => bigint,
): Promise<void> {
  const tokenAddress = await token.getAddress();
  const deposits = everyone.map((person, index) =>
    accounts.interface.encodeFunctionData("depositFor", [person, tokenAddress, amountOf(index)]),
  );
  await inChunks(deposits, 100, (chunk) => sendAll(people.owner.address, accounts, chunk));
}

/** Does something with a few of many at a time, one after the other. */
export async function inChunks<T>(all: readonly T[], size: number, each: (chunk: T[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += size) await each(all.slice(start, start + size));
}
