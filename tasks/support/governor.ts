import type { Signer } from "ethers";

import {
  type GovernorInfo,
  type Proposal,
  type ProposalStatus,
  UserError,
  explain,
  findGovernor,
  formatAmount,
  formatDuration,
  formatTime,
  proposalIdOf,
  proposalText,
  propose,
  readProposalStatus,
  readProposals,
} from "../../src";
import type { TaskContext } from "./context";
import type { ExecutionResult, Plan } from "./execution";
import { allOf, callCard, checkNow, whatOf } from "./print";
import { type Section, progress } from "./report";
import { sendAs, transactionSections } from "./send";
import { card, printable } from "./tables";

/** Votes of nearly all DAOs have as many decimals. */
const VOTE_DECIMALS = 18;

/** Proposes that a Governor makes some calls, all of them or none. */
export async function proposeTo(
  context: TaskContext,
  signer: Signer,
  info: GovernorInfo,
  plan: Plan,
  why: string | undefined,
): Promise<ExecutionResult> {
  const { provider } = context;
  const { governor, executor } = info;
  const calls = allOf(plan);
  const reason = why ?? whatOf(context, calls);
  const text = proposalText(reason, await signer.getAddress());
  const proposalId = await proposalIdOf(provider, governor, calls, text);
  const known = await statusIfAny(context, governor, proposalId);
  if (known !== undefined) {
    throw new UserError(
      `This is proposed already: proposal ${proposalId}, which is ${known.state}. Look at it with dao:show --governor ${governor} ` +
        `--proposal ${proposalId}; to propose the same again, give another text with --why.`,
    );
  }
  const check = await checkNow(context, executor, plan);
  if (!check.accepted) progress(`The registries would refuse this call now. ${check.reason ?? ""}\nOnly the state at execution matters.`);
  const sent = await sendAs(context, signer, propose(governor, calls, text));
  const created = sent.events.find(({ name }) => name === "ProposalCreated")?.args as { voteStart: bigint; voteEnd: bigint };
  const { voteStart, voteEnd } = created;
  const opens = timeText(info, voteStart);
  const title = `Proposal ${proposalId}: ${reason}.\nThe vote is open from ${opens} until ${timeText(info, voteEnd)}: dao:vote.`;
  return {
    kind: "deferred",
    sections: [{ key: "proposal", text: title, data: { governor, proposalId, voteStart, voteEnd, check } }, ...transactionSections(sent)],
  };
}

/** The governor at an address. */
export async function governorAt({ provider, nameOf }: TaskContext, address: string): Promise<GovernorInfo> {
  const governor = await findGovernor(provider, address);
  if (governor !== undefined) return governor;
  throw new UserError(`There is no OpenZeppelin Governor at ${nameOf(address)}. A timelock is not one: give the governor that drives it.`);
}

/** A proposal of a governor, which its events tell. */
export async function proposalOf(context: TaskContext, governor: string, proposalId: bigint): Promise<Proposal> {
  for await (const proposal of proposalsOf(context, governor)) if (proposal.proposalId === proposalId) return proposal;
  throw new UserError(`The Governor ${governor} has no proposal ${proposalId}: dao:show lists all proposals.`);
}

/** The proposals of a governor since the registries are there, the newest first. */
export async function* proposalsOf({ provider, deployment }: TaskContext, governor: string): AsyncGenerator<Proposal> {
  const range = { fromBlock: deployment.fromBlock, toBlock: await provider.getBlockNumber() };
  const onProgress = (read: number, total: number): void => {
    if (read < total) progress(`Looking for proposals: ${read} of ${total} blocks …`);
  };
  yield* readProposals(provider, governor, range, { onProgress });
}

export function governorSection({ nameOf }: TaskContext, info: GovernorInfo): Section {
  const text = card([
    ["Governor", `${info.governor} (${printable(info.name)})`],
    [
      "Timelock",
      info.timelockDelay === 0n && info.executor === info.governor
        ? "none"
        : `${info.executor}, waits ${formatDuration(info.timelockDelay)}`,
    ],
    ["Votes", info.token === undefined ? "unknown" : nameOf(info.token)],
    ["A vote opens after", lengthText(info, info.votingDelay)],
    ["A vote lasts", lengthText(info, info.votingPeriod)],
    ["To propose", `${formatAmount(info.proposalThreshold, VOTE_DECIMALS)} votes`],
  ]);
  return { key: "governor", text, data: info };
}

export async function proposalSection(context: TaskContext, info: GovernorInfo, proposal: Proposal): Promise<Section> {
  const status = await readProposalStatus(context.provider, info.governor, proposal.proposalId);
  const text = card([
    ["Proposal", String(proposal.proposalId)],
    ["By", context.nameOf(proposal.proposer)],
    ["Why", whyOf(proposal)],
    ["State", `${status.state}${nextStep(status)}`],
    ["Vote", `${timeText(info, proposal.voteStart)} to ${timeText(info, proposal.voteEnd)}`],
    ["Votes", votesText(status)],
    ["Executable from", status.eta === 0n ? "not queued" : formatTime(status.eta)],
  ]);
  const calls = proposal.calls.map((call) => callCard(context, call));
  return { key: "proposal", text: [text, ...calls].join("\n"), data: { ...proposal, ...status } };
}

/** The text of a proposal, without the line for the governor. */
export function whyOf({ description }: Proposal): string {
  return printable(description.replace(/\s*#proposer=0x[0-9a-fA-F]{40}$/, "").replace(/\s+/g, " "));
}

async function statusIfAny({ provider }: TaskContext, governor: string, proposalId: bigint): Promise<ProposalStatus | undefined> {
  try {
    return await readProposalStatus(provider, governor, proposalId);
  } catch (error) {
    if (explain(error).name === "GovernorNonexistentProposal") return undefined;
    throw error;
  }
}

function nextStep({ state }: ProposalStatus): string {
  if (state === "active") return ": vote with dao:vote";
  if (state === "succeeded") return ": queue it with dao:queue";
  return state === "queued" ? ": execute it with dao:execute when the timelock has waited" : "";
}

function votesText({ votes, quorum }: ProposalStatus): string {
  if (votes === undefined) return "counted in another way";
  const [ayes, noes, rest] = [votes.for, votes.against, votes.abstain].map((amount) => formatAmount(amount, VOTE_DECIMALS));
  const needed = quorum === undefined ? "" : `; for and abstain have to reach ${formatAmount(quorum, VOTE_DECIMALS)}`;
  return `${ayes} for, ${noes} against, ${rest} abstain${needed}`;
}

function timeText({ inSeconds }: GovernorInfo, at: bigint): string {
  return inSeconds ? formatTime(at) : `block ${at}`;
}

function lengthText({ inSeconds }: GovernorInfo, length: bigint): string {
  return inSeconds ? formatDuration(length) : `${length} blocks`;
}
