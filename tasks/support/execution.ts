import type { Signer } from "ethers";

import { type Call, type SentCall, UserError, findGovernor, findSafe } from "../../src";
import { type Argument, type ValuesOf, flag, optional, party, text } from "./arguments";
import type { TaskContext } from "./context";
import { proposeTo } from "./governor";
import { printCalls } from "./print";
import type { Section } from "./report";
import { approveWith } from "./safe";
import { sendAs } from "./send";

/** The result of a task's calls: `sent` and in a block, or `deferred` until other parties act. */
export type ExecutionResult = { kind: "sent"; sent: SentCall } | { kind: "deferred"; sections: Section[] };

/** The calls of a task, in this order. */
export interface Plan {
  /** Calls that its own call needs first. */
  before: readonly Call[];
  /** Its own. */
  call: Call;
}

/** The executor of a task's calls: a key, or a contract that decides about them. */
export interface Executor {
  /** The caller that the registries will see. */
  address: string;
  /** Makes the calls that can be made now. */
  execute: (plan: Plan) => Promise<ExecutionResult>;
}

/** Options of every writing task. */
// A type, not an interface: its arguments are looked up by name.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type ExecutionArguments = {
  as: Argument<string | undefined>;
  via: Argument<string | undefined>;
  why: Argument<string | undefined>;
  printCall: Argument<boolean>;
};
export type ExecutionOptions = ValuesOf<ExecutionArguments>;

export function executionArguments(usualSigner: string): ExecutionArguments {
  return {
    as: optional(text(`Signer: a name, an index or an address (${usualSigner} by default)`)),
    via: optional(party("Contract that makes the call: a Safe that the signer owns, or a Governor that receives a proposal")),
    why: optional(text("Text of the proposal to a Governor; a description of the call by default")),
    printCall: flag("Print the call instead of sending it; --as (any address) or --via names the caller"),
  };
}

export async function chooseExecutor(context: TaskContext, options: ExecutionOptions, usualSigner: string): Promise<Executor> {
  const { as = usualSigner, via, why } = options;
  if (options.printCall) return printingExecutor(context, options, usualSigner);
  const signer = context.people.signer(as);
  if (via !== undefined) return contractExecutor(context, signer, via, why);
  refuseReason(why);
  return keyExecutor(context, signer);
}

/** Sends nothing: prints the calls for another sender. */
async function printingExecutor(context: TaskContext, { as, via, why }: ExecutionOptions, usualSigner: string): Promise<Executor> {
  const governor = via === undefined ? undefined : await findGovernor(context.provider, via);
  if (governor === undefined) {
    refuseReason(why);
    const address = via ?? context.people.address(as ?? usualSigner);
    return { address, execute: (plan) => printCalls(context, address, plan) };
  }
  const proposer = as === undefined ? undefined : context.people.address(as);
  const proposing = { governor: governor.governor, why, proposer };
  return { address: governor.executor, execute: (plan) => printCalls(context, governor.executor, plan, proposing) };
}

async function keyExecutor(context: TaskContext, signer: Signer): Promise<Executor> {
  return {
    address: await signer.getAddress(),
    execute: async ({ before, call }) => ({ kind: "sent", sent: await sendAs(context, signer, call, before) }),
  };
}

async function contractExecutor(context: TaskContext, signer: Signer, via: string, why: string | undefined): Promise<Executor> {
  const { provider } = context;
  const safe = await findSafe(provider, via);
  if (safe !== undefined) {
    refuseReason(why);
    return { address: safe.safe, execute: (plan) => approveWith(context, signer, safe, plan) };
  }
  const governor = await findGovernor(provider, via);
  if (governor !== undefined) {
    return { address: governor.executor, execute: (plan) => proposeTo(context, signer, governor, plan, why) };
  }
  throw new UserError(
    `${context.nameOf(via)} is neither a Safe nor a Governor. Give the Governor that drives a timelock, not the timelock itself. ` +
      `For any other contract, print the call with --as ${via} --print-call, and let the contract make it.`,
  );
}

/** Only proposals have a reason. */
function refuseReason(why: string | undefined): void {
  if (why !== undefined) throw new UserError("--why is the text of a proposal: it needs --via with the address of a Governor.");
}
