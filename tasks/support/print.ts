import { type Call, checkCall, checksumOfBatch, decodeCall, explain, proposalText, propose } from "../../src";
import type { TaskContext } from "./context";
import type { ExecutionResult, Plan } from "./execution";
import { type Section, documentOf } from "./report";
import { named } from "./send";
import { card, printable } from "./tables";

/** Whether a call would go through if it were made now. */
export interface Check {
  accepted: boolean;
  /** Why not. */
  reason?: string;
}

/** How calls are to be proposed to a Governor. */
export interface Proposing {
  governor: string;
  why: string | undefined;
  /** The proposer; undefined: anyone. */
  proposer: string | undefined;
}

/**
 * Prints calls for another program to make: in text for people, and in JSON as the Safe app's Transaction Builder takes a batch.
 * @param address The caller.
 */
export async function printCalls(context: TaskContext, address: string, plan: Plan, proposing?: Proposing): Promise<ExecutionResult> {
  const calls = allOf(plan);
  const check = await checkNow(context, address, plan);
  const proposed = proposing === undefined ? [] : [proposedSection(context, calls, proposing)];
  const sections: Section[] = [
    { key: "version", text: "", data: "1.0" },
    { key: "chainId", text: "", data: String(context.deployment.chainId) },
    { key: "createdAt", text: "", data: Date.now() },
    {
      key: "transactions",
      text: calls.map((call) => callCard(context, call)).join("\n"),
      data: calls.map(({ to, value, data }) => ({ to, value, data })),
    },
    { key: "calls", text: "", data: calls.map((call) => ({ ...call, says: decodeCall(call.data) })) },
    ...proposed,
    { key: "from", text: `Caller: ${context.nameOf(address)}. Nothing was sent.`, data: address },
    { key: "check", text: checkText(context, check, plan), data: check },
  ];
  const meta = { name: whatOf(context, calls), description: `Caller: ${address}` };
  const checksum = checksumOfBatch({ ...documentOf(sections), meta });
  return { kind: "deferred", sections: [...sections, { key: "meta", text: "", data: { ...meta, checksum } }] };
}

/** The call that proposes them, and what it says: what a Governor's own page asks for. */
function proposedSection(context: TaskContext, calls: readonly Call[], { governor, why, proposer }: Proposing): Section {
  const reason = why ?? whatOf(context, calls);
  const description = proposer === undefined ? reason : proposalText(reason, proposer);
  const { to, value, data } = propose(governor, calls, description);
  const text = card([
    ["Propose to", context.nameOf(governor)],
    ["Description", printable(description)],
    ["Data", data],
  ]);
  return { key: "proposal", text, data: { governor, description, transaction: { to, value, data } } };
}

/** All calls of a task, in their order. */
export function allOf({ before, call }: Plan): Call[] {
  return [...before, call];
}

/** Describes calls, one after the other. */
export function whatOf(context: TaskContext, calls: readonly Call[]): string {
  return calls.map((call) => named(context, call)).join(", and then ");
}

/** A call as a card: where it goes, and what it says there. */
export function callCard(context: TaskContext, call: Pick<Call, "to" | "value" | "data"> & { description?: string }): string {
  const decoded = decodeCall(call.data);
  const name = context.nameOf(call.to);
  const rows: [string, string][] = [
    ["To", name === call.to ? call.to : `${call.to} (${name})`],
    ["Value", String(call.value)],
    ["Data", call.data],
    ["Decoded", decoded === undefined ? "unknown to this terminal" : `${decoded.function}(${argumentsText(decoded.args)})`],
  ];
  if (call.description !== undefined) rows.push(["Does", named(context, { description: call.description })]);
  return card(rows);
}

/** Checks the first call of a plan on the present state; later calls may depend on it. */
export async function checkNow({ provider, known }: TaskContext, address: string, { before, call }: Plan): Promise<Check> {
  try {
    await checkCall(provider, address, before[0] ?? call);
    return { accepted: true };
  } catch (error) {
    const { name, message } = explain(error, known);
    if (name === "NetworkUnreachable") throw error;
    return { accepted: false, reason: message };
  }
}

function checkText(context: TaskContext, { accepted, reason }: Check, { before, call }: Plan): string {
  const alone = before.length === 0;
  const what = alone ? "It" : `The call to ${named(context, before[0] ?? call)}`;
  return accepted ? `${what} would go through now.` : `${what} would be refused now. ${reason ?? ""}`;
}

function argumentsText(args: Record<string, unknown>): string {
  return Object.entries(args)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join(", ");
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  return typeof value === "string" && !value.startsWith("0x") ? printable(JSON.stringify(value)) : String(value);
}
