// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../../../contracts/interfaces/IStorageProofs.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Picture} from "./Picture.sol";

/// @dev What {StorageProofs} says of each node that it was asked to judge.
abstract contract ProofRecords is Picture {
    function proofRulesNeverChange() internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            IStorageProofs.Rules memory rules = _proofRules[_clusterIds[i]];
            if (rules.approver == address(0)) continue;
            bool same = keccak256(abi.encode(proofs.rulesOf(_clusterIds[i]))) == keccak256(abi.encode(rules));
            _require(same, "proofRulesNeverChange", "a cluster has other rules than it was set up with");
        }
    }

    /// @dev Of nodes that have not left since, or not under another agreement.
    function proofRecordsAreExact() internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            for (uint256 j = 0; j < _nodeIds.length; ++j) {
                ProofBook memory book = _proofBook[_clusterIds[i]][_nodeIds[j]];
                if (book.challenges == 0 && book.root == 0 && book.proposedRoot == 0 && book.officeSince == 0) continue;
                if (_goesOn(_clusterIds[i], _nodeIds[j], book.leftAt)) _requireExact(_clusterIds[i], _nodeIds[j], book);
            }
        }
    }

    function _requireExact(ClusterId clusterId, NodeId nodeId, ProofBook memory book) private view {
        IStorageProofs.ProofStatus memory status = proofs.proofStatusOf(clusterId, nodeId);
        bool known = status.root == book.root && status.leafCount == book.leafCount && status.challenges == book.challenges;
        bool proposed = status.proposedRoot == book.proposedRoot && status.proposedLeafCount == book.proposedLeafCount;
        _require(known && proposed, "proofRecordsAreExact", "a commitment, or the number of challenges");
        if (_isVoid(clusterId, nodeId, book)) {
            bool empty = status.commitmentDue == 0 && status.openedAt == 0 && status.misses == 0 && status.challengeMisses == 0;
            bool idle = status.state == IStorageProofs.ChallengeState.Idle && !status.slashDue && status.dueQualityBps == 10_000;
            _require(empty && idle, "proofRecordsAreExact", "something outlives the office of the validator");
            return;
        }
        bool missed = status.misses == book.misses && status.challengeMisses == book.challengeMisses;
        bool answered = status.answersInRow == book.answersInRow && status.commitmentDue == book.commitmentDue;
        _require(missed && answered, "proofRecordsAreExact", "the misses, the answers, or when a commitment is due");
        bool due = status.slashDue == book.slashDue && status.dueQualityBps == _dueQuality(clusterId, book.misses);
        _require(due, "proofRecordsAreExact", "what is due");
        bool asked = status.challengedRoot == book.challengedRoot && status.challengedLeafCount == book.challengedLeafCount;
        bool timed = status.openedAt == book.openedAt && status.seedBlock == book.seedBlock && status.state == book.state;
        bool drawn = book.state != IStorageProofs.ChallengeState.Drawn || status.seed == book.seed;
        _require(asked && timed && drawn, "proofRecordsAreExact", "the challenge");
    }

    /// @dev Whether the validator has taken office again since it last asked something of the node, or counted something against it.
    function _isVoid(ClusterId clusterId, NodeId nodeId, ProofBook memory book) private view returns (bool) {
        (address validator, uint40 since) = terms.officeOf(clusterId, nodeId);
        bool begun = book.commitmentDue != 0 || book.misses != 0 || book.openedAt != 0;
        return begun && validator == address(proofs) && since != book.officeSince;
    }
}
