// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {Units} from "./Units.sol";

/// @title ProofRules
/// @notice The rules of a cluster whose nodes prove that they store: their ranges, and the quality that follows from misses.
library ProofRules {
    /// @dev A window leaves this much of it after the block that decides, where blocks come at least this often (seconds): otherwise rules
    /// could ask for positions that a node cannot know in time.
    uint256 private constant MIN_TIME_TO_ANSWER = 10 minutes;
    uint256 private constant SLOWEST_BLOCK = 30;

    /// @notice Reverts if a rule is out of its range.
    function requireValid(IStorageProofs.Rules calldata self) internal pure {
        require(self.approver != address(0), IStorageProofs.ApproverZero());
        _requireRule(IStorageProofs.Rule.Period, self.period, 1 hours, 30 days);
        _requireRule(IStorageProofs.Rule.Delay, self.delay, 1, 128);
        _requireRule(IStorageProofs.Rule.Window, self.window, MIN_TIME_TO_ANSWER + self.delay * SLOWEST_BLOCK, self.period - 1);
        _requireRule(IStorageProofs.Rule.Positions, self.positions, 4, 64);
        _requireRule(IStorageProofs.Rule.AnswersPerMiss, self.answersPerMiss, 1, type(uint8).max);
        _requireRule(IStorageProofs.Rule.SlashBps, self.slashBps, 0, Units.BPS);
        _requireRule(IStorageProofs.Rule.QualityCount, self.qualityAfter.length, 1, 16);
        uint256 before = Units.BPS;
        for (uint256 i = 0; i < self.qualityAfter.length; ++i) {
            _requireRule(IStorageProofs.Rule.Quality, self.qualityAfter[i], 0, before);
            before = self.qualityAfter[i];
        }
    }

    /// @notice The quality that follows from a number of misses, in basis points.
    function qualityFor(IStorageProofs.Rules storage self, uint256 misses) internal view returns (uint16) {
        if (misses == 0) return uint16(Units.BPS);
        return self.qualityAfter[Math.min(misses, self.qualityAfter.length) - 1];
    }

    function _requireRule(IStorageProofs.Rule rule, uint256 value, uint256 minimum, uint256 maximum) private pure {
        require(value >= minimum && value <= maximum, IStorageProofs.RuleInvalid(rule, value, minimum, maximum));
    }
}
