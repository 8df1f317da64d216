// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {StorageTrees} from "./StorageTrees.sol";

/// @title StorageProofs
/// @notice Keeps the rules of the clusters that it judges, and of each of their nodes the commitment, the open challenge and the misses.
/// @dev It owns nothing and has no administrator.
///  - A challenge fixes the tree first and its positions later, by the hash of a block that is not there yet. Within 256 blocks of it
///    (8,191 where there is EIP-2935) anybody can draw, or answer at once. If nobody did, the challenge cannot be answered and counts as
///    missed: a prover that lets a draw lapse which it does not like gains nothing, and an honest one can always draw itself. Only the
///    approver can have it drawn again, who could approve a made-up tree as well.
///  - A node misses one challenge in a period at most, whatever others do.
///  - What has consequences in the terms registry is counted here first and enforced afterwards: what is refused there (another validator
///    in office, say) blocks nothing here, stays due, and can be enforced by anyone. Nobody can have it fail for want of gas: then it is
///    not counted either.
///  - A miss lowers the quality as soon as it is reported, until answers take it back.
contract StorageProofs is IStorageProofs, Multicall {
    // ------------------------------------------------------------ types

    /// @dev What is known of a node in a cluster.
    /// @param leftAt When it had last left the cluster when this was written; if that has changed, all of this is void.
    /// @param officeSince When this contract had last taken office as the cluster's validator; if it has again since, all of this is void,
    /// unless it is a commitment alone.
    /// The rest is what {ProofStatus} says.
    struct Record {
        bytes32 root;
        uint64 leafCount;
        uint40 leftAt;
        uint40 commitmentDue;
        uint32 challenges;
        uint8 misses;
        uint8 answersInRow;
        bool slashDue;
        uint40 officeSince;
        uint8 challengeMisses;
        bytes32 proposedRoot;
        bytes32 challengedRoot;
        uint64 challengedLeafCount;
        uint64 proposedLeafCount;
        uint48 seedBlock;
        uint40 openedAt;
        ChallengeState state;
        bytes32 seed;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 private constant LEAF_SIZE = 256;
    uint256 private constant MAX_LEAVES = 2 ** 48;
    /// @dev A window leaves this much of it after the block that decides, where blocks come at least this often (seconds): otherwise rules
    /// could ask for what nobody can know in time.
    uint256 private constant MIN_TIME_TO_ANSWER = 10 minutes;
    uint256 private constant SLOWEST_BLOCK = 30;
    /// @dev For how many blocks the EVM itself knows a hash.
    uint256 private constant NATIVE_HASHES = 256;
    /// @dev The codes of reports and slashes.
    uint16 private constant MISSED = 1;
    uint16 private constant RECOVERED = 2;

    /// @inheritdoc IStorageProofs
    address public immutable TERMS_REGISTRY;

    /// @inheritdoc IStorageProofs
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc IStorageProofs
    address public immutable NODE_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Rules) private _rules;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Record)) private _records;
    mapping(NodeId nodeId => address) private _provers;

    // ------------------------------------------------------------ constructor

    constructor(address termsRegistry, address clusterRegistry, address nodeRegistry) {
        TERMS_REGISTRY = termsRegistry;
        CLUSTER_REGISTRY = clusterRegistry;
        NODE_REGISTRY = nodeRegistry;
    }

    // ------------------------------------------------------------ functions that change state: setting up and committing

    /// @inheritdoc IStorageProofs
    function setUp(ClusterId clusterId, Rules calldata rules) external {
        address manager = IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(msg.sender == manager, CallerNotManager(clusterId, msg.sender, manager));
        require(_rules[clusterId].approver == address(0), ClusterAlreadySetUp(clusterId));
        require(rules.approver != address(0), ApproverZero());
        _requireRule(Rule.Period, rules.period, 1 hours, 30 days);
        _requireRule(Rule.Delay, rules.delay, 1, 128);
        _requireRule(Rule.Window, rules.window, MIN_TIME_TO_ANSWER + rules.delay * SLOWEST_BLOCK, rules.period - 1);
        _requireRule(Rule.Positions, rules.positions, 4, 64);
        _requireRule(Rule.AnswersPerMiss, rules.answersPerMiss, 1, type(uint8).max);
        _requireRule(Rule.SlashBps, rules.slashBps, 0, Units.BPS);
        _requireRule(Rule.QualityCount, rules.qualityAfter.length, 1, 16);
        uint256 before = Units.BPS;
        for (uint256 i = 0; i < rules.qualityAfter.length; ++i) {
            _requireRule(Rule.Quality, rules.qualityAfter[i], 0, before);
            before = rules.qualityAfter[i];
        }
        _rules[clusterId] = rules;
        emit ClusterSetUp(clusterId, manager, rules);
    }

    /// @inheritdoc IStorageProofs
    function setProver(NodeId nodeId, address prover) external {
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        require(msg.sender == provider, CallerNotProvider(nodeId, msg.sender, provider));
        _provers[nodeId] = prover;
        emit ProverSet(nodeId, provider, prover);
    }

    /// @inheritdoc IStorageProofs
    function commit(ClusterId clusterId, NodeId nodeId, bytes32 root, uint64 leafCount) external {
        _rulesOf(clusterId);
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        address prover = _provers[nodeId];
        require(msg.sender == provider || msg.sender == prover, CallerNotProver(nodeId, msg.sender, provider, prover));
        require(root != bytes32(0), RootZero());
        require(leafCount != 0 && leafCount <= MAX_LEAVES, LeafCountInvalid(leafCount, MAX_LEAVES));
        (Record storage record, ) = _current(clusterId, nodeId);
        (record.proposedRoot, record.proposedLeafCount) = (root, leafCount);
        emit CommitmentProposed(clusterId, nodeId, msg.sender, root, leafCount);
    }

    /// @inheritdoc IStorageProofs
    function approveCommitment(ClusterId clusterId, NodeId nodeId, bytes32 root, uint64 leafCount) external {
        _requireApprover(clusterId);
        (Record storage record, ) = _current(clusterId, nodeId);
        (bytes32 proposedRoot, uint64 proposedLeafCount) = (record.proposedRoot, record.proposedLeafCount);
        // What was never proposed has a root of zero.
        bool same = root != bytes32(0) && root == proposedRoot && leafCount == proposedLeafCount;
        require(same, CommitmentDiffers(clusterId, nodeId, proposedRoot, proposedLeafCount));
        (record.root, record.leafCount, record.commitmentDue) = (root, leafCount, 0);
        (record.proposedRoot, record.proposedLeafCount) = (bytes32(0), 0);
        emit CommitmentApproved(clusterId, nodeId, root, leafCount);
    }

    /// @inheritdoc IStorageProofs
    function requestCommitment(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _requireApprover(clusterId);
        Record storage record = _judged(clusterId, nodeId);
        require(record.commitmentDue == 0, CommitmentAlreadyRequested(clusterId, nodeId, record.commitmentDue));
        // 40 bits of seconds last for 34,000 years.
        record.commitmentDue = uint40(block.timestamp + rules.period);
        emit CommitmentRequested(clusterId, nodeId, record.commitmentDue);
    }

    // ------------------------------------------------------------ functions that change state: challenges

    /// @inheritdoc IStorageProofs
    function challenge(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        Record storage record = _judged(clusterId, nodeId);
        if (record.state != ChallengeState.Idle) _countMissedChallenge(clusterId, nodeId, rules, record);
        (bytes32 root, uint64 leafCount) = (record.root, record.leafCount);
        require(leafCount != 0, CommitmentMissing(clusterId, nodeId));
        uint256 nextAt = record.openedAt == 0 ? 0 : uint256(record.openedAt) + rules.period;
        require(block.timestamp >= nextAt, ChallengeTooEarly(clusterId, nodeId, nextAt));

        (record.challengedRoot, record.challengedLeafCount) = (root, leafCount);
        uint32 number = ++record.challenges;
        (uint256 seedBlock, uint256 deadline) = _open(rules, record);
        emit ChallengeOpened(clusterId, nodeId, msg.sender, number, root, leafCount, seedBlock, deadline);
    }

    /// @inheritdoc IStorageProofs
    function draw(ClusterId clusterId, NodeId nodeId) external {
        _rulesOf(clusterId);
        (Record storage record, ) = _current(clusterId, nodeId);
        _requireOpened(clusterId, nodeId, record);
        bytes32 seed = _seedOf(clusterId, nodeId, record);
        (record.seed, record.state) = (seed, ChallengeState.Drawn);
        emit ChallengeDrawn(clusterId, nodeId, record.challenges, seed);
    }

    /// @inheritdoc IStorageProofs
    function redraw(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _requireApprover(clusterId);
        (Record storage record, ) = _current(clusterId, nodeId);
        _requireOpened(clusterId, nodeId, record);
        uint256 lapsed = record.seedBlock;
        bool known = block.number <= lapsed || _hashOf(lapsed) != bytes32(0);
        require(!known, SeedNotLapsed(lapsed, block.number));
        (uint256 seedBlock, uint256 deadline) = _open(rules, record);
        emit ChallengeRedrawn(clusterId, nodeId, record.challenges, seedBlock, deadline);
    }

    /// @inheritdoc IStorageProofs
    function answer(ClusterId clusterId, NodeId nodeId, Proof[] calldata proofs) external {
        Rules storage rules = _rulesOf(clusterId);
        (Record storage record, uint256 qualityBps) = _current(clusterId, nodeId);
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        uint256 deadline = uint256(record.openedAt) + rules.window;
        require(block.timestamp <= deadline, ChallengeOver(clusterId, nodeId, deadline));
        bytes32 seed = record.state == ChallengeState.Drawn ? record.seed : _seedOf(clusterId, nodeId, record);
        _requireProofs(seed, rules.positions, record.challengedRoot, record.challengedLeafCount, proofs);

        record.state = ChallengeState.Idle;
        _takeBack(rules, record);
        emit ChallengeAnswered(clusterId, nodeId, msg.sender, record.challenges, record.misses);
        if (_qualityAfter(rules, record.misses) != qualityBps) _tryToEnforceQuality(clusterId, nodeId);
    }

    /// @inheritdoc IStorageProofs
    function reportMiss(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (Record storage record, ) = _current(clusterId, nodeId);
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        _countMissedChallenge(clusterId, nodeId, rules, record);
    }

    /// @inheritdoc IStorageProofs
    function reportNoCommitment(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        Record storage record = _judged(clusterId, nodeId);
        uint256 dueAt = record.commitmentDue;
        require(dueAt != 0 && block.timestamp > dueAt, CommitmentNotOverdue(clusterId, nodeId, dueAt));
        _countMiss(record, false);
        // 40 bits of seconds last for 34,000 years.
        record.commitmentDue = uint40(block.timestamp + rules.period);
        emit CommitmentMissed(clusterId, nodeId, msg.sender, record.misses, record.commitmentDue);
        _tryToEnforceQuality(clusterId, nodeId);
    }

    // ------------------------------------------------------------ functions that change state: consequences

    /// @inheritdoc IStorageProofs
    function enforceQuality(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (Record storage record, uint256 qualityBps) = _current(clusterId, nodeId);
        uint16 dueBps = _qualityAfter(rules, record.misses);
        if (dueBps == qualityBps) return;
        uint16 code = dueBps < qualityBps ? MISSED : RECOVERED;
        ITermsRegistry(TERMS_REGISTRY).reportQuality(clusterId, nodeId, dueBps, code, _refOf(record));
    }

    /// @inheritdoc IStorageProofs
    function enforceSlash(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (Record storage record, ) = _current(clusterId, nodeId);
        require(record.slashDue, SlashNotDue(clusterId, nodeId));
        record.slashDue = false;
        ITermsRegistry.AgreementStatus memory agreement = ITermsRegistry(TERMS_REGISTRY).getAgreement(clusterId, nodeId);
        uint256 allowed = agreement.slashableLeft;
        if (block.timestamp >= agreement.slashRenewsAt) {
            allowed = (agreement.bond * ITermsRegistry(TERMS_REGISTRY).getTerms(clusterId).maxSlashBps) / Units.BPS;
        }
        uint256 amount = Math.min((agreement.bond * rules.slashBps) / Units.BPS, Math.min(allowed, agreement.bond));
        emit SlashEnforced(clusterId, nodeId, amount);
        if (amount != 0) ITermsRegistry(TERMS_REGISTRY).slash(clusterId, nodeId, amount, MISSED, _refOf(record));
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IStorageProofs
    function rulesOf(ClusterId clusterId) external view returns (Rules memory) {
        return _rulesOf(clusterId);
    }

    /// @inheritdoc IStorageProofs
    function proverOf(NodeId nodeId) external view returns (address) {
        return _provers[nodeId];
    }

    /// @inheritdoc IStorageProofs
    function proofStatusOf(ClusterId clusterId, NodeId nodeId) external view returns (ProofStatus memory status) {
        Rules storage rules = _rulesOf(clusterId);
        Record memory record = _records[clusterId][nodeId];
        status.challenges = record.challenges;
        status.dueQualityBps = uint16(Units.BPS);
        if (_isVoid(clusterId, nodeId)) return status;
        (status.root, status.leafCount) = (record.root, record.leafCount);
        (status.proposedRoot, status.proposedLeafCount) = (record.proposedRoot, record.proposedLeafCount);
        status.commitmentDue = record.commitmentDue;
        status.state = record.state;
        (status.challengedRoot, status.challengedLeafCount) = (record.challengedRoot, record.challengedLeafCount);
        status.seedBlock = record.seedBlock;
        if (record.state == ChallengeState.Drawn) status.seed = record.seed;
        status.openedAt = record.openedAt;
        if (record.openedAt != 0) status.deadline = uint256(record.openedAt) + rules.window;
        (status.misses, status.challengeMisses, status.answersInRow) = (record.misses, record.challengeMisses, record.answersInRow);
        status.slashDue = record.slashDue;
        status.dueQualityBps = _qualityAfter(rules, record.misses);
    }

    /// @inheritdoc IStorageProofs
    function positionsOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256[] memory positions) {
        Rules storage rules = _rulesOf(clusterId);
        Record storage record = _records[clusterId][nodeId];
        bool open = record.state != ChallengeState.Idle && !_isVoid(clusterId, nodeId);
        require(open, ChallengeMissing(clusterId, nodeId));
        bytes32 seed = record.state == ChallengeState.Drawn ? record.seed : _seedOf(clusterId, nodeId, record);
        positions = new uint256[](rules.positions);
        for (uint256 i = 0; i < positions.length; ++i) positions[i] = _positionOf(seed, i, record.challengedLeafCount);
    }

    // ------------------------------------------------------------ internal: challenges

    /// @dev Lets the hash of a block that is not there yet decide, and the window begin.
    function _open(Rules storage rules, Record storage record) private returns (uint256 seedBlock, uint256 deadline) {
        seedBlock = block.number + rules.delay;
        deadline = block.timestamp + rules.window;
        // 48 bits of blocks and 40 of seconds last for thousands of years.
        (record.seedBlock, record.openedAt, record.state) = (uint48(seedBlock), uint40(block.timestamp), ChallengeState.Opened);
    }

    function _seedOf(ClusterId clusterId, NodeId nodeId, Record storage record) private view returns (bytes32) {
        uint256 seedBlock = record.seedBlock;
        require(block.number > seedBlock, SeedNotReady(seedBlock, block.number));
        bytes32 hash = _hashOf(seedBlock);
        require(hash != bytes32(0), SeedLapsed(seedBlock, block.number));
        return keccak256(abi.encode(hash, address(this), clusterId, nodeId));
    }

    /// @dev The hash of a block, or 0 if it is not known any more. {Blockhash.blockHash} would take for a hash what the history contract
    /// says as it fails; where it gives reasons (Hardhat's does), everybody could know the positions.
    function _hashOf(uint256 blockNumber) private view returns (bytes32) {
        if (block.number - blockNumber <= NATIVE_HASHES) return blockhash(blockNumber);
        (bool success, bytes memory data) = Blockhash.HISTORY_STORAGE_ADDRESS.staticcall(abi.encode(blockNumber));
        return success && data.length == 32 ? bytes32(data) : bytes32(0);
    }

    /// @dev Of 256 bits, what a remainder of up to 48 bits prefers some positions by is nothing.
    function _positionOf(bytes32 seed, uint256 index, uint256 leafCount) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index))) % leafCount;
    }

    function _requireProofs(bytes32 seed, uint256 count, bytes32 root, uint256 leafCount, Proof[] calldata proofs) private pure {
        require(proofs.length == count, ProofCountInvalid(proofs.length, count));
        for (uint256 i = 0; i < count; ++i) {
            Proof calldata proof = proofs[i];
            require(proof.leaf.length == LEAF_SIZE, LeafSizeInvalid(i, proof.leaf.length, LEAF_SIZE));
            uint256 position = _positionOf(seed, i, leafCount);
            require(StorageTrees.holds(root, leafCount, position, proof.leaf, proof.path), ProofInvalid(i, position));
        }
    }

    // ------------------------------------------------------------ internal: misses and their consequences

    function _countMissedChallenge(ClusterId clusterId, NodeId nodeId, Rules storage rules, Record storage record) private {
        uint256 deadline = uint256(record.openedAt) + rules.window;
        require(block.timestamp > deadline, ChallengeRunning(clusterId, nodeId, deadline));
        record.state = ChallengeState.Idle;
        _countMiss(record, true);
        bool slashDue = rules.slashFrom != 0 && record.challengeMisses >= rules.slashFrom;
        if (slashDue) record.slashDue = true;
        emit ChallengeMissed(clusterId, nodeId, msg.sender, record.challenges, record.misses, slashDue);
        _tryToEnforceQuality(clusterId, nodeId);
        if (!slashDue) return;
        try this.enforceSlash(clusterId, nodeId) {} catch (bytes memory reason) {
            _refuse(clusterId, nodeId, reason);
        }
    }

    /// @dev Missed commitments lower the quality alone, so they do not bring a slash forward.
    function _countMiss(Record storage record, bool isChallenge) private {
        if (record.misses != type(uint8).max) ++record.misses;
        if (isChallenge && record.challengeMisses != type(uint8).max) ++record.challengeMisses;
        record.answersInRow = 0;
    }

    /// @dev Answers take back misses, but not while a commitment is overdue: what is shown then is not what should be held.
    function _takeBack(Rules storage rules, Record storage record) private {
        if (record.misses == 0 || (record.commitmentDue != 0 && block.timestamp > record.commitmentDue)) return;
        if (++record.answersInRow < rules.answersPerMiss) return;
        record.answersInRow = 0;
        --record.misses;
        if (record.challengeMisses != 0) --record.challengeMisses;
    }

    function _tryToEnforceQuality(ClusterId clusterId, NodeId nodeId) private {
        try this.enforceQuality(clusterId, nodeId) {} catch (bytes memory reason) {
            _refuse(clusterId, nodeId, reason);
        }
    }

    /// @dev Whatever the registries refuse has a reason. What has none ran out of gas, by somebody's design or by an estimate of the least
    /// with which the rest goes through: then nothing has happened.
    function _refuse(ClusterId clusterId, NodeId nodeId, bytes memory reason) private {
        require(reason.length != 0, GasInsufficient());
        emit EnforcementRefused(clusterId, nodeId, reason);
    }

    function _qualityAfter(Rules storage rules, uint256 misses) private view returns (uint16) {
        if (misses == 0) return uint16(Units.BPS);
        return rules.qualityAfter[Math.min(misses, rules.qualityAfter.length) - 1];
    }

    function _refOf(Record storage record) private view returns (string memory) {
        return string.concat("challenge ", Strings.toString(record.challenges));
    }

    // ------------------------------------------------------------ internal: who and what is there

    /// @dev The record of a node, begun anew if the node has left the cluster, or this contract has taken office again, since it was
    /// written; and the node's quality.
    function _current(ClusterId clusterId, NodeId nodeId) private returns (Record storage record, uint256 qualityBps) {
        record = _records[clusterId][nodeId];
        uint40 leftAt;
        (, leftAt, qualityBps) = _membershipOf(clusterId, nodeId);
        uint40 officeSince = _officeSince(clusterId, record);
        if (leftAt != record.leftAt || _isOfAnotherOffice(record, officeSince)) {
            uint32 challenges = record.challenges;
            delete _records[clusterId][nodeId];
            (record.leftAt, record.challenges) = (leftAt, challenges);
            emit ProofRecordReset(clusterId, nodeId);
        }
        if (record.officeSince != officeSince) record.officeSince = officeSince;
    }

    /// @dev Whether {_current} would begin the record of a node anew.
    function _isVoid(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        Record storage record = _records[clusterId][nodeId];
        (, uint40 leftAt, ) = _membershipOf(clusterId, nodeId);
        return leftAt != record.leftAt || _isOfAnotherOffice(record, _officeSince(clusterId, record));
    }

    /// @dev Since when this contract has been the cluster's validator; while it is not, what the record says.
    function _officeSince(ClusterId clusterId, Record storage record) private view returns (uint40) {
        (address validator, uint40 since) = ITermsRegistry(TERMS_REGISTRY).officeOf(clusterId);
        return validator == address(this) ? since : record.officeSince;
    }

    /// @dev Whether anything was asked of the node, or counted against it, before this contract last took office. Commitments alone may be
    /// made before.
    function _isOfAnotherOffice(Record storage record, uint40 officeSince) private view returns (bool) {
        if (record.officeSince == officeSince) return false;
        return record.state != ChallengeState.Idle || record.misses != 0 || record.commitmentDue != 0;
    }

    /// @dev The same of a node that serves a cluster which this contract judges.
    function _judged(ClusterId clusterId, NodeId nodeId) private returns (Record storage record) {
        (uint16 vnodes, , ) = _membershipOf(clusterId, nodeId);
        require(vnodes != 0, NodeNotServing(clusterId, nodeId));
        address validator = ITermsRegistry(TERMS_REGISTRY).validatorOf(clusterId, nodeId);
        require(validator == address(this), ValidatorElsewhere(clusterId, validator));
        (record, ) = _current(clusterId, nodeId);
    }

    function _membershipOf(ClusterId clusterId, NodeId nodeId) private view returns (uint16 vnodes, uint40 leftAt, uint16 qualityBps) {
        (, vnodes, qualityBps, , leftAt, ) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
    }

    function _rulesOf(ClusterId clusterId) private view returns (Rules storage rules) {
        rules = _rules[clusterId];
        require(rules.approver != address(0), ClusterNotSetUp(clusterId));
    }

    function _requireApprover(ClusterId clusterId) private view returns (Rules storage rules) {
        rules = _rulesOf(clusterId);
        require(msg.sender == rules.approver, CallerNotApprover(clusterId, msg.sender, rules.approver));
    }

    function _requireOpened(ClusterId clusterId, NodeId nodeId, Record storage record) private view {
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        require(record.state == ChallengeState.Opened, ChallengeAlreadyDrawn(clusterId, nodeId));
    }

    function _requireRule(Rule rule, uint256 value, uint256 minimum, uint256 maximum) private pure {
        require(value >= minimum && value <= maximum, RuleInvalid(rule, value, minimum, maximum));
    }
}
