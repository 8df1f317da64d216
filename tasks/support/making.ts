import type { Signer } from "ethers";

import { type Call, type SentCall, UserError, findGovernor, findSafe } from "../../src";
import { type Argument, flag, optional, party, text } from "./arguments";
import type { TaskContext } from "./context";
import { proposeTo } from "./governor";
import { printCalls } from "./print";
import type { Part } from "./report";
import { approveWith } from "./safe";
import { sendAs } from "./send";

/** What became of a task's calls: the last is in a block, or others have to do something first. */
export type Outcome = { kind: "sent"; sent: SentCall } | { kind: "told"; parts: Part[] };

/** Who makes the calls of a task: a key, or a contract that decides about them. */
export interface Maker {
  /** Whom the registries will see as the caller. */
  address: string;
  /** Makes the calls one after the other, as far as they can be made now; the last is the task's, the others come first. */
  make: (calls: readonly [...Call[], Call]) => Promise<Outcome>;
}

/** The same for every task that writes. */
export const makingArguments = (usualSigner: string) =>
  ({
    as: optional(text(`Who signs: a name, an index or an address (${usualSigner} unless given)`)),
    via: optional(party("A contract that makes the call: a Safe of which the signer is an owner, or a Governor to propose it to")),
    why: optional(text("What a proposal to a Governor says; what the call does unless given")),
    printCall: flag("Print the call instead of sending it; --as (any address) or --via says who would make it"),
  }) satisfies Record<string, Argument<unknown>>;

export interface Making {
  as: string | undefined;
  via: string | undefined;
  why: string | undefined;
  printCall: boolean | undefined;
}

export async function chooseMaker(context: TaskContext, { as, via, why, printCall }: Making, usualSigner: string): Promise<Maker> {
  const who = as ?? usualSigner;
  if (via === undefined && why !== undefined)
    throw new UserError("--why is for those who vote: it needs --via with the address of a Governor.");
  if (printCall === true) {
    const address = via === undefined ? context.people.address(who) : await executorOf(context, via);
    return { address, make: (calls) => printCalls(context, address, calls) };
  }
  const signer = context.people.signer(who);
  return via === undefined ? keyMaker(context, signer) : contractMaker(context, signer, via, why);
}

async function keyMaker(context: TaskContext, signer: Signer): Promise<Maker> {
  return {
    address: await signer.getAddress(),
    make: async (calls) => ({ kind: "sent", sent: await sendAs(context, signer, ...calls) }),
  };
}

async function contractMaker(context: TaskContext, signer: Signer, via: string, why: string | undefined): Promise<Maker> {
  const { provider } = context;
  const safe = await findSafe(provider, via);
  if (safe !== undefined) return { address: safe.safe, make: (calls) => approveWith(context, signer, safe, calls) };
  const governor = await findGovernor(provider, via);
  if (governor !== undefined) return { address: governor.executor, make: (calls) => proposeTo(context, signer, governor, calls, why) };
  throw new UserError(
    `${context.nameOf(via)} is neither a Safe nor a Governor (where there is a timelock, the Governor is meant that drives it). ` +
      `For any other contract, print the call with --as ${via} --print-call, and let the contract make it.`,
  );
}

/** Who would make a call: the contract itself, or its timelock. */
async function executorOf({ provider }: TaskContext, via: string): Promise<string> {
  return (await findGovernor(provider, via))?.executor ?? via;
}
