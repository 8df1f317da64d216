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
import type { Executor, ExecutionResult } from "./execution";
import { type Section, progress } from "./report";

/** How long a scheduled call can be executed once it is ready: AccessManager's expiration. */
const EXPIRATION = 604_800n;

/** Sends a call from a signer after simulating it; `first` are calls that come before it. */
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
 * Refuses a call that would be refused even after those that come first, so that they are not sent in vain. A token's refusal of
 * the transfer is ignored: those calls may be meant to resolve it.
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
export async function executeRestricted(context: TaskContext, executor: Executor, call: Call): Promise<ExecutionResult> {
  const { registries, nameOf, people } = context;
  const permission = await permissionFor(registries, executor.address, call, await nextTime(context.provider));
  switch (permission.kind) {
    case "send":
      return executor.execute({ before: [], call });
    case "wait":
      throw new UserError(`This call is scheduled. Repeat the command from ${formatTime(permission.readyAt)} on to execute it.`);
    case "schedule":
      return schedule(context, executor, call, permission.delay);
    case "refused": {
      const { roleId, role, grantedBy } = permission;
      const holders: string[] = [];
      for (const [name, address] of people.named) {
        const { isMember } = await registries.accessManager.hasRole(roleId, address);
        if (isMember) holders.push(name);
      }
      const have = holders.length > 0 ? ` ${holders.join(" and ")} has it: add --as ${holders[0]}.` : "";
      throw new UserError(
        `This needs the role ${role}, which ${nameOf(executor.address)} does not have. A holder of the role ${grantedBy} can grant it, ` +
          `with grantRole of the AccessManager (${context.addresses.accessManager}).${have}`,
      );
    }
  }
}

async function schedule(context: TaskContext, executor: Executor, call: Call, delay: bigint): Promise<ExecutionResult> {
  const { accessManager } = context.registries;
  const result = await executor.execute({ before: [], call: calls.schedule(context.addresses, call) });
  if (result.kind === "deferred") return result;
  const operation = await accessManager.hashOperation(executor.address, call.to, call.data);
  const readyAt = await accessManager.getSchedule(operation);
  const { hash, blockNumber, gasUsed } = result.sent;
  const text =
    `Scheduled, since the role has a delay of ${formatDuration(delay)}. The same command executes it ` +
    `from ${formatTime(readyAt)} until ${formatTime(readyAt + EXPIRATION)}.\n` +
    `Transaction ${hash} in block ${blockNumber}, ${gasUsed} gas.`;
  const data = { operation, readyAt, expiresAt: readyAt + EXPIRATION, transaction: { hash, blockNumber, gasUsed } };
  return { kind: "deferred", sections: [{ key: "scheduled", text, data }] };
}

/** Describes a call, with the names of known addresses. */
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
export function transactionSections({ hash, blockNumber, gasUsed, events }: SentCall): Section[] {
  const line = `Transaction ${hash} in block ${blockNumber}, ${gasUsed} gas.`;
  return [
    { key: "transaction", text: line, data: { hash, blockNumber, gasUsed } },
    { key: "events", text: "", data: events },
  ];
}
