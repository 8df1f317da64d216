// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../../../contracts/interfaces/IStorageProofs.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Exits} from "./Exits.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev The expected record of each node that {StorageProofs} judges, by the events: what it committed to, its challenge, its misses, and
/// what they cost. Each event has to follow from those before it.
abstract contract ProofBooks is Exits {
    /// @dev `leftAt`: when the node had last left as the record began. `officeSince`: since when the validator was in office as it last
    /// asked something of the node, or counted something against it. `enforced`: the slash that the validator announced and the terms
    /// registry has not made yet. The other fields are those of {IStorageProofs.ProofStatus}.
    struct ProofBook {
        bytes32 root;
        uint256 leafCount;
        bytes32 proposedRoot;
        uint256 proposedLeafCount;
        uint256 leftAt;
        uint256 officeSince;
        uint256 commitmentDue;
        uint256 challenges;
        IStorageProofs.ChallengeState state;
        bytes32 challengedRoot;
        uint256 challengedLeafCount;
        uint256 seedBlock;
        bytes32 seed;
        uint256 openedAt;
        uint256 misses;
        uint256 challengeMisses;
        uint256 answersInRow;
        bool slashDue;
        uint256 enforced;
    }

    /// @dev What the event of a challenge says.
    struct Opening {
        uint256 number;
        bytes32 root;
        uint256 leafCount;
        uint256 seedBlock;
        uint256 deadline;
    }

    uint256 private constant FULL = 10_000;
    /// @dev For how many blocks the EVM knows a hash. The campaign has no contract of EIP-2935.
    uint256 internal constant HASHES = 256;

    mapping(ClusterId clusterId => IStorageProofs.Rules) internal _proofRules;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => ProofBook)) internal _proofBook;
    mapping(NodeId nodeId => address) internal _prover;

    // Of the call that is under way: whose quality has to be the due one at its end, unless the terms registry refused.
    bool private _isJudgment;
    bool private _isRefused;
    ClusterId private _judgedCluster;
    NodeId private _judgedNode;

    // ------------------------------------------------------------ the validator's events

    function _followProofs(Vm.Log memory log, bytes32 topic) internal {
        if (topic == IStorageProofs.ProverSet.selector) {
            _prover[NodeId.wrap(uint32(uint256(log.topics[1])))] = address(uint160(uint256(log.topics[3])));
            return;
        }
        ClusterId clusterId = ClusterId.wrap(uint32(uint256(log.topics[1])));
        if (topic == IStorageProofs.ClusterSetUp.selector) {
            bool isNew = _proofRules[clusterId].approver == address(0);
            _expect(isNew, "proofRulesNeverChange", "a cluster was set up twice");
            _proofRules[clusterId] = abi.decode(log.data, (IStorageProofs.Rules));
            _expect(_isValid(_proofRules[clusterId]), "proofRulesNeverChange", "a rule is out of its range");
            return;
        }
        NodeId nodeId = NodeId.wrap(uint32(uint256(log.topics[2])));
        ProofBook storage book = _proofBook[clusterId][nodeId];
        if (topic == IStorageProofs.ProofRecordReset.selector) {
            (, , , , uint256 leftAt, ) = clusters.membershipOf(clusterId, nodeId);
            (book.root, book.leafCount, book.proposedRoot, book.proposedLeafCount, book.leftAt) = (0, 0, 0, 0, leftAt);
            _clear(book);
        } else if (topic == IStorageProofs.OfficeResumed.selector) {
            _clear(book);
        } else if (topic == IStorageProofs.EnforcementRefused.selector) {
            _isRefused = true;
            // Forge records the events of calls that failed, too: the slash that was announced is not made, and stays due.
            if (book.enforced != 0) (book.slashDue, book.enforced) = (true, 0);
        } else if (topic == IStorageProofs.SlashEnforced.selector) {
            _expect(book.slashDue, "slashesFollowMissedChallenges", "a slash that was not due, or was made already");
            (book.slashDue, book.enforced) = (false, abi.decode(log.data, (uint256)));
        } else {
            _followCommitments(log, topic, clusterId, nodeId, book);
            _followChallenges(log, topic, clusterId, nodeId, book);
            _followMisses(log, topic, clusterId, nodeId, book);
        }
    }

    function _followCommitments(Vm.Log memory log, bytes32 topic, ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        if (topic == IStorageProofs.CommitmentProposed.selector) {
            address prover = address(uint160(uint256(log.topics[3])));
            bool own = prover == nodes.providerOf(nodeId) || prover == _prover[nodeId];
            _expect(own, "commitmentsAreTheNodesOwn", "another account than the provider or its prover committed");
            (book.proposedRoot, book.proposedLeafCount) = abi.decode(log.data, (bytes32, uint256));
        } else if (topic == IStorageProofs.CommitmentApproved.selector) {
            (bytes32 root, uint256 leafCount) = abi.decode(log.data, (bytes32, uint256));
            bool same = root != 0 && root == book.proposedRoot && leafCount == book.proposedLeafCount;
            _expect(same, "commitmentsAreTheNodesOwn", "another commitment is approved than the node's last");
            (book.root, book.leafCount, book.commitmentDue) = (root, leafCount, 0);
            (book.proposedRoot, book.proposedLeafCount) = (0, 0);
        } else if (topic == IStorageProofs.CommitmentRequested.selector) {
            _expect(book.commitmentDue == 0, "missesFollowDeadlines", "a commitment was asked for twice");
            _requestedUntil(clusterId, book, abi.decode(log.data, (uint256)));
            _noteOffice(clusterId, nodeId, book);
        } else if (topic == IStorageProofs.CommitmentMissed.selector) {
            bool overdue = book.commitmentDue != 0 && vm.getBlockTimestamp() > book.commitmentDue;
            _expect(overdue, "missesFollowDeadlines", "a commitment is missed that was not overdue");
            (book.misses, book.answersInRow) = (book.misses + 1, 0);
            (uint256 misses, uint256 dueAt) = abi.decode(log.data, (uint256, uint256));
            _expect(misses == book.misses, "missesFollowDeadlines", "another number of misses");
            _requestedUntil(clusterId, book, dueAt);
            _noteOffice(clusterId, nodeId, book);
            _noteJudgment(clusterId, nodeId);
        }
    }

    function _requestedUntil(ClusterId clusterId, ProofBook storage book, uint256 dueAt) private {
        bool whole = dueAt == vm.getBlockTimestamp() + _proofRules[clusterId].period;
        _expect(whole, "missesFollowDeadlines", "a commitment is due in another time than a period");
        book.commitmentDue = dueAt;
    }

    function _followChallenges(Vm.Log memory log, bytes32 topic, ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        if (topic == IStorageProofs.ChallengeOpened.selector) {
            _opened(log, clusterId, nodeId, book);
        } else if (topic == IStorageProofs.ChallengeDrawn.selector) {
            (, bytes32 seed) = abi.decode(log.data, (uint256, bytes32));
            bool undrawn = book.state == IStorageProofs.ChallengeState.Opened;
            _expect(undrawn, "seedsAreOfTheirBlock", "positions were drawn that were fixed");
            _expect(seed == _seedOf(clusterId, nodeId, book.seedBlock), "seedsAreOfTheirBlock", "the seed of another block or node");
            (book.seed, book.state) = (seed, IStorageProofs.ChallengeState.Drawn);
        } else if (topic == IStorageProofs.ChallengeRedrawn.selector) {
            bool lapsed = book.state == IStorageProofs.ChallengeState.Opened && vm.getBlockNumber() > book.seedBlock + HASHES;
            _expect(lapsed, "seedsAreOfTheirBlock", "a challenge whose block could be read got another");
            (, uint256 seedBlock, uint256 deadline) = abi.decode(log.data, (uint256, uint256, uint256));
            _begin(clusterId, nodeId, book, seedBlock, deadline);
        } else if (topic == IStorageProofs.ChallengeAnswered.selector) {
            _answered(log, clusterId, nodeId, book);
        }
    }

    function _opened(Vm.Log memory log, ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        Opening memory opening = abi.decode(log.data, (Opening));
        _expect(book.state == IStorageProofs.ChallengeState.Idle, "challengesArePaced", "a second challenge at the same time");
        uint256 nextAt = book.openedAt == 0 ? 0 : book.openedAt + _proofRules[clusterId].period;
        _expect(vm.getBlockTimestamp() >= nextAt, "challengesArePaced", "a second challenge within a period");
        _expect(opening.number == book.challenges + 1, "challengesArePaced", "the number of a challenge");
        (, uint256 vnodes, , , , ) = clusters.membershipOf(clusterId, nodeId);
        bool judged = vnodes != 0 && terms.validatorOf(clusterId, nodeId) == address(proofs);
        _expect(judged, "challengesArePaced", "a challenge of a node that serves nothing, or that another judges");
        bool committed = opening.root != 0 && opening.root == book.root && opening.leafCount == book.leafCount;
        _expect(
            committed && _goesOn(clusterId, nodeId, book.leftAt),
            "challengesArePaced",
            "a challenge about another tree than the approved one"
        );
        (book.challengedRoot, book.challengedLeafCount, book.challenges) = (opening.root, opening.leafCount, opening.number);
        _begin(clusterId, nodeId, book, opening.seedBlock, opening.deadline);
    }

    function _begin(ClusterId clusterId, NodeId nodeId, ProofBook storage book, uint256 seedBlock, uint256 deadline) private {
        bool later = seedBlock == vm.getBlockNumber() + _proofRules[clusterId].delay;
        _expect(later, "seedsAreOfTheirBlock", "another block decides than the one after the delay");
        bool whole = deadline == vm.getBlockTimestamp() + _proofRules[clusterId].window;
        _expect(whole, "missesFollowDeadlines", "a challenge ends in another time than its window");
        (book.seedBlock, book.openedAt) = (seedBlock, vm.getBlockTimestamp());
        book.state = IStorageProofs.ChallengeState.Opened;
        _noteOffice(clusterId, nodeId, book);
    }

    /// @dev An answer takes a miss back after enough others, unless a commitment is overdue.
    function _answered(Vm.Log memory log, ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        _expect(book.state != IStorageProofs.ChallengeState.Idle, "trueProofsAnswer", "an answer to no challenge");
        _expect(vm.getBlockTimestamp() <= _deadlineOf(clusterId, book), "trueProofsAnswer", "an answer after its deadline");
        book.state = IStorageProofs.ChallengeState.Idle;
        bool overdue = book.commitmentDue != 0 && vm.getBlockTimestamp() > book.commitmentDue;
        if (book.misses != 0) {
            _noteOffice(clusterId, nodeId, book);
            if (!overdue && ++book.answersInRow >= _proofRules[clusterId].answersPerMiss) {
                (book.answersInRow, book.misses) = (0, book.misses - 1);
                if (book.challengeMisses != 0) --book.challengeMisses;
            }
        }
        (, uint256 misses) = abi.decode(log.data, (uint256, uint256));
        _expect(misses == book.misses, "trueProofsAnswer", "an answer took back another number of misses");
        _noteJudgment(clusterId, nodeId);
    }

    function _followMisses(Vm.Log memory log, bytes32 topic, ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        if (topic != IStorageProofs.ChallengeMissed.selector) return;
        (uint256 number, uint256 misses, bool slashDue) = abi.decode(log.data, (uint256, uint256, bool));
        bool open = book.state != IStorageProofs.ChallengeState.Idle && number == book.challenges;
        _expect(open, "missesFollowDeadlines", "a challenge is missed that was answered, or missed already");
        bool over = vm.getBlockTimestamp() > _deadlineOf(clusterId, book);
        _expect(over, "missesFollowDeadlines", "a challenge is missed before its deadline");
        (book.misses, book.challengeMisses, book.answersInRow) = (book.misses + 1, book.challengeMisses + 1, 0);
        book.state = IStorageProofs.ChallengeState.Idle;
        _expect(misses == book.misses, "missesFollowDeadlines", "another number of misses");
        uint256 slashFrom = _proofRules[clusterId].slashFrom;
        bool enough = slashFrom != 0 && book.challengeMisses >= slashFrom;
        _expect(slashDue == enough, "slashesFollowMissedChallenges", "a slash after another number of missed challenges");
        if (slashDue) book.slashDue = true;
        _noteOffice(clusterId, nodeId, book);
        _noteJudgment(clusterId, nodeId);
    }

    // ------------------------------------------------------------ what the terms registry says of it

    /// @dev What the validator reports and slashes.
    function _followJudgments(Vm.Log memory log, bytes32 topic) internal {
        bool reported = topic == ITermsRegistry.QualityReported.selector;
        if (!reported && topic != ITermsRegistry.NodeSlashed.selector) return;
        if (address(uint160(uint256(log.topics[3]))) != address(proofs)) return;
        ClusterId clusterId = ClusterId.wrap(uint32(uint256(log.topics[1])));
        ProofBook storage book = _proofBook[clusterId][NodeId.wrap(uint32(uint256(log.topics[2])))];
        if (reported) {
            (uint256 quality, , ) = abi.decode(log.data, (uint256, uint256, string));
            _expect(quality == _dueQuality(clusterId, book.misses), "qualityFollowsMisses", "another quality than the rules'");
            return;
        }
        (, uint256 amount, uint256 left, , ) = abi.decode(log.data, (address, uint256, uint256, uint256, string));
        _expect(amount == book.enforced, "slashesFollowMissedChallenges", "a slash without a missed challenge");
        uint256 most = ((amount + left) * _proofRules[clusterId].slashBps) / FULL;
        _expect(amount <= most, "slashesFollowMissedChallenges", "a slash of more than the rules' share");
        book.enforced = 0;
    }

    /// @dev After a call: what a node missed or answered has had its consequence, or the terms registry refused it.
    function _concludeProofs() internal {
        if (_isJudgment && !_isRefused) {
            (, uint256 vnodes, uint256 quality, , , ) = clusters.membershipOf(_judgedCluster, _judgedNode);
            uint256 due = _dueQuality(_judgedCluster, _proofBook[_judgedCluster][_judgedNode].misses);
            _expect(vnodes == 0 || quality == due, "qualityFollowsMisses", "a miss or an answer did not change the quality");
        }
        (_isJudgment, _isRefused) = (false, false);
    }

    // ------------------------------------------------------------ what follows

    /// @dev The quality after so many misses: a quality for each, and the last for all further ones.
    function _dueQuality(ClusterId clusterId, uint256 misses) internal view returns (uint256) {
        uint16[] storage qualityAfter = _proofRules[clusterId].qualityAfter;
        if (misses == 0 || qualityAfter.length == 0) return FULL;
        return misses > qualityAfter.length ? qualityAfter[qualityAfter.length - 1] : qualityAfter[misses - 1];
    }

    function _deadlineOf(ClusterId clusterId, ProofBook storage book) internal view returns (uint256) {
        return book.openedAt + _proofRules[clusterId].window;
    }

    /// @dev Whether a record that began when the node had last left at `since` goes on: the node has not left again, or its provider's
    /// agreement is the one under which it did.
    function _goesOn(ClusterId clusterId, NodeId nodeId, uint256 since) internal view returns (bool) {
        (, , , , uint256 leftAt, ) = clusters.membershipOf(clusterId, nodeId);
        if (leftAt == since) return true;
        ITermsRegistry.AgreementStatus memory agreement = terms.getAgreement(clusterId, nodeId);
        return agreement.provider != address(0) && agreement.leftBefore <= since;
    }

    /// @dev 0 where the EVM does not know the hash of the block.
    function _seedOf(ClusterId clusterId, NodeId nodeId, uint256 seedBlock) internal view returns (bytes32) {
        uint256 now_ = vm.getBlockNumber();
        if (seedBlock >= now_ || now_ > seedBlock + HASHES) return 0;
        return keccak256(abi.encode(blockhash(seedBlock), address(proofs), clusterId, nodeId));
    }

    /// @dev The ranges of docs/STORAGE-PROOFS.md.
    function _isValid(IStorageProofs.Rules storage rules) private view returns (bool) {
        bool timely = rules.period >= 1 hours && rules.period <= 30 days && rules.window < rules.period;
        bool ready = rules.delay >= 1 && rules.delay <= 128 && rules.window >= 10 minutes + 30 seconds * uint256(rules.delay);
        if (!timely || !ready || rules.positions < 4 || rules.positions > 64) return false;
        if (rules.approver == address(0) || rules.answersPerMiss == 0 || rules.slashBps > FULL) return false;
        uint256 count = rules.qualityAfter.length;
        if (count == 0 || count > 16 || rules.qualityAfter[0] > FULL) return false;
        for (uint256 i = 1; i < count; ++i) if (rules.qualityAfter[i] > rules.qualityAfter[i - 1]) return false;
        return true;
    }

    function _noteOffice(ClusterId clusterId, NodeId nodeId, ProofBook storage book) private {
        (address validator, uint40 since) = terms.officeOf(clusterId, nodeId);
        if (validator == address(proofs)) book.officeSince = since;
    }

    function _noteJudgment(ClusterId clusterId, NodeId nodeId) private {
        (_isJudgment, _judgedCluster, _judgedNode) = (true, clusterId, nodeId);
    }

    /// @dev The challenge, the misses and the request are void.
    function _clear(ProofBook storage book) private {
        (book.commitmentDue, book.misses, book.challengeMisses, book.answersInRow, book.slashDue) = (0, 0, 0, 0, false);
        (book.challengedRoot, book.challengedLeafCount, book.seedBlock, book.openedAt, book.seed) = (0, 0, 0, 0, 0);
        book.state = IStorageProofs.ChallengeState.Idle;
    }
}
