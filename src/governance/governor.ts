import { Contract, Interface, type Provider, getAddress, id } from "ethers";

import { IGovernor__factory } from "../bindings";
import type { Call } from "../calls";
import { PROPOSAL_STATES, type ProposalState, isUnreachable } from "../errors";
import { type RangeOptions, readRanges } from "../network/logs";

const abi = IGovernor__factory.createInterface();
/** Functions that most governors have beside the common ones. */
const extras = new Interface([
  "function timelock() view returns (address)",
  "function token() view returns (address)",
  "function proposalVotes(uint256 proposalId) view returns (uint256 against, uint256 votesFor, uint256 abstain)",
  "function getMinDelay() view returns (uint256)",
  "function delegate(address delegatee)",
]);

/** How to vote, by GovernorCountingSimple's numbers. */
export const VOTES = { against: 0, for: 1, abstain: 2 } as const;
export type Vote = keyof typeof VOTES;

/** An OpenZeppelin Governor (5.x): holders of votes decide on its calls. */
export interface GovernorInfo {
  governor: string;
  name: string;
  /** The executor of its calls: the timelock, or the governor itself. This address manages clusters, and providers trust it. */
  executor: string;
  /** How long the timelock waits (seconds); 0: there is none. */
  timelockDelay: bigint;
  /** The voting token; undefined if the governor does not name it. */
  token?: string;
  /** Whether it counts time in seconds; if not, in blocks. */
  inSeconds: boolean;
  /** Between a proposal and the vote on it, in seconds or blocks. */
  votingDelay: bigint;
  /** How long a vote lasts, in seconds or blocks. */
  votingPeriod: bigint;
  /** How many votes who proposes has to have. */
  proposalThreshold: bigint;
}

/** A proposal to a governor. */
export interface Proposal {
  proposalId: bigint;
  proposer: string;
  calls: Pick<Call, "to" | "value" | "data">[];
  description: string;
  /** When the vote opens and closes, in seconds or blocks. */
  voteStart: bigint;
  voteEnd: bigint;
}

/** How far a proposal is. */
export interface ProposalStatus {
  state: ProposalState;
  /** Undefined where the governor counts votes in another way. */
  votes?: Record<Vote, bigint>;
  /** How many votes for it, or abstaining, it needs; unknown before the vote opens. */
  quorum?: bigint;
  /** From when on it can be executed (unix seconds); 0: it is not queued. */
  eta: bigint;
}

/** The governor at an address, or undefined if there is none. */
export async function findGovernor(provider: Provider, governor: string): Promise<GovernorInfo | undefined> {
  const contract = IGovernor__factory.connect(governor, provider);
  try {
    const [votingDelay, votingPeriod] = [await contract.votingDelay(), await contract.votingPeriod()];
    const timelock = await ask<string>(provider, governor, "timelock");
    const token = await ask<string>(provider, governor, "token");
    return {
      governor: getAddress(governor),
      name: await contract.name(),
      executor: getAddress(timelock ?? governor),
      timelockDelay: (timelock === undefined ? undefined : await ask<bigint>(provider, timelock, "getMinDelay")) ?? 0n,
      ...(token === undefined ? {} : { token: getAddress(token) }),
      inSeconds: (await contract.CLOCK_MODE()).includes("timestamp"),
      votingDelay,
      votingPeriod,
      proposalThreshold: await contract.proposalThreshold(),
    };
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return undefined;
  }
}

export async function readProposalStatus(provider: Provider, governor: string, proposalId: bigint): Promise<ProposalStatus> {
  const contract = IGovernor__factory.connect(governor, provider);
  const state = PROPOSAL_STATES[Number(await contract.state(proposalId))] ?? "pending";
  const counted = await ask<[bigint, bigint, bigint]>(provider, governor, "proposalVotes", proposalId);
  const snapshot = await contract.proposalSnapshot(proposalId);
  const quorum = state === "pending" ? undefined : await contract.quorum(snapshot);
  return {
    state,
    ...(counted === undefined ? {} : { votes: { against: counted[0], for: counted[1], abstain: counted[2] } }),
    ...(quorum === undefined ? {} : { quorum }),
    eta: await contract.proposalEta(proposalId),
  };
}

/** The proposals of a governor, the newest first, from its events. A caller can stop early. */
export async function* readProposals(
  provider: Provider,
  governor: string,
  range: { fromBlock: number; toBlock: number },
  options: Pick<RangeOptions, "onProgress"> = {},
): AsyncGenerator<Proposal> {
  const contract = IGovernor__factory.connect(governor, provider);
  const query = (from: number, to: number) => contract.queryFilter(contract.filters.ProposalCreated(), from, to);
  for await (const logs of readRanges(query, range.fromBlock, range.toBlock, { ...options, newestFirst: true })) {
    for (const { args } of logs.reverse()) {
      // By position: an array has a method called `values`.
      const [proposalId, proposer, targets, values, , calldatas, voteStart, voteEnd, description] = args;
      const calls = targets.map((to, position) => ({ to, value: values[position] ?? 0n, data: calldatas[position] ?? "0x" }));
      yield { proposalId, proposer, calls, description, voteStart, voteEnd };
    }
  }
}

/** The id that a proposal has, or would have. */
export async function proposalIdOf(provider: Provider, governor: string, calls: readonly Call[], description: string): Promise<bigint> {
  return IGovernor__factory.connect(governor, provider).hashProposal(...contentOf(calls), id(description));
}

/**
 * The text of a proposal: its reason and its proposer. A governor takes the last line as a condition, so that no other account can propose the same
 * first, only to cancel it.
 */
export function proposalText(why: string, proposer: string): string {
  return `${why}\n\n#proposer=${getAddress(proposer)}`;
}

export function propose(governor: string, calls: readonly Call[], description: string): Call {
  return {
    to: governor,
    data: abi.encodeFunctionData("propose", [...contentOf(calls), description]),
    value: 0n,
    description: `propose to ${calls.map((call) => call.description).join(", and then to ")}`,
  };
}

export function castVote(governor: string, input: { proposalId: bigint; vote: Vote; reason?: string | undefined }): Call {
  const { proposalId, vote, reason } = input;
  const data =
    reason === undefined
      ? abi.encodeFunctionData("castVote", [proposalId, VOTES[vote]])
      : abi.encodeFunctionData("castVoteWithReason", [proposalId, VOTES[vote], reason]);
  return { to: governor, data, value: 0n, description: `${vote === "abstain" ? "abstain" : `vote ${vote}`} on proposal ${proposalId}` };
}

/** Hands a proposal that succeeded to the timelock, which waits. For anyone. */
export function queueProposal(governor: string, { calls, description, proposalId }: Proposal): Call {
  return {
    to: governor,
    data: abi.encodeFunctionData("queue", [...contentOf(calls), id(description)]),
    value: 0n,
    description: `queue proposal ${proposalId}`,
  };
}

/** Makes the calls of a proposal. For anyone. */
export function executeProposal(governor: string, { calls, description, proposalId }: Proposal): Call {
  return {
    to: governor,
    data: abi.encodeFunctionData("execute", [...contentOf(calls), id(description)]),
    value: 0n,
    description: `execute proposal ${proposalId}`,
  };
}

/** Delegates the caller's votes; without delegation they do not count. */
export function delegateVotes(token: string, input: { to: string }): Call {
  return {
    to: token,
    data: extras.encodeFunctionData("delegate", [input.to]),
    value: 0n,
    description: `let ${input.to} vote with the votes of the signer`,
  };
}

function contentOf(calls: readonly Pick<Call, "to" | "value" | "data">[]): [string[], bigint[], string[]] {
  return [calls.map(({ to }) => to), calls.map(({ value }) => value), calls.map(({ data }) => data)];
}

/** The answer of a view, or undefined if the contract lacks it. */
async function ask<T>(provider: Provider, contract: string, view: string, ...args: unknown[]): Promise<T | undefined> {
  try {
    return (await new Contract(contract, extras, provider).getFunction(view)(...args)) as T;
  } catch (error) {
    if (isUnreachable(error)) throw error;
    return undefined;
  }
}
