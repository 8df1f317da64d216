// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PendingChange, PendingChanges} from "../types/PendingChange.sol";

/// @title PendingChangesHarness
/// @notice For tests: opens {PendingChanges}, over a change of its own.
contract PendingChangesHarness {
    PendingChange private _change;

    /// @notice See {PendingChanges.announce}.
    function announce(uint256 notice) external {
        _change = PendingChanges.announce(notice);
    }

    /// @notice See {PendingChanges.announceAt}.
    function announceAt(uint256 time) external {
        _change = PendingChanges.announceAt(time);
    }

    /// @notice Clears the change.
    function clear() external {
        _change = PendingChange.wrap(0);
    }

    /// @notice See {PendingChanges.effectiveAt}.
    function effectiveAt() external view returns (uint40) {
        return _change.effectiveAt();
    }

    /// @notice See {PendingChanges.isAnnounced}.
    function isAnnounced() external view returns (bool) {
        return _change.isAnnounced();
    }

    /// @notice See {PendingChanges.isReady}.
    function isReady() external view returns (bool) {
        return _change.isReady();
    }

    /// @notice See {PendingChanges.unlessLapsed}.
    function unlessLapsed(uint256 validFor) external view returns (PendingChange) {
        return _change.unlessLapsed(validFor);
    }
}
