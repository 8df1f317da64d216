import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { concat, dataLength, toBeHex, Wallet } from "ethers";

// Contracts that do one thing whatever they are asked, as a few bytes of code: what no compiler would write.

/** A megabyte: 2.2 million of gas to make, and as much to copy. */
export const MEGABYTE = 2 ** 20;

/** Uses all the gas that it gets. */
export const BURNS_GAS = "0xfe";

/** Copies `data`, which is behind the code, to memory, and ends with so many bytes of that. */
function ends(opcode: string, data: string, size: number): string {
  const length = toBeHex(dataLength(data), 2);
  return concat(["0x61", length, "0x600d5f39", "0x62", toBeHex(size, 3), "0x5f", opcode, data]);
}

/** Returns `data`, and zeros up to `size`. */
export const returns = (data: string, size = dataLength(data)): string => ends("0xf3", data, size);

/** Reverts with `data`, and zeros up to `size`. */
export const reverts = (data: string, size = dataLength(data)): string => ends("0xfd", data, size);

/** Calls `target` with `question`, whatever comes of it, and then answers as `honest` does, with a word. */
export function meddles(target: string, question: string, honest: string): string {
  const length = toBeHex(dataLength(question), 2);
  return concat([
    // Copies the question from behind the code, and calls with it and two million of gas.
    ...["0x61", length, "0x604e5f39", "0x5f5f61", length, "0x5f5f73", target, "0x621e8480f150"],
    // Copies what it was asked itself, delegates that, and returns a word.
    ...["0x365f5f37", "0x60205f365f73", honest, "0x5af450", "0x60205ff3"],
    question,
  ]);
}

/** Answers 1 if its first argument is this address, and burns all gas otherwise. */
export const answersOnly = (address: string): string => concat(["0x60043573", address, "0x14601d57fe5b60015f5260205ff3"]);

/** An address with such code. */
export async function contractOf(code: string): Promise<string> {
  const { address } = Wallet.createRandom();
  await setCode(address, code);
  return address;
}

/** Answers 1, after it has used nearly as much gas as that, whatever it gets. */
export function uses(gas: number): string {
  // Memory of so many words costs 3 for each, and a 512th of their square.
  const words = Math.floor((Math.sqrt(9 + (4 * gas) / 512) - 3) * 256);
  return concat(["0x600162", toBeHex(words * 32 - 32, 3), "0x52", "0x60015f5260205ff3"]);
}
