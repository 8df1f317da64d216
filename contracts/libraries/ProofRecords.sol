// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {ProofRecord} from "../types/ProofRecord.sol";

/// @title ProofRecords
/// @notice The commitments, the challenge and the misses of a node. All of it ends with the agreement under which the node served; the
/// challenge and the misses end when the validator takes office again.
library ProofRecords {
    // ------------------------------------------------------------ functions that change state

    /// @notice Begins the record of a node anew. The number of challenges stays.
    function reset(ProofRecord storage self, uint40 leftAt) internal {
        (self.root, self.leafCount, self.proposedRoot, self.proposedLeafCount) = (bytes32(0), 0, bytes32(0), 0);
        clear(self);
        self.leftAt = leftAt;
    }

    /// @notice Voids the challenge, the misses and the request for a commitment. Commitments stay.
    function clear(ProofRecord storage self) internal {
        (self.commitmentDue, self.misses, self.answersInRow, self.slashDue, self.challengeMisses) = (0, 0, 0, false, 0);
        (self.challengedRoot, self.challengedLeafCount) = (bytes32(0), 0);
        (self.seedBlock, self.openedAt, self.state, self.seed) = (0, 0, IStorageProofs.ChallengeState.Idle, bytes32(0));
    }

    /// @notice Counts a miss, up to 255. Missed commitments lower the quality alone, so they do not bring a slash forward.
    function countMiss(ProofRecord storage self, bool isChallenge) internal {
        if (self.misses != type(uint8).max) ++self.misses;
        if (isChallenge && self.challengeMisses != type(uint8).max) ++self.challengeMisses;
        self.answersInRow = 0;
    }

    /// @notice Counts an answer, which takes back a miss after enough others. No answer does while a commitment is overdue: until
    /// then the node shows a tree that it should no longer hold.
    function countAnswer(ProofRecord storage self, uint256 answersPerMiss) internal {
        if (self.misses == 0 || (self.commitmentDue != 0 && block.timestamp > self.commitmentDue)) return;
        if (++self.answersInRow < answersPerMiss) return;
        self.answersInRow = 0;
        --self.misses;
        if (self.challengeMisses != 0) --self.challengeMisses;
    }

    // ------------------------------------------------------------ views

    /// @notice Whether anything was asked of the node, or counted against it, before the validator last took office.
    /// @param officeSince Since when the validator holds the office that judges the node.
    function isOfAnotherOffice(ProofRecord storage self, uint40 officeSince) internal view returns (bool) {
        if (self.officeSince == officeSince) return false;
        return self.commitmentDue != 0 || self.misses != 0 || self.openedAt != 0;
    }
}
