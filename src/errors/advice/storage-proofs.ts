import type { AdviceTable } from "./advice";

const LOOK = "Look at how the node stands with validator:show.";

export const storageProofsAdvice: AdviceTable = {
  CallerNotProver: {
    why: "Node {nodeId} is provided by {provider}, whose prover is {prover}, and {caller} called.",
    todo: "Send it as one of the two.",
  },
  CallerNotApprover: {
    why: "{approver} approves the commitments in cluster {clusterId}, and {caller} called.",
    todo: "Send it as the approver.",
  },
  ApproverZero: { why: "The zero address cannot approve commitments: its key does not exist.", todo: "Give the address of the approver." },
  RuleInvalid: {
    why: "{value} is out of range for rule {rule}: it is between {minimum} and {maximum}.",
    todo: "Set the cluster up with rules in their ranges; they are counted from 0 in the order of IStorageProofs.Rule.",
  },
  ClusterAlreadySetUp: { why: "Cluster {clusterId} is set up already.", todo: "Its rules never change: use another validator for others." },
  ClusterNotSetUp: {
    why: "Cluster {clusterId} is not set up for proofs of storage.",
    todo: "Its manager sets it up with validator:set-up.",
  },
  ValidatorElsewhere: {
    why: "The validator of cluster {clusterId} is {validator}, so proofs of storage decide nothing there.",
    todo: "Its manager can name another validator, with notice.",
  },
  LeafCountInvalid: { why: "A tree has between 1 and {maximum} leaves, not {leafCount}.", todo: "Commit to a file that is not empty." },
  RootZero: { why: "No tree has a root of zero.", todo: "Give the root of the tree." },
  CommitmentDiffers: {
    why: "Node {nodeId} proposes the root {proposedRoot} with {proposedLeafCount} leaves in cluster {clusterId}.",
    todo: "Approve exactly that if it is what the node should hold; otherwise the node has to commit to something else.",
  },
  CommitmentMissing: {
    why: "No commitment of node {nodeId} in cluster {clusterId} is approved, so there is nothing to ask for.",
    todo: "The node commits, and the approver approves; the approver can ask for a commitment with validator:request-commitment.",
  },
  CommitmentNotOverdue: {
    why: "No commitment of node {nodeId} in cluster {clusterId} is overdue.",
    todo: "The approver can ask for one, and the node has a period to bring it.",
  },
  CommitmentAlreadyRequested: {
    why: "Node {nodeId} has been asked for a commitment to cluster {clusterId}, due at {dueAt:time}.",
    todo: "Wait until then; afterwards anyone can report that the commitment is missing.",
  },
  ChallengeTooEarly: {
    why: "Node {nodeId} can be challenged again in cluster {clusterId} at {nextAt:time}.",
    todo: "Wait until then.",
  },
  ChallengeRunning: {
    why: "Node {nodeId} can answer its challenge in cluster {clusterId} until {deadline:time}.",
    todo: "Wait until then.",
  },
  ChallengeMissing: { why: "Node {nodeId} has nothing to answer in cluster {clusterId}.", todo: LOOK },
  ChallengeOver: {
    why: "Node {nodeId} could answer its challenge in cluster {clusterId} until {deadline:time}.",
    todo: "It counts as missed; the next one can be answered.",
  },
  ChallengeAlreadyDrawn: {
    why: "The positions that node {nodeId} is asked for in cluster {clusterId} are fixed.",
    todo: "Answer them.",
  },
  SeedNotReady: {
    why: "The positions follow from the hash of block {seedBlock}, which is not there yet.",
    todo: "Wait for the block after it.",
  },
  SeedLapsed: {
    why: "The hash of block {seedBlock}, from which the positions would follow, is no longer known in block {blockNumber}.",
    todo: "The challenge counts as missed, unless the approver has it drawn again with validator:redraw. Draw earlier next time.",
  },
  SeedNotLapsed: {
    why: "The hash of block {seedBlock}, from which the positions follow, is known or still to come.",
    todo: "Draw with validator:draw, or answer.",
  },
  ProofCountInvalid: { why: "{count} proofs were given, and {expected} are asked for.", todo: "Answer all positions at once." },
  LeafSizeInvalid: {
    why: "Leaf {index} has {size} bytes, and should have {expected}.",
    todo: "Fill up the last leaf of a file with zeros, as validator:answer does.",
  },
  ProofInvalid: {
    why: "Proof {index} does not show the leaf at position {position} of the tree that is challenged.",
    todo: "Answer with the data that was committed to when the challenge was opened.",
  },
  GasInsufficient: { why: "The consequences take more gas than the call was given.", todo: "Call again with more gas." },
  SlashNotDue: { why: "Node {nodeId} has no slash due in cluster {clusterId}.", todo: LOOK },
};
