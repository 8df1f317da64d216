import type { Signer } from "ethers";

import {
  type Call,
  type SafeInfo,
  type SafeTransaction,
  UserError,
  approveSafeTransaction,
  checkCall,
  executeSafeTransaction,
  readSafeTransaction,
} from "../../src";
import type { TaskContext } from "./context";
import type { ExecutionResult, Plan } from "./execution";
import { type Section, progress } from "./report";
import { named, sendAs, transactionSections } from "./send";
import { card } from "./tables";

/**
 * Approves a call of a Safe, as one of its owners; the last required approval makes the call. All owners give the same
 * command, so each owner approves its own command.
 */
export async function approveWith(
  context: TaskContext,
  signer: Signer,
  safe: SafeInfo,
  { before, call: wanted }: Plan,
): Promise<ExecutionResult> {
  // A Safe makes one call at a time: what comes first has to be done before the command is given for the rest.
  const call = before[0] ?? wanted;
  const owner = await signer.getAddress();
  const { nameOf, provider } = context;
  if (!safe.owners.includes(owner)) {
    throw new UserError(`${nameOf(owner)} is not an owner of the Safe ${safe.safe}: those are ${safe.owners.map(nameOf).join(", ")}.`);
  }
  const transaction = await readSafeTransaction(provider, safe, call);
  const { hash, approvedBy } = transaction;
  const approvers = [...new Set([...approvedBy, owner])];
  const enough = BigInt(approvers.length) >= safe.threshold;
  if (!enough && approvedBy.includes(owner)) {
    throw new UserError(
      `${nameOf(owner)} has approved this: ${approvalsText(context, safe, approvedBy)} Other owners have to approve now.`,
    );
  }
  // A call that fails now would fail after all approvals.
  await checkCall(provider, safe.safe, call);
  if (call !== wanted) progress(`First the Safe has to ${named(context, call)}; then repeat the command.`);
  const step = enough ? executeSafeTransaction(safe, call, approvers) : approveSafeTransaction(safe, hash, call);
  const sent = await sendAs(context, signer, step);
  if (enough && call === wanted) return { kind: "sent", sent };
  const section = safeTransactionSection(context, safe, transaction, approvers, enough, call);
  return { kind: "deferred", sections: [section, ...transactionSections(sent)] };
}

function safeTransactionSection(
  context: TaskContext,
  safe: SafeInfo,
  { hash, nonce }: SafeTransaction,
  approvedBy: readonly string[],
  executed: boolean,
  call: Call,
): Section {
  const what = named(context, call);
  const text = executed
    ? `Done: ${what}. This was the first call: repeat the command for the rest.`
    : `To ${what}: ${approvalsText(context, safe, approvedBy)}\n` +
      `Another owner gives the same command. Any other transaction of the Safe voids the approval.\nSafe transaction ${hash}, number ${nonce}.`;
  const data = { safe: safe.safe, hash, nonce, approvedBy, threshold: safe.threshold, executed };
  return { key: "safeTransaction", text, data };
}

function approvalsText({ nameOf }: TaskContext, { threshold }: SafeInfo, approvedBy: readonly string[]): string {
  return `${approvedBy.length} of ${threshold} required owners approve (${approvedBy.map(nameOf).join(", ")}).`;
}

export function safeSection({ nameOf }: TaskContext, safe: SafeInfo): Section {
  const text = card([
    ["Safe", safe.safe],
    ["Version", safe.version],
    ["Owners", safe.owners.map((owner) => (nameOf(owner) === owner ? owner : `${nameOf(owner)} (${owner})`)).join("\n")],
    ["Threshold", `${safe.threshold} of ${safe.owners.length}`],
    ["Next transaction", `number ${safe.nonce}`],
  ]);
  return { key: "safe", text, data: safe };
}
