import type { Log, Provider, Signer, TransactionReceipt } from "ethers";

import type { Call } from "./calls";
import { registryInterfaces } from "./errors";
import { IAccessManager__factory, IGovernor__factory } from "./bindings";
import { plainArgs } from "./network";

/** An event that a call emitted, decoded. */
export interface DecodedEvent {
  name: string;
  address: string;
  args: Record<string, unknown>;
}

/** A call that is in a block. */
export interface SentCall {
  call: Call;
  hash: string;
  blockNumber: number;
  gasUsed: bigint;
  events: DecodedEvent[];
}

const eventInterfaces = [
  ...Object.values(registryInterfaces),
  IAccessManager__factory.createInterface(),
  IGovernor__factory.createInterface(),
];

/**
 * Gas beyond the estimate: by the time that a transaction is in a block, time and others may have made it write two slots more, such as
 * a pool that was empty and the account that it is shared to. Unused gas is refunded.
 */
const GAS_HEADROOM = 50_000n;

/** Makes a call without sending it: whatever would refuse it throws now, and costs no gas. */
export async function checkCall(provider: Provider, from: string, call: Call, blockTag?: number): Promise<void> {
  const { to, data, value } = call;
  await provider.call({ from, to, data, value, blockTag });
}

/** Sends a call and waits until it is in a block. */
export async function sendCall(signer: Signer, call: Call): Promise<SentCall> {
  const { to, data, value } = call;
  const gasLimit = (await signer.estimateGas({ to, data, value })) + GAS_HEADROOM;
  const transaction = await signer.sendTransaction({ to, data, value, gasLimit });
  const receipt = await waitFor(transaction, signer, call);
  return {
    call,
    hash: receipt.hash,
    blockNumber: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
    events: decodeEvents(receipt.logs),
  };
}

/** The events of the registries, of the access manager and of governors among some logs. */
export function decodeEvents(logs: readonly Log[]): DecodedEvent[] {
  return logs.flatMap((log) => {
    for (const abi of eventInterfaces) {
      const parsed = abi.parseLog(log);
      if (parsed !== null) return [{ name: parsed.name, address: log.address, args: plainArgs(parsed) }];
    }
    return [];
  });
}

async function waitFor(
  transaction: { wait: () => Promise<TransactionReceipt | null> },
  signer: Signer,
  call: Call,
): Promise<TransactionReceipt> {
  try {
    const receipt = await transaction.wait();
    if (receipt !== null) return receipt;
  } catch (error) {
    // A call that was refused in its block says nothing about why: made again on that block, it does.
    const failed = (error as { receipt?: TransactionReceipt }).receipt;
    if (failed !== undefined && signer.provider !== null) {
      await checkCall(signer.provider, await signer.getAddress(), call, failed.blockNumber);
    }
    throw error;
  }
  throw new Error("the transaction is not in a block");
}
