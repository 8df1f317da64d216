// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../../../contracts/interfaces/IStorageProofs.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {ProofTrees} from "../base/ProofTrees.sol";
import {vm} from "../base/Vm.sol";
import {Judgments} from "./Judgments.sol";

/// @dev Nodes prove that they store, or do not, to the validator {StorageProofs}. What has to come before an action is done first, mostly,
/// by the people who may; blocks come as the actions need them.
abstract contract Proofs is Judgments {
    uint256 private constant KINDS = 7;
    uint256 private constant MAX_LEAVES = 7;

    /// @dev What the leaves of a tree hold, for {ProofTrees}.
    mapping(bytes32 root => uint256) private _dataOf;

    // ------------------------------------------------------------ rules and commitments

    /// @dev Of a cluster that has rules, if all have: that is always refused.
    function setUpProofs(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_oneIn(4) ? _lacksRules : _needsRules);
        bytes memory data = abi.encodeCall(IStorageProofs.setUp, (clusterId, _someRules()));
        if (_lacksRules(clusterId)) _act(by, entitled, address(proofs), data);
        else _mustFail(by, data, "proofRulesNeverChange", "a cluster was set up twice");
    }

    function commitTree(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_oneIn(8) ? _hasRules : _isJudged);
        if (_oneIn(4)) {
            (address by, bool entitled) = _providerOf(nodeId);
            bytes memory data = abi.encodeCall(IStorageProofs.setProver, (nodeId, _oneIn(4) ? address(0) : _person()));
            _act(by, entitled, address(proofs), data);
        }
        address prover = _prover[nodeId];
        _commit(clusterId, nodeId, _mostly(_oneIn(2) && prover != address(0) ? prover : nodes.providerOf(nodeId)));
    }

    /// @dev Now and then another tree than the node's last.
    function approveTree(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isProposed);
        if (!_isProposed(clusterId, nodeId)) {
            (clusterId, nodeId) = _pair(_isJudged);
            _commit(clusterId, nodeId, nodes.providerOf(nodeId));
        }
        address by = _mostly(_proofRules[clusterId].approver);
        if (_oneIn(4)) {
            (bytes32 root, uint64 leafCount) = _someTree();
            bytes memory data = abi.encodeCall(IStorageProofs.approveCommitment, (clusterId, nodeId, root, leafCount));
            _mustFail(by, data, "commitmentsAreTheNodesOwn", "another commitment is approved than the node's last");
        } else {
            _approve(clusterId, nodeId, by);
        }
    }

    /// @dev Asks for a commitment, or reports that it did not come.
    function askForCommitment(uint256 seed) external seeded(seed) {
        bool report = _oneIn(2);
        (ClusterId clusterId, NodeId nodeId) = _pair(report ? _isAsked : _isNotAsked);
        if (report && !_isAsked(clusterId, nodeId)) (clusterId, nodeId, report) = _other(false);
        if (!report && !_isNotAsked(clusterId, nodeId)) (clusterId, nodeId, report) = _other(true);
        if (report) {
            _awaitNotice(_proofBook[clusterId][nodeId].commitmentDue + 1);
            _act(_person(), true, address(proofs), abi.encodeCall(IStorageProofs.reportNoCommitment, (clusterId, nodeId)));
        } else {
            address approver = _proofRules[clusterId].approver;
            address by = _mostly(approver);
            _act(by, by == approver, address(proofs), abi.encodeCall(IStorageProofs.requestCommitment, (clusterId, nodeId)));
        }
    }

    // ------------------------------------------------------------ challenges

    function challengeNode(uint256 seed) external seeded(seed) {
        _challengeSome();
    }

    /// @dev Draws, or has a lapsed challenge drawn again.
    function drawChallenge(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isUndrawn);
        if (!_isUndrawn(clusterId, nodeId)) (clusterId, nodeId) = _challengeSome();
        uint256 seedBlock = _proofBook[clusterId][nodeId].seedBlock;
        if (_oneIn(3)) {
            _awaitBlock(seedBlock + HASHES + 1);
            address approver = _proofRules[clusterId].approver;
            address by = _mostly(approver);
            _act(by, by == approver, address(proofs), abi.encodeCall(IStorageProofs.redraw, (clusterId, nodeId)));
        } else {
            _awaitBlock(seedBlock + 1);
            _act(_person(), true, address(proofs), abi.encodeCall(IStorageProofs.draw, (clusterId, nodeId)));
        }
    }

    /// @dev One challenge or several in a row. A true answer in time is accepted.
    function answerChallenge(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId, bytes32 positionSeed) = _answerable();
        uint256 rounds = 1 + _below(3);
        for (uint256 i = 0; i < rounds; ++i) {
            if (i != 0) positionSeed = _challengeAgain(clusterId, nodeId);
            IStorageProofs.Proof[] memory shown = _proofsOf(clusterId, nodeId, positionSeed);
            bytes memory data = abi.encodeCall(IStorageProofs.answer, (clusterId, nodeId, shown));
            (bool accepted, ) = _call(_person(), address(proofs), 0, data);
            _expect(accepted, "trueProofsAnswer", "a true answer in time is refused");
        }
    }

    /// @dev That a false answer, or a late one, is refused is this handler's success.
    function answerFalsely(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId, bytes32 positionSeed) = _answerable();
        IStorageProofs.Proof[] memory shown = _proofsOf(clusterId, nodeId, positionSeed);
        uint256 deadline = _deadlineOf(clusterId, _proofBook[clusterId][nodeId]);
        if (_oneIn(KINDS)) _pass(deadline + 1 - vm.getBlockTimestamp());
        else shown = _falsified(shown, _proofBook[clusterId][nodeId]);
        bytes memory data = abi.encodeCall(IStorageProofs.answer, (clusterId, nodeId, shown));
        _mustFail(_person(), data, "trueProofsAnswer", "a false answer, or a late one, is accepted");
    }

    /// @dev One challenge or several in a row that get no answer.
    function reportMiss(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isOpen);
        uint256 rounds = 1 + _below(3);
        for (uint256 i = 0; i < rounds; ++i) {
            if (i != 0) _challenge(clusterId, nodeId);
            else if (!_isOpen(clusterId, nodeId)) (clusterId, nodeId) = _challengeSome();
            _awaitNotice(_deadlineOf(clusterId, _proofBook[clusterId][nodeId]) + 1);
            _act(_person(), true, address(proofs), abi.encodeCall(IStorageProofs.reportMiss, (clusterId, nodeId)));
        }
    }

    /// @dev The consequences that are due, or that are in force already.
    function enforceDue(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isSlashDue);
        bytes memory data = abi.encodeCall(IStorageProofs.enforceSlash, (clusterId, nodeId));
        if (!_isSlashDue(clusterId, nodeId) || _oneIn(4)) {
            (clusterId, nodeId) = _pair(_isJudged);
            data = abi.encodeCall(IStorageProofs.enforceQuality, (clusterId, nodeId));
        }
        _act(_person(), true, address(proofs), data);
    }

    /// @dev The validator leaves office, and mostly takes it again: what it asked and counted before is void for all nodes.
    function resumeOffice(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_isInOffice);
        require(_isInOffice(clusterId), "no cluster");
        _handOver(clusterId, _person());
        if (_oneIn(4)) return;
        _handOver(clusterId, address(proofs));
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            bytes memory data = abi.encodeCall(IStorageProofs.enforceQuality, (clusterId, _nodeIds[i]));
            if (_isJudged(clusterId, _nodeIds[i])) _act(_person(), true, address(proofs), data);
        }
    }

    // ------------------------------------------------------------ steps

    function _handOver(ClusterId clusterId, address validator) private {
        bytes memory data = abi.encodeCall(ITermsRegistry.offerValidator, (clusterId, validator));
        _act(_agreement[clusterId].manager, true, address(terms), data);
        (, uint256 effectiveAt) = terms.offeredValidator(clusterId);
        _pass(effectiveAt - vm.getBlockTimestamp());
        _act(_person(), true, address(terms), abi.encodeCall(ITermsRegistry.finishValidator, (clusterId)));
    }

    function _commit(ClusterId clusterId, NodeId nodeId, address by) private {
        (bytes32 root, uint64 leafCount) = _someTree();
        bool entitled = by == nodes.providerOf(nodeId) || by == _prover[nodeId];
        _act(by, entitled, address(proofs), abi.encodeCall(IStorageProofs.commit, (clusterId, nodeId, root, leafCount)));
    }

    function _approve(ClusterId clusterId, NodeId nodeId, address by) private {
        ProofBook storage book = _proofBook[clusterId][nodeId];
        (bytes32 root, uint64 leafCount) = (book.proposedRoot, uint64(book.proposedLeafCount));
        bytes memory data = abi.encodeCall(IStorageProofs.approveCommitment, (clusterId, nodeId, root, leafCount));
        _act(by, by == _proofRules[clusterId].approver, address(proofs), data);
    }

    /// @dev A node with a commitment; if there is none, one that commits now.
    function _challengeSome() private returns (ClusterId clusterId, NodeId nodeId) {
        (clusterId, nodeId) = _pair(_isCommitted);
        if (!_isCommitted(clusterId, nodeId)) {
            (clusterId, nodeId) = _pair(_isJudged);
            require(_isJudged(clusterId, nodeId), "no node");
            _commit(clusterId, nodeId, nodes.providerOf(nodeId));
            _approve(clusterId, nodeId, _proofRules[clusterId].approver);
        }
        _challenge(clusterId, nodeId);
    }

    function _challenge(ClusterId clusterId, NodeId nodeId) private {
        _awaitNotice(_proofBook[clusterId][nodeId].openedAt + _proofRules[clusterId].period);
        _act(_person(), true, address(proofs), abi.encodeCall(IStorageProofs.challenge, (clusterId, nodeId)));
    }

    function _challengeAgain(ClusterId clusterId, NodeId nodeId) private returns (bytes32 positionSeed) {
        _challenge(clusterId, nodeId);
        vm.roll(_proofBook[clusterId][nodeId].seedBlock + 1);
        return _positionSeedOf(clusterId, nodeId);
    }

    /// @dev A challenge that can be answered now; if there is none, a new one.
    function _answerable() private returns (ClusterId clusterId, NodeId nodeId, bytes32 positionSeed) {
        (clusterId, nodeId) = _pair(_isOpenInTime);
        if (_isOpenInTime(clusterId, nodeId)) {
            _awaitBlock(_proofBook[clusterId][nodeId].seedBlock + 1);
            positionSeed = _positionSeedOf(clusterId, nodeId);
        }
        if (positionSeed != 0) return (clusterId, nodeId, positionSeed);
        (clusterId, nodeId) = _challengeSome();
        vm.roll(_proofBook[clusterId][nodeId].seedBlock + 1);
        return (clusterId, nodeId, _positionSeedOf(clusterId, nodeId));
    }

    /// @dev 0 if the positions are not known.
    function _positionSeedOf(ClusterId clusterId, NodeId nodeId) private view returns (bytes32) {
        ProofBook storage book = _proofBook[clusterId][nodeId];
        if (book.state == IStorageProofs.ChallengeState.Drawn) return book.seed;
        return _seedOf(clusterId, nodeId, book.seedBlock);
    }

    function _proofsOf(
        ClusterId clusterId,
        NodeId nodeId,
        bytes32 positionSeed
    ) private view returns (IStorageProofs.Proof[] memory shown) {
        ProofBook storage book = _proofBook[clusterId][nodeId];
        shown = new IStorageProofs.Proof[](_proofRules[clusterId].positions);
        for (uint256 i = 0; i < shown.length; ++i) {
            uint256 position = uint256(keccak256(abi.encode(positionSeed, i))) % book.challengedLeafCount;
            shown[i] = ProofTrees.prove(_dataOf[book.challengedRoot], book.challengedLeafCount, position);
        }
    }

    /// @dev Something is wrong with one of the proofs, or they are too few.
    function _falsified(IStorageProofs.Proof[] memory shown, ProofBook storage book) private returns (IStorageProofs.Proof[] memory) {
        (uint256 kind, uint256 index) = (_below(KINDS), _below(shown.length));
        IStorageProofs.Proof memory proof = shown[index];
        (uint256 data, uint256 leafCount) = (_dataOf[book.challengedRoot], book.challengedLeafCount);
        if (kind == 0) {
            proof.path = _resized(proof.path, proof.path.length + 1);
        } else if (kind == 1 && proof.path.length != 0) {
            proof.path = _resized(proof.path, proof.path.length - 1);
        } else if (kind == 2) {
            proof.leaf = bytes.concat(proof.leaf, bytes1(0));
        } else if (kind == 3) {
            shown = _withoutLast(shown);
        } else if (kind == 4) {
            shown[index] = ProofTrees.prove(data + 1, leafCount, _below(leafCount));
        } else if (kind == 5 && leafCount != 1) {
            shown[index] = _elsewhere(proof, data, leafCount);
        } else {
            proof.leaf[_below(proof.leaf.length)] ^= 0x01;
        }
        return shown;
    }

    /// @dev A leaf of the tree, at another position.
    function _elsewhere(
        IStorageProofs.Proof memory proof,
        uint256 data,
        uint256 leafCount
    ) private returns (IStorageProofs.Proof memory other) {
        uint256 start = _below(leafCount);
        for (uint256 i = 0; i < leafCount; ++i) {
            other = ProofTrees.prove(data, leafCount, (start + i) % leafCount);
            if (keccak256(other.leaf) != keccak256(proof.leaf)) return other;
        }
    }

    function _withoutLast(IStorageProofs.Proof[] memory shown) private pure returns (IStorageProofs.Proof[] memory fewer) {
        fewer = new IStorageProofs.Proof[](shown.length - 1);
        for (uint256 i = 0; i < fewer.length; ++i) fewer[i] = shown[i];
    }

    function _resized(bytes32[] memory path, uint256 length) private pure returns (bytes32[] memory other) {
        other = new bytes32[](length);
        for (uint256 i = 0; i < length && i < path.length; ++i) other[i] = path[i];
    }

    function _mustFail(address by, bytes memory data, string memory name, string memory what) private {
        (bool success, ) = _call(by, address(proofs), 0, data);
        _expect(!success, name, what);
    }

    // ------------------------------------------------------------ choices

    /// @dev Within their ranges, mostly; the windows of half of them are long.
    function _someRules() private returns (IStorageProofs.Rules memory rules) {
        rules.approver = _oneIn(64) ? address(0) : _person();
        rules.period = uint32(_between(1 hours, 30 days));
        rules.delay = uint8(_oneIn(64) ? 0 : _between(1, 64));
        rules.window = uint32(_between(10 minutes + 30 seconds * uint256(rules.delay), rules.period - 1));
        if (_oneIn(16)) rules.window = _oneIn(2) ? rules.period : 10 minutes - 1;
        rules.positions = uint8(_oneIn(16) ? 3 : 4 + _below(3));
        rules.answersPerMiss = uint8(_oneIn(64) ? 0 : 1 + _below(3));
        rules.slashFrom = uint8(_below(4));
        rules.slashBps = uint16(_between(0, 10_000));
        rules.qualityAfter = new uint16[](1 + _below(4));
        uint256 before = 10_000;
        for (uint256 i = 0; i < rules.qualityAfter.length; ++i) {
            before = _between(before / 4, before);
            rules.qualityAfter[i] = uint16(before);
        }
        if (_oneIn(32)) rules.qualityAfter[rules.qualityAfter.length - 1] = 10_000;
    }

    function _someTree() private returns (bytes32 root, uint64 leafCount) {
        uint256 data = _next() / 2;
        leafCount = uint64(1 + _below(MAX_LEAVES));
        root = ProofTrees.rootOf(data, leafCount);
        _dataOf[root] = data;
    }

    function _other(bool report) private returns (ClusterId clusterId, NodeId nodeId, bool) {
        (clusterId, nodeId) = _pair(report ? _isAsked : _isNotAsked);
        return (clusterId, nodeId, report);
    }

    function _awaitBlock(uint256 blockNumber) private {
        if (blockNumber > vm.getBlockNumber() && !_oneIn(8)) vm.roll(blockNumber);
    }

    function _lacksRules(ClusterId clusterId) private view returns (bool) {
        return _proofRules[clusterId].approver == address(0);
    }

    /// @dev Of a cluster that names the validator.
    function _needsRules(ClusterId clusterId) private view returns (bool) {
        return _lacksRules(clusterId) && _presentValidator(clusterId) == address(proofs);
    }

    /// @dev With nodes.
    function _isInOffice(ClusterId clusterId) private view returns (bool) {
        return _presentValidator(clusterId) == address(proofs) && !_lacksRules(clusterId) && clusters.getMembers(clusterId).length != 0;
    }

    function _hasRules(ClusterId clusterId, NodeId) private view returns (bool) {
        return !_lacksRules(clusterId);
    }

    function _isJudged(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (_lacksRules(clusterId) || !_serves(clusterId, nodeId)) return false;
        return terms.validatorOf(clusterId, nodeId) == address(proofs);
    }

    function _isProposed(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _proofBook[clusterId][nodeId].proposedRoot != 0 && proofs.proofStatusOf(clusterId, nodeId).proposedRoot != 0;
    }

    function _isCommitted(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (_proofBook[clusterId][nodeId].root == 0 || !_isJudged(clusterId, nodeId)) return false;
        return proofs.proofStatusOf(clusterId, nodeId).root != 0;
    }

    function _isAsked(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (_proofBook[clusterId][nodeId].commitmentDue == 0 || !_isJudged(clusterId, nodeId)) return false;
        return proofs.proofStatusOf(clusterId, nodeId).commitmentDue != 0;
    }

    function _isNotAsked(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _isJudged(clusterId, nodeId) && proofs.proofStatusOf(clusterId, nodeId).commitmentDue == 0;
    }

    function _isOpen(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (_proofBook[clusterId][nodeId].state == IStorageProofs.ChallengeState.Idle) return false;
        return proofs.proofStatusOf(clusterId, nodeId).state != IStorageProofs.ChallengeState.Idle;
    }

    function _isOpenInTime(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _isOpen(clusterId, nodeId) && vm.getBlockTimestamp() <= _deadlineOf(clusterId, _proofBook[clusterId][nodeId]);
    }

    function _isUndrawn(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        bool opened = _proofBook[clusterId][nodeId].state == IStorageProofs.ChallengeState.Opened;
        return opened && _isOpen(clusterId, nodeId);
    }

    function _isSlashDue(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _proofBook[clusterId][nodeId].slashDue && proofs.proofStatusOf(clusterId, nodeId).slashDue;
    }
}
