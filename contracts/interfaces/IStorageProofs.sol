// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClusterId, NodeId} from "../types/Ids.sol";
import {IClusterIdErrors, IJudgingErrors, IManagerErrors, INodeIdErrors, IProviderErrors} from "./ISharedErrors.sol";

/// @title IStorageProofs
/// @notice Judges the nodes of clusters by whether they still hold the data that they committed to. Any cluster can name it as its
/// validator.
/// @dev A node commits to a Merkle tree over its data, which counts once the cluster's approver has approved it. Every period any account
/// can challenge it. The hash of a later block then says which leaves the node has to show before the window is over. A missed answer
/// lowers its quality, answers raise it again, and repeated misses cost its bond. The rules are fixed when the cluster is set up.
/// docs/STORAGE-PROOFS.md says what this proves and what it does not.
interface IStorageProofs is IClusterIdErrors, INodeIdErrors, IJudgingErrors, IManagerErrors, IProviderErrors {
    /// @notice The rules of a cluster, which never change.
    /// @param approver The account that approves the commitments of nodes, for the owners that pay.
    /// @param period How often a node can be challenged (seconds): an hour to 30 days.
    /// @param window How long it may take to answer (seconds): ten minutes, and half a minute for each block of the delay, to less than the
    /// period.
    /// @param positions How many leaves it shows each time: 4 to 64.
    /// @param delay How many blocks after a challenge comes the one whose hash decides: 1 to 128.
    /// @param answersPerMiss How many answers in a row take back a miss: 1 to 255.
    /// @param slashFrom From how many missed challenges on each missed challenge slashes the bond; 0: none does.
    /// @param slashBps How much of the bond that is, in basis points, as far as the terms allow.
    /// @param qualityAfter The quality (basis points) after the first miss, the second, …; the last counts for all further ones. 1 to 16,
    /// none above the one before.
    struct Rules {
        address approver;
        uint32 period;
        uint32 window;
        uint8 positions;
        uint8 delay;
        uint8 answersPerMiss;
        uint8 slashFrom;
        uint16 slashBps;
        uint16[] qualityAfter;
    }

    /// @notice Which of the rules something is about.
    enum Rule {
        Period,
        Window,
        Positions,
        Delay,
        AnswersPerMiss,
        SlashBps,
        QualityCount,
        Quality
    }

    /// @notice Idle: nothing is to be answered. Opened: the positions are not known, or only derived from a block's hash. Drawn: they are
    /// fixed.
    enum ChallengeState {
        Idle,
        Opened,
        Drawn
    }

    /// @notice A leaf, and the way from it to the root.
    /// @param leaf 256 bytes.
    /// @param path The hashes beside it, from the leaf to the root.
    struct Proof {
        bytes leaf;
        bytes32[] path;
    }

    /// @notice A node's commitment, challenge and misses in a cluster. Once the node has served, they end with the agreement of its
    /// provider, or, where there is none, when it leaves: from then on only the number of challenges is left. Once this contract has left
    /// and taken office again, commitments and that number are left, unless the node announced its exit in the earlier office.
    /// @param root The root of its approved commitment; 0: there is none.
    /// @param leafCount How many leaves that tree has.
    /// @param proposedRoot The root of its last commitment that is not approved yet; 0: there is none.
    /// @param proposedLeafCount How many leaves that tree has.
    /// @param commitmentDue Until when a new commitment has to be approved (unix seconds); 0: none was asked for.
    /// @param challenges How many challenges there were; the number of the last.
    /// @param state Whether the node has to answer that challenge.
    /// @param challengedRoot The root of the tree that it is about.
    /// @param challengedLeafCount How many leaves that tree has.
    /// @param seedBlock The block whose hash decides.
    /// @param seed The seed of the positions, once they are fixed.
    /// @param openedAt When it was opened (unix seconds).
    /// @param deadline Until when it can be answered (unix seconds).
    /// @param misses How many misses lower its quality.
    /// @param challengeMisses How many of them are missed challenges, which count towards a slash.
    /// @param answersInRow How many answers it has given since the last miss that was counted or taken back.
    /// @param slashDue Whether a miss is to slash its bond, and has not yet.
    /// @param dueQualityBps The quality that follows from the misses, in basis points.
    struct ProofStatus {
        bytes32 root;
        uint64 leafCount;
        bytes32 proposedRoot;
        uint64 proposedLeafCount;
        uint256 commitmentDue;
        uint32 challenges;
        ChallengeState state;
        bytes32 challengedRoot;
        uint64 challengedLeafCount;
        uint256 seedBlock;
        bytes32 seed;
        uint256 openedAt;
        uint256 deadline;
        uint8 misses;
        uint8 challengeMisses;
        uint8 answersInRow;
        bool slashDue;
        uint16 dueQualityBps;
    }

    /// @notice A cluster is set up.
    event ClusterSetUp(ClusterId indexed clusterId, address indexed manager, Rules rules);
    /// @notice A node's provider names an account that may commit for the node; zero: none any more.
    event ProverSet(NodeId indexed nodeId, address indexed provider, address indexed prover);
    /// @notice A node commits to a tree.
    event CommitmentProposed(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed prover, bytes32 root, uint64 leafCount);
    /// @notice A node's commitment is approved: further challenges are about it.
    event CommitmentApproved(ClusterId indexed clusterId, NodeId indexed nodeId, bytes32 root, uint64 leafCount);
    /// @notice A node has to bring a new commitment that is approved until `dueAt` (unix seconds).
    event CommitmentRequested(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 dueAt);
    /// @notice A node has not brought a commitment that was asked for, and has until `dueAt` (unix seconds) before that counts again.
    /// @param misses How many misses count against it now.
    event CommitmentMissed(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed reporter, uint8 misses, uint256 dueAt);
    /// @notice A node is challenged.
    /// @param number Which challenge of this node in this cluster it is, counted from 1.
    /// @param seedBlock The block whose hash decides the positions.
    /// @param deadline Until when it can be answered (unix seconds).
    event ChallengeOpened(
        ClusterId indexed clusterId,
        NodeId indexed nodeId,
        address indexed challenger,
        uint32 number,
        bytes32 root,
        uint64 leafCount,
        uint256 seedBlock,
        uint256 deadline
    );
    /// @notice The positions of a challenge are fixed.
    event ChallengeDrawn(ClusterId indexed clusterId, NodeId indexed nodeId, uint32 number, bytes32 seed);
    /// @notice A challenge that was not drawn in time gets another block.
    event ChallengeRedrawn(ClusterId indexed clusterId, NodeId indexed nodeId, uint32 number, uint256 seedBlock, uint256 deadline);
    /// @notice A node has shown the leaves that it was asked for.
    /// @dev If `misses` falls, `answersInRow` begins again at 0, and `challengeMisses` falls by one unless it is 0. Otherwise
    /// `answersInRow` grows by one, unless there is no miss or a commitment is overdue.
    /// @param misses How many misses count against it now.
    event ChallengeAnswered(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed sender, uint32 number, uint8 misses);
    /// @notice A node has not answered a challenge in time.
    /// @param misses How many misses count against it now.
    /// @param slashDue Whether its bond is to be slashed.
    event ChallengeMissed(
        ClusterId indexed clusterId,
        NodeId indexed nodeId,
        address indexed reporter,
        uint32 number,
        uint8 misses,
        bool slashDue
    );
    /// @notice The terms registry refused a quality or a slash, which stays due.
    /// @param reason The error that it raised.
    event EnforcementRefused(ClusterId indexed clusterId, NodeId indexed nodeId, bytes reason);
    /// @notice A slash that was due is made, as far as the terms allow; 0: they allow nothing, and it is waived.
    /// @param amount In base units of the cluster's currency.
    event SlashEnforced(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 amount);
    /// @notice A node has left the cluster since its record was written, and the agreement of then, if there was one, is over: the record
    /// starts anew, without commitments.
    event ProofRecordReset(ClusterId indexed clusterId, NodeId indexed nodeId);
    /// @notice The validator has taken office again since the node was last challenged, missed something, or was asked for a commitment:
    /// the challenge, the misses, the request and a slash that was due are void. Commitments stay.
    /// @dev They are void from the validator's taking office on (`ValidatorChanged` of the terms registry); the first call afterwards that
    /// has consequences emits this. Before it, `ChallengeDrawn` and `ChallengeAnswered` of such a challenge change nothing.
    event OfficeResumed(ClusterId indexed clusterId, NodeId indexed nodeId);

    /// @notice Only the node's provider may do this, or the prover that it named.
    error CallerNotProver(NodeId nodeId, address caller, address provider, address prover);
    /// @notice Only the cluster's approver may do this.
    error CallerNotApprover(ClusterId clusterId, address caller, address approver);
    /// @notice The approver is the zero address, whose key does not exist.
    error ApproverZero();
    /// @notice A rule is out of its range.
    error RuleInvalid(Rule rule, uint256 value, uint256 minimum, uint256 maximum);
    /// @notice The cluster is set up, and its rules never change.
    error ClusterAlreadySetUp(ClusterId clusterId);
    /// @notice The cluster is not set up.
    error ClusterNotSetUp(ClusterId clusterId);
    /// @notice Another account is the node's validator.
    error ValidatorElsewhere(ClusterId clusterId, address validator);
    /// @notice A tree has at least one leaf.
    error LeafCountInvalid(uint256 leafCount, uint256 maximum);
    /// @notice No tree has a root of zero.
    error RootZero();
    /// @notice The node's commitment is another than the approved one.
    error CommitmentDiffers(ClusterId clusterId, NodeId nodeId, bytes32 proposedRoot, uint64 proposedLeafCount);
    /// @notice No commitment of the node is approved: there is nothing to ask for.
    error CommitmentMissing(ClusterId clusterId, NodeId nodeId);
    /// @notice A commitment is due at `dueAt` (unix seconds); 0: none is.
    error CommitmentNotOverdue(ClusterId clusterId, NodeId nodeId, uint256 dueAt);
    /// @notice A commitment has been asked for already.
    error CommitmentAlreadyRequested(ClusterId clusterId, NodeId nodeId, uint256 dueAt);
    /// @notice The node can be challenged again at `nextAt` (unix seconds).
    error ChallengeTooEarly(ClusterId clusterId, NodeId nodeId, uint256 nextAt);
    /// @notice The node can answer the challenge until `deadline` (unix seconds).
    error ChallengeRunning(ClusterId clusterId, NodeId nodeId, uint256 deadline);
    /// @notice There is no challenge to answer.
    error ChallengeMissing(ClusterId clusterId, NodeId nodeId);
    /// @notice The challenge could be answered until `deadline` (unix seconds).
    error ChallengeOver(ClusterId clusterId, NodeId nodeId, uint256 deadline);
    /// @notice The positions are fixed already.
    error ChallengeAlreadyDrawn(ClusterId clusterId, NodeId nodeId);
    /// @notice The block that decides is not there yet.
    error SeedNotReady(uint256 seedBlock, uint256 blockNumber);
    /// @notice The hash of the block that decides is no longer known.
    error SeedLapsed(uint256 seedBlock, uint256 blockNumber);
    /// @notice The hash of the block that decides is known: there is no reason for another.
    error SeedNotLapsed(uint256 seedBlock, uint256 blockNumber);
    /// @notice All positions are answered at once.
    error ProofCountInvalid(uint256 count, uint256 expected);
    /// @notice A leaf has 256 bytes.
    error LeafSizeInvalid(uint256 index, uint256 size, uint256 expected);
    /// @notice The leaf is not at this position of the tree that the node committed to.
    /// @param index Which of the proofs it is, counted from 0.
    error ProofInvalid(uint256 index, uint256 position);
    /// @notice The consequences of a miss or an answer take more gas than was given.
    error GasInsufficient();
    /// @notice No slash is due.
    error SlashNotDue(ClusterId clusterId, NodeId nodeId);

    /// @notice Fixes the rules of a cluster, once. For its manager.
    function setUp(ClusterId clusterId, Rules calldata rules) external;

    /// @notice Names an account that may commit for a node in all clusters; zero: none. For its provider.
    function setProver(NodeId nodeId, address prover) external;

    /// @notice Commits a node to a tree over the data that it holds for a cluster. The commitment counts once it is approved. For the
    /// node's provider, or the prover.
    /// @dev Replaces a commitment that is not approved yet. An open challenge does not change.
    /// @param root The root of the tree, see {StorageTrees}.
    /// @param leafCount How many leaves of 256 bytes it has, at most 2^48.
    function commit(ClusterId clusterId, NodeId nodeId, bytes32 root, uint64 leafCount) external;

    /// @notice Approves a node's commitment: the node should hold this tree. For the cluster's approver, which repeats the commitment.
    /// @dev An open challenge does not change.
    function approveCommitment(ClusterId clusterId, NodeId nodeId, bytes32 root, uint64 leafCount) external;

    /// @notice Asks a node for a new commitment, to be approved within a period; afterwards each period without it is a miss. For the
    /// cluster's approver. Such misses never cost the bond, and bring no slash for a challenge forward.
    function requestCommitment(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Challenges a node that serves the cluster and was not challenged for a period. For anyone.
    /// @dev Counts the challenge before as missed, if it was.
    function challenge(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Fixes the positions of a challenge, while the hash of the block that decides is known. For anyone.
    function draw(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Gives a challenge that was not drawn in time another block, and the node another window. For the cluster's approver.
    /// @dev Any other account that could do this could wait for positions that suit it.
    function redraw(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Answers a challenge, all positions at once. For anyone: the answer speaks for itself.
    /// @param proofs One for each of {positionsOf}, in this order.
    function answer(ClusterId clusterId, NodeId nodeId, Proof[] calldata proofs) external;

    /// @notice Counts a challenge as missed that was not answered in time, and lets that have its consequences. For anyone.
    function reportMiss(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Counts it as a miss that a node did not bring the commitment that it was asked for in time. For anyone.
    function reportNoCommitment(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Reports the quality that is due to the terms registry, where it takes effect at once. For anyone.
    /// @dev Misses and answers do this themselves; it is needed where the terms registry refused it then, and for a node that came back
    /// with misses. Does nothing where the quality that is due is in force, or the node serves no vnode.
    function enforceQuality(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Makes the slash that is due of the node's bond, as far as the terms allow. For anyone.
    /// @dev A miss does this itself; it is needed where the terms registry refused it then.
    function enforceSlash(ClusterId clusterId, NodeId nodeId) external;

    /// @notice The rules of a cluster. Reverts if it is not set up.
    function rulesOf(ClusterId clusterId) external view returns (Rules memory);

    /// @notice The account that may commit for a node beside its provider; zero: none.
    function proverOf(NodeId nodeId) external view returns (address);

    /// @notice A node's commitment, challenge and misses in a cluster, as they count now. Reverts if the cluster is not set up.
    function proofStatusOf(ClusterId clusterId, NodeId nodeId) external view returns (ProofStatus memory);

    /// @notice The positions that a node is asked for, counted from 0; one can be there twice. Reverts if they are not known.
    function positionsOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256[] memory positions);

    /// @notice The registry that keeps the terms of clusters.
    function TERMS_REGISTRY() external view returns (address);

    /// @notice The registry of clusters.
    function CLUSTER_REGISTRY() external view returns (address);

    /// @notice The registry of nodes.
    function NODE_REGISTRY() external view returns (address);
}
