import { Contract, Interface, type Provider, ZeroAddress, concat, getAddress, zeroPadValue } from "ethers";

import type { Call } from "../calls";
import { isUnreachable } from "../errors";

/** The part of a Safe (version 1.3 and later) that this library uses. */
const abi = new Interface([
  "function getOwners() view returns (address[])",
  "function getThreshold() view returns (uint256)",
  "function nonce() view returns (uint256)",
  "function VERSION() view returns (string)",
  "function approvedHashes(address owner, bytes32 hash) view returns (uint256)",
  "function getTransactionHash(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce) view returns (bytes32)",
  "function approveHash(bytes32 hashToApprove)",
  "function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures) payable returns (bool success)",
]);

/** A call, not a delegated one; no gas is refunded by the Safe, so that a call that fails makes the transaction fail. */
const AS_A_CALL = [0, 0, 0, 0, ZeroAddress, ZeroAddress] as const;
/** Says that the owner has approved on chain, or sends the transaction. */
const APPROVED = "0x01";
const WORD = 32;

/** A Safe: so many of its owners have to approve what it does. */
export interface SafeInfo {
  safe: string;
  version: string;
  owners: string[];
  threshold: bigint;
  /** The number of its next transaction. Approvals are for a number: what is executed first voids those for the others. */
  nonce: bigint;
}

/** A call as a Safe's next transaction. */
export interface SafeTransaction {
  hash: string;
  nonce: bigint;
  /** The owners who have approved it on chain. */
  approvedBy: string[];
}

/** The Safe at an address, or undefined if there is none. */
export async function findSafe(provider: Provider, safe: string): Promise<SafeInfo | undefined> {
  const contract = new Contract(safe, abi, provider);
  const ask = <T>(view: string): Promise<T> => contract.getFunction(view)() as Promise<T>;
  try {
    const owners = await ask<readonly string[]>("getOwners");
    const [threshold, nonce, version] = [await ask<bigint>("getThreshold"), await ask<bigint>("nonce"), await ask<string>("VERSION")];
    return { safe: getAddress(safe), version, owners: owners.map((owner) => getAddress(owner)), threshold, nonce };
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return undefined;
  }
}

/** A call as a Safe's next transaction, and the owners that have approved it. */
export async function readSafeTransaction(provider: Provider, { safe, nonce, owners }: SafeInfo, call: Call): Promise<SafeTransaction> {
  const contract = new Contract(safe, abi, provider);
  const transaction = [call.to, call.value, call.data, ...AS_A_CALL, nonce];
  const hash = (await contract.getFunction("getTransactionHash")(...transaction)) as string;
  const approvals = (await Promise.all(owners.map((owner) => contract.getFunction("approvedHashes")(owner, hash)))) as bigint[];
  return { hash, nonce, approvedBy: owners.filter((_, position) => approvals[position] !== 0n) };
}

/** Approves a transaction of a Safe. For its owners. */
export function approveSafeTransaction({ safe }: Pick<SafeInfo, "safe">, hash: string, what: Call): Call {
  return {
    to: safe,
    data: abi.encodeFunctionData("approveHash", [hash]),
    value: 0n,
    description: `approve that the Safe ${safe} does: ${what.description}`,
  };
}

/** Lets a Safe make a call that enough of its owners have approved; sending it counts as approval. */
export function executeSafeTransaction(
  { safe, threshold }: Pick<SafeInfo, "safe" | "threshold">,
  call: Call,
  approvedBy: readonly string[],
): Call {
  // The Safe asks for signatures in the order of the owners' addresses.
  const approvers = [...approvedBy].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1)).slice(0, Number(threshold));
  const signatures = concat(approvers.flatMap((owner) => [zeroPadValue(owner, WORD), zeroPadValue("0x", WORD), APPROVED]));
  return {
    to: safe,
    data: abi.encodeFunctionData("execTransaction", [call.to, call.value, call.data, ...AS_A_CALL, signatures]),
    value: 0n,
    description: `let the Safe ${safe} do: ${call.description}`,
  };
}
