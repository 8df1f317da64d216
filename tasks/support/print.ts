import { type Call, checkCall, decodeCall, explain } from "../../src";
import type { TaskContext } from "./context";
import type { Outcome } from "./making";
import type { Part } from "./report";
import { named } from "./send";
import { card, printable } from "./tables";

/** Whether a call would go through if it were made now. */
export interface Check {
  accepted: boolean;
  /** Why not. */
  reason?: string;
}

/** Prints calls for another program to make: in text for people, and in JSON as the Safe app's Transaction Builder takes a batch. */
export async function printCalls(context: TaskContext, address: string, calls: readonly Call[]): Promise<Outcome> {
  const check = await checkFirst(context, address, calls);
  const title = calls.map((call) => named(context, call)).join(", and then ");
  const described = calls.map(({ to, value, data, description }) => ({ to, value, data, description, says: decodeCall(data) }));
  const parts: Part[] = [
    { key: "version", text: "", data: "1.0" },
    { key: "chainId", text: "", data: String(context.deployment.chainId) },
    { key: "createdAt", text: "", data: Date.now() },
    { key: "meta", text: "", data: { name: title, description: `To be made by ${address}` } },
    {
      key: "transactions",
      text: calls.map((call) => callCard(context, call)).join("\n"),
      data: calls.map(({ to, value, data }) => ({ to, value, data })),
    },
    { key: "calls", text: "", data: described },
    { key: "from", text: `To be made by ${context.nameOf(address)}. Nothing was sent.`, data: address },
    { key: "check", text: checkText(check, calls.length), data: check },
  ];
  return { kind: "told", parts };
}

/** A call as a card: where it goes, and what it says there. */
export function callCard(context: TaskContext, call: Pick<Call, "to" | "value" | "data"> & { description?: string }): string {
  const decoded = decodeCall(call.data);
  const name = context.nameOf(call.to);
  const rows: [string, string][] = [
    ["To", name === call.to ? call.to : `${call.to} (${name})`],
    ["Value", String(call.value)],
    ["Data", call.data],
    ["Says", decoded === undefined ? "unknown to this terminal" : `${decoded.function}(${argumentsText(decoded.args)})`],
  ];
  if (call.description !== undefined) rows.push(["Does", named(context, { description: call.description })]);
  return card(rows);
}

/** Whether the first of some calls would go through if it were made now; what the others need may be what the first does. */
export async function checkFirst({ provider, known }: TaskContext, address: string, calls: readonly Call[]): Promise<Check> {
  try {
    for (const call of calls.slice(0, 1)) await checkCall(provider, address, call);
    return { accepted: true };
  } catch (error) {
    const { name, message } = explain(error, known);
    if (name === "NetworkUnreachable") throw error;
    return { accepted: false, reason: message };
  }
}

function checkText({ accepted, reason }: Check, calls: number): string {
  const what = calls === 1 ? "It" : "The first";
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
