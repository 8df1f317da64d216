import type { AdviceTable } from "./advice";

const LOOK = "Look at it with dao:show.";
const ASK_MAKERS = "Ask the creator of the DAO.";

/** Errors of OpenZeppelin's Governor and of its timelock. */
export const governanceAdvice: AdviceTable = {
  GovernorInvalidProposalLength: {
    why: "A proposal has as many targets as values and calls, and at least one: {targets}, {values} and {calldatas} were given.",
    todo: "Propose a whole call.",
  },
  GovernorAlreadyCastVote: { why: "{voter} has voted on this proposal.", todo: "There is nothing more to do: a vote cannot be changed." },
  GovernorDisabledDeposit: { why: "The governor takes no deposits.", todo: "Send them to its timelock, which makes its calls." },
  GovernorOnlyExecutor: { why: "{account} does not make the governor's calls.", todo: "Propose the call instead." },
  GovernorNonexistentProposal: { why: "The governor knows no proposal {proposalId}.", todo: "dao:show lists the proposals." },
  GovernorUnexpectedProposalState: {
    why: "Proposal {proposalId} is in the state {current:proposalState}, in which this cannot be done.",
    todo: LOOK,
  },
  GovernorInvalidVotingPeriod: { why: "A vote cannot last {votingPeriod}.", todo: "Give it a length." },
  GovernorInsufficientProposerVotes: {
    why: "{proposer} had {votes:votes}; a proposer needs {threshold:votes}.",
    todo: "Delegate votes to the proposer, or let a holder of enough votes propose.",
  },
  GovernorRestrictedProposer: {
    why: "The proposal names another proposer than {proposer}.",
    todo: "Let the named proposer propose it.",
  },
  GovernorInvalidVoteType: { why: "The governor knows no such vote.", todo: "Vote for, against, or abstain." },
  GovernorInvalidVoteParams: { why: "The governor counts votes in another way.", todo: ASK_MAKERS },
  GovernorProposalQueueingNotRequired: { why: "Proposal {proposalId} need not be queued.", todo: "Execute it with dao:execute." },
  GovernorProposalQueueingFailed: { why: "Proposal {proposalId} could not be queued.", todo: ASK_MAKERS },
  GovernorAlreadyQueuedProposal: { why: "The proposal is queued.", todo: "Execute it with dao:execute when the timelock has waited." },
  GovernorInvalidSignature: { why: "The signature is not of {voter}.", todo: "Vote as the voter." },
  GovernorUnableToCancel: {
    why: "{account} cannot cancel proposal {proposalId}.",
    todo: "Only its proposer can, before the vote opens.",
  },
  TimelockInvalidOperationLength: {
    why: "The timelock was given {targets} targets, {payloads} calls and {values} values.",
    todo: "Propose a whole call.",
  },
  TimelockInsufficientDelay: { why: "The timelock waits at least {minDelay:duration}.", todo: "Ask for no less." },
  TimelockUnexpectedOperationState: {
    why: "The timelock has yet to wait for operation {operationId}, or is done with it.",
    todo: "Look at the proposal with dao:show, and execute it when its time has come.",
  },
  TimelockUnexecutedPredecessor: { why: "Operation {predecessorId} has to come first.", todo: "Execute it first." },
  TimelockUnauthorizedCaller: { why: "{caller} may not change the timelock.", todo: "Only its own operations can: propose one." },
  AccessControlUnauthorizedAccount: {
    why: "{account} has no role for this in the timelock.",
    todo: "Let the governor do it: the timelock accepts proposals from the governor only.",
  },
  AccessControlBadConfirmation: {
    why: "A role is given up only with the caller's own address as confirmation.",
    todo: "Give the caller's address.",
  },
};

/** Error codes of a Safe, documented in its docs/error_codes.md. */
export const SAFE_CODES: Readonly<Record<string, string>> = {
  GS001: "it has not been set up",
  GS010: "there is too little gas for its call",
  GS013: "its call failed",
  GS020: "too few of its owners have approved",
  GS024: "the signature of an owner that is a contract is not valid",
  GS025: "an owner has not approved this transaction",
  GS026: "a signer is not an owner, or the signatures are out of order",
  GS030: "only its owners can approve",
  GS031: "only the Safe itself can do this",
};
