// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {Casts} from "../libraries/Casts.sol";
import {Challenges} from "../libraries/Challenges.sol";
import {ProofRecords} from "../libraries/ProofRecords.sol";
import {ProofRules} from "../libraries/ProofRules.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {NodeService, serviceOf} from "../types/NodeService.sol";
import {ProofRecord} from "../types/ProofRecord.sol";

/// @title StorageProofs
/// @notice Keeps the rules of the clusters that it judges, and of each of their nodes the commitment, the open challenge and the misses.
/// @dev It owns nothing and has no administrator.
///  - A challenge fixes the tree first and its positions later, by the hash of a block that does not exist yet. Within 256 blocks of it
///    (8,191 where there is EIP-2935) any account can draw, or answer at once. A challenge without a draw in time cannot be answered and
///    counts as missed: a prover gains nothing by letting a draw lapse that it does not like, and an honest one can always draw itself.
///    Only the approver can have it drawn again, which could approve a made-up tree as well.
///  - A node misses one challenge in a period at most within an agreement and an office, whatever others do.
///  - A consequence in the terms registry is counted here first and enforced afterwards. A refusal there (another validator is in office,
///    say) blocks nothing here: the consequence stays due, and anyone can enforce it. No caller can make it fail for want of gas: then the
///    miss is not counted either.
///  - A miss lowers the quality as soon as it is reported, until answers take it back. A node that comes back has its full quality until
///    the next report, answer or {enforceQuality}.
///  - A record belongs to the agreement of the node's provider: a node that leaves is judged for what was open then, for as long as its
///    bond answers for it, and one that comes back under the same agreement goes on where it was.
///  - A call asks the terms registry for the office only where it has consequences. Committing, approving, drawing, and answering without
///    a miss have none: they change nothing that outlives the office.
contract StorageProofs is IStorageProofs, Multicall {
    using Challenges for ProofRecord;
    using ProofRecords for ProofRecord;
    using ProofRules for Rules;

    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MAX_LEAVES = 2 ** 48;
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
    mapping(ClusterId clusterId => mapping(NodeId nodeId => ProofRecord)) private _records;
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
        rules.requireValid();
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
        (ProofRecord storage record, ) = _record(clusterId, nodeId);
        (record.proposedRoot, record.proposedLeafCount) = (root, leafCount);
        emit CommitmentProposed(clusterId, nodeId, msg.sender, root, leafCount);
    }

    /// @inheritdoc IStorageProofs
    function approveCommitment(ClusterId clusterId, NodeId nodeId, bytes32 root, uint64 leafCount) external {
        _requireApprover(clusterId);
        (ProofRecord storage record, ) = _record(clusterId, nodeId);
        (bytes32 proposedRoot, uint64 proposedLeafCount) = (record.proposedRoot, record.proposedLeafCount);
        // Without a proposal its root is zero.
        bool same = root != bytes32(0) && root == proposedRoot && leafCount == proposedLeafCount;
        require(same, CommitmentDiffers(clusterId, nodeId, proposedRoot, proposedLeafCount));
        (record.root, record.leafCount, record.commitmentDue) = (root, leafCount, 0);
        (record.proposedRoot, record.proposedLeafCount) = (bytes32(0), 0);
        emit CommitmentApproved(clusterId, nodeId, root, leafCount);
    }

    /// @inheritdoc IStorageProofs
    function requestCommitment(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _requireApprover(clusterId);
        ProofRecord storage record = _judged(clusterId, nodeId);
        require(record.commitmentDue == 0, CommitmentAlreadyRequested(clusterId, nodeId, record.commitmentDue));
        record.commitmentDue = Casts.timeAfter(rules.period);
        emit CommitmentRequested(clusterId, nodeId, record.commitmentDue);
    }

    // ------------------------------------------------------------ functions that change state: challenges

    /// @inheritdoc IStorageProofs
    function challenge(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        ProofRecord storage record = _judged(clusterId, nodeId);
        if (record.state != ChallengeState.Idle) _countMissedChallenge(clusterId, nodeId, rules, record);
        (bytes32 root, uint64 leafCount) = (record.root, record.leafCount);
        require(leafCount != 0, CommitmentMissing(clusterId, nodeId));
        uint256 nextAt = record.openedAt == 0 ? 0 : uint256(record.openedAt) + rules.period;
        require(block.timestamp >= nextAt, ChallengeTooEarly(clusterId, nodeId, nextAt));

        (record.challengedRoot, record.challengedLeafCount) = (root, leafCount);
        uint32 number = ++record.challenges;
        (uint256 seedBlock, uint256 deadline) = record.open(rules);
        emit ChallengeOpened(clusterId, nodeId, msg.sender, number, root, leafCount, seedBlock, deadline);
    }

    /// @inheritdoc IStorageProofs
    function draw(ClusterId clusterId, NodeId nodeId) external {
        _rulesOf(clusterId);
        (ProofRecord storage record, ) = _record(clusterId, nodeId);
        _requireOpened(clusterId, nodeId, record);
        bytes32 seed = record.seedFrom(clusterId, nodeId);
        (record.seed, record.state) = (seed, ChallengeState.Drawn);
        emit ChallengeDrawn(clusterId, nodeId, record.challenges, seed);
    }

    /// @inheritdoc IStorageProofs
    function redraw(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _requireApprover(clusterId);
        (ProofRecord storage record, ) = _current(clusterId, nodeId);
        _requireOpened(clusterId, nodeId, record);
        uint256 lapsed = record.seedBlock;
        bool known = block.number <= lapsed || Challenges.hashOf(lapsed) != bytes32(0);
        require(!known, SeedNotLapsed(lapsed, block.number));
        (uint256 seedBlock, uint256 deadline) = record.open(rules);
        emit ChallengeRedrawn(clusterId, nodeId, record.challenges, seedBlock, deadline);
    }

    /// @inheritdoc IStorageProofs
    function answer(ClusterId clusterId, NodeId nodeId, Proof[] calldata proofs) external {
        Rules storage rules = _rulesOf(clusterId);
        (ProofRecord storage record, NodeService memory service) = _record(clusterId, nodeId);
        // Without a miss there is nothing that the answer could take back.
        if (record.misses != 0) _resume(clusterId, nodeId, record);
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        uint256 deadline = record.deadlineOf(rules);
        require(block.timestamp <= deadline, ChallengeOver(clusterId, nodeId, deadline));
        bytes32 seed = record.currentSeed(clusterId, nodeId);
        Challenges.requireProofs(seed, rules.positions, record.challengedRoot, record.challengedLeafCount, proofs);

        record.state = ChallengeState.Idle;
        record.countAnswer(rules.answersPerMiss);
        uint8 misses = record.misses;
        emit ChallengeAnswered(clusterId, nodeId, msg.sender, record.challenges, misses);
        if (rules.qualityFor(misses) != service.qualityBps) _tryToEnforceQuality(clusterId, nodeId);
    }

    /// @inheritdoc IStorageProofs
    function reportMiss(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (ProofRecord storage record, ) = _current(clusterId, nodeId);
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        _countMissedChallenge(clusterId, nodeId, rules, record);
    }

    /// @inheritdoc IStorageProofs
    function reportNoCommitment(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        ProofRecord storage record = _judged(clusterId, nodeId);
        uint256 dueAt = record.commitmentDue;
        require(dueAt != 0 && block.timestamp > dueAt, CommitmentNotOverdue(clusterId, nodeId, dueAt));
        record.countMiss(false);
        record.commitmentDue = Casts.timeAfter(rules.period);
        emit CommitmentMissed(clusterId, nodeId, msg.sender, record.misses, record.commitmentDue);
        _tryToEnforceQuality(clusterId, nodeId);
    }

    // ------------------------------------------------------------ functions that change state: consequences

    /// @inheritdoc IStorageProofs
    function enforceQuality(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (ProofRecord storage record, NodeService memory service) = _current(clusterId, nodeId);
        uint16 dueBps = rules.qualityFor(record.misses);
        if (dueBps == service.qualityBps || service.vnodes == 0) return;
        uint16 code = dueBps < service.qualityBps ? MISSED : RECOVERED;
        ITermsRegistry(TERMS_REGISTRY).reportQuality(clusterId, nodeId, dueBps, code, _refOf(record));
    }

    /// @inheritdoc IStorageProofs
    function enforceSlash(ClusterId clusterId, NodeId nodeId) external {
        Rules storage rules = _rulesOf(clusterId);
        (ProofRecord storage record, ) = _current(clusterId, nodeId);
        require(record.slashDue, SlashNotDue(clusterId, nodeId));
        record.slashDue = false;
        ITermsRegistry.AgreementStatus memory agreement = ITermsRegistry(TERMS_REGISTRY).getAgreement(clusterId, nodeId);
        uint256 amount = Math.min((agreement.bond * rules.slashBps) / Units.BPS, agreement.slashable);
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
        ProofRecord storage record = _records[clusterId][nodeId];
        status.challenges = record.challenges;
        status.dueQualityBps = uint16(Units.BPS);
        if (_isOver(clusterId, nodeId, record, serviceOf(CLUSTER_REGISTRY, clusterId, nodeId))) return status;
        (status.root, status.leafCount) = (record.root, record.leafCount);
        (status.proposedRoot, status.proposedLeafCount) = (record.proposedRoot, record.proposedLeafCount);
        if (_isOfAnotherOffice(clusterId, nodeId, record)) return status;
        status.commitmentDue = record.commitmentDue;
        status.state = record.state;
        (status.challengedRoot, status.challengedLeafCount) = (record.challengedRoot, record.challengedLeafCount);
        status.seedBlock = record.seedBlock;
        if (record.state == ChallengeState.Drawn) status.seed = record.seed;
        status.openedAt = record.openedAt;
        if (record.openedAt != 0) status.deadline = uint256(record.openedAt) + rules.window;
        (status.misses, status.challengeMisses, status.answersInRow) = (record.misses, record.challengeMisses, record.answersInRow);
        status.slashDue = record.slashDue;
        status.dueQualityBps = rules.qualityFor(record.misses);
    }

    /// @inheritdoc IStorageProofs
    function positionsOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256[] memory positions) {
        Rules storage rules = _rulesOf(clusterId);
        ProofRecord storage record = _records[clusterId][nodeId];
        bool isOver = _isOver(clusterId, nodeId, record, serviceOf(CLUSTER_REGISTRY, clusterId, nodeId));
        bool isVoid = isOver || _isOfAnotherOffice(clusterId, nodeId, record);
        require(record.state != ChallengeState.Idle && !isVoid, ChallengeMissing(clusterId, nodeId));
        bytes32 seed = record.currentSeed(clusterId, nodeId);
        uint256 leafCount = record.challengedLeafCount;
        positions = new uint256[](rules.positions);
        for (uint256 i = 0; i < positions.length; ++i) positions[i] = Challenges.positionOf(seed, i, leafCount);
    }

    // ------------------------------------------------------------ internal: misses and their consequences

    function _countMissedChallenge(ClusterId clusterId, NodeId nodeId, Rules storage rules, ProofRecord storage record) private {
        uint256 deadline = record.deadlineOf(rules);
        require(block.timestamp > deadline, ChallengeRunning(clusterId, nodeId, deadline));
        record.state = ChallengeState.Idle;
        record.countMiss(true);
        bool slashDue = rules.slashFrom != 0 && record.challengeMisses >= rules.slashFrom;
        if (slashDue) record.slashDue = true;
        emit ChallengeMissed(clusterId, nodeId, msg.sender, record.challenges, record.misses, slashDue);
        _tryToEnforceQuality(clusterId, nodeId);
        if (!slashDue) return;
        try this.enforceSlash(clusterId, nodeId) {} catch (bytes memory reason) {
            _refuse(clusterId, nodeId, reason);
        }
    }

    function _tryToEnforceQuality(ClusterId clusterId, NodeId nodeId) private {
        try this.enforceQuality(clusterId, nodeId) {} catch (bytes memory reason) {
            _refuse(clusterId, nodeId, reason);
        }
    }

    /// @dev A refusal of the registries has a reason. A call without one ran out of gas, by the caller's design or by an estimate of the
    /// least with which the rest goes through: then nothing has happened.
    function _refuse(ClusterId clusterId, NodeId nodeId, bytes memory reason) private {
        require(reason.length != 0, GasInsufficient());
        emit EnforcementRefused(clusterId, nodeId, reason);
    }

    function _refOf(ProofRecord storage record) private view returns (string memory) {
        return string.concat("challenge ", Strings.toString(record.challenges));
    }

    // ------------------------------------------------------------ internal: records

    /// @dev The record of a node, begun anew if it is over, and how the node serves. For calls without consequences: it does not ask for
    /// the office.
    function _record(ClusterId clusterId, NodeId nodeId) private returns (ProofRecord storage record, NodeService memory service) {
        service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        record = _records[clusterId][nodeId];
        if (service.leftAt == record.leftAt) return (record, service);
        if (_isOver(clusterId, nodeId, record, service)) {
            record.reset(Casts.toTime(service.leftAt));
            emit ProofRecordReset(clusterId, nodeId);
        } else if (service.vnodes != 0 && service.leftAt != block.timestamp) {
            // It is back under its agreement: the next calls need not ask for that again. It cannot leave at that time once more.
            record.leftAt = Casts.toTime(service.leftAt);
        }
    }

    /// @dev The record of a node, without a challenge and misses from an earlier office of this contract. For calls with consequences.
    function _current(ClusterId clusterId, NodeId nodeId) private returns (ProofRecord storage record, NodeService memory service) {
        (record, service) = _record(clusterId, nodeId);
        _resume(clusterId, nodeId, record);
    }

    /// @dev The same of a node that serves, and that this contract judges.
    function _judged(ClusterId clusterId, NodeId nodeId) private returns (ProofRecord storage record) {
        NodeService memory service;
        (record, service) = _record(clusterId, nodeId);
        require(service.vnodes != 0, NodeNotInCluster(clusterId, nodeId));
        address validator = _resume(clusterId, nodeId, record);
        require(validator == address(this), ValidatorElsewhere(clusterId, validator));
    }

    /// @dev Voids the challenge and the misses if this contract has taken office again since, and returns the node's validator.
    function _resume(ClusterId clusterId, NodeId nodeId, ProofRecord storage record) private returns (address validator) {
        uint40 since;
        (validator, since) = ITermsRegistry(TERMS_REGISTRY).officeOf(clusterId, nodeId);
        if (validator != address(this)) return validator;
        if (record.isOfAnotherOffice(since)) {
            record.clear();
            emit OfficeResumed(clusterId, nodeId);
        }
        if (record.officeSince != since) record.officeSince = since;
    }

    /// @dev Whether the agreement under which the node served is over: the record ends with it. A record notes when the node had last left
    /// as it served; an agreement that begins later notes a later time.
    function _isOver(
        ClusterId clusterId,
        NodeId nodeId,
        ProofRecord storage record,
        NodeService memory service
    ) private view returns (bool) {
        if (service.leftAt == record.leftAt) return false;
        ITermsRegistry.AgreementStatus memory agreement = ITermsRegistry(TERMS_REGISTRY).getAgreement(clusterId, nodeId);
        return agreement.provider == address(0) || record.leftAt < agreement.leftBefore;
    }

    /// @dev Whether {_resume} would void the challenge and the misses.
    function _isOfAnotherOffice(ClusterId clusterId, NodeId nodeId, ProofRecord storage record) private view returns (bool) {
        (address validator, uint40 since) = ITermsRegistry(TERMS_REGISTRY).officeOf(clusterId, nodeId);
        return validator == address(this) && record.isOfAnotherOffice(since);
    }

    function _rulesOf(ClusterId clusterId) private view returns (Rules storage rules) {
        rules = _rules[clusterId];
        require(rules.approver != address(0), ClusterNotSetUp(clusterId));
    }

    function _requireApprover(ClusterId clusterId) private view returns (Rules storage rules) {
        rules = _rulesOf(clusterId);
        require(msg.sender == rules.approver, CallerNotApprover(clusterId, msg.sender, rules.approver));
    }

    function _requireOpened(ClusterId clusterId, NodeId nodeId, ProofRecord storage record) private view {
        require(record.state != ChallengeState.Idle, ChallengeMissing(clusterId, nodeId));
        require(record.state == ChallengeState.Opened, ChallengeAlreadyDrawn(clusterId, nodeId));
    }
}
