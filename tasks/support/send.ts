import type { Provider, Signer } from "ethers";

import {
  type Call,
  type SentCall,
  UserError,
  calls,
  checkCall,
  explain,
  formatDuration,
  formatTime,
  permissionFor,
  registryInterfaces,
  sendCall,
} from "../../src";
import type { TaskContext } from "./context";
import type { Maker, Outcome } from "./making";
import { type Part, progress } from "./report";

/** How long a scheduled call can be executed once it is ready: AccessManager's expiration. */
const EXPIRATION = 604_800n;

/** Sends a call as somebody, after making it without sending it; `first` are calls that come before it. */
export async function sendAs(context: TaskContext, signer: Signer, call: Call, first: readonly Call[] = []): Promise<SentCall> {
  const caller = await signer.getAddress();
  if (first.length > 0) await refuseEarly(context, caller, call);
  for (const step of first) {
    await checkCall(context.provider, caller, step);
    progress(`First: ${named(context, step)} …`);
    const { hash, gasUsed } = await sendCall(signer, step);
    progress(`Transaction ${hash}, ${gasUsed} gas.`);
  }
  await checkCall(context.provider, caller, call);
  progress(`As ${context.nameOf(caller)}: ${named(context, call)} …`);
  return sendCall(signer, call);
}

/**
 * Refuses a call that would be refused even after those that come first, so that they are not sent in vain. What a token says about
 * the transfer is left to the token: it may be what those calls are for.
 */
async function refuseEarly({ provider }: TaskContext, caller: string, call: Call): Promise<void> {
  try {
    await checkCall(provider, caller, call);
  } catch (error) {
    const { name } = explain(error);
    const ofRegistries = Object.values(registryInterfaces).some((abi) => abi.getError(name) !== null);
    if (ofRegistries && name !== "TokenTransferFailed") throw error;
  }
}

/** Makes a call that the access manager guards; where the caller's role has a delay, schedules it first. */
export async function makeRestricted(context: TaskContext, maker: Maker, call: Call): Promise<Outcome> {
  const { registries, nameOf, people } = context;
  const permission = await permissionFor(registries, maker.address, call, await nextTime(context.provider));
  switch (permission.kind) {
    case "send":
      return maker.make({ before: [], call });
    case "wait":
      throw new UserError(`This is scheduled, and can be executed from ${formatTime(permission.readyAt)} on: repeat the command then.`);
    case "schedule":
      return schedule(context, maker, call, permission.delay);
    case "refused": {
      const { roleId, role, grantedBy } = permission;
      const holders: string[] = [];
      for (const [name, address] of people.named) {
        const { isMember } = await registries.accessManager.hasRole(roleId, address);
        if (isMember) holders.push(name);
      }
      const have = holders.length > 0 ? ` ${holders.join(" and ")} has it: add --as ${holders[0]}.` : "";
      throw new UserError(
        `This needs the role ${role}, which ${nameOf(maker.address)} does not have. Who has the role ${grantedBy} can grant it, ` +
          `with grantRole of the AccessManager (${context.addresses.accessManager}).${have}`,
      );
    }
  }
}

async function schedule(context: TaskContext, maker: Maker, call: Call, delay: bigint): Promise<Outcome> {
  const { accessManager } = context.registries;
  const outcome = await maker.make({ before: [], call: calls.schedule(context.addresses, call) });
  if (outcome.kind === "told") return outcome;
  const operation = await accessManager.hashOperation(maker.address, call.to, call.data);
  const readyAt = await accessManager.getSchedule(operation);
  const { hash, blockNumber, gasUsed } = outcome.sent;
  const headline =
    `Scheduled, since the role has a delay of ${formatDuration(delay)}. The same command executes it ` +
    `from ${formatTime(readyAt)} until ${formatTime(readyAt + EXPIRATION)}.\n` +
    `Transaction ${hash} in block ${blockNumber}, ${gasUsed} gas.`;
  const data = { operation, readyAt, expiresAt: readyAt + EXPIRATION, transaction: { hash, blockNumber, gasUsed } };
  return { kind: "told", parts: [{ key: "scheduled", text: headline, data }] };
}

/** What a call does, with names for the addresses that have one. */
export function named({ nameOf }: TaskContext, { description }: Pick<Call, "description">): string {
  return description.replace(/0x[0-9a-fA-F]{40}/g, nameOf);
}

/** When the next block will be, as far as the node tells. */
async function nextTime(provider: Provider): Promise<bigint> {
  const pending = await provider.getBlock("pending").catch(() => null);
  const block = pending ?? (await provider.getBlock("latest"));
  return BigInt(block?.timestamp ?? 0);
}

/** The transaction, and what it emitted. */
export function transactionParts({ hash, blockNumber, gasUsed, events }: SentCall): Part[] {
  const line = `Transaction ${hash} in block ${blockNumber}, ${gasUsed} gas.`;
  return [
    { key: "transaction", text: line, data: { hash, blockNumber, gasUsed } },
    { key: "events", text: "", data: events },
  ];
}
