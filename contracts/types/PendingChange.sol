// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Casts} from "../libraries/Casts.sol";

/// @dev When an announced change can take effect (unix seconds); 0: no change is announced. Another announcement replaces it.
type PendingChange is uint40;

using PendingChanges for PendingChange global;

/// @title PendingChanges
/// @notice The states of a change that one party announces and that takes effect after a notice: announced, ready, lapsed.
/// @dev The zero value clears a change: `PendingChange.wrap(0)`, or `delete` of the struct that holds it.
library PendingChanges {
    /// @notice A change that can take effect after `notice` seconds.
    function announce(uint256 notice) internal view returns (PendingChange) {
        return PendingChange.wrap(Casts.timeAfter(notice));
    }

    /// @notice A change that can take effect at `time` (unix seconds).
    function announceAt(uint256 time) internal pure returns (PendingChange) {
        return PendingChange.wrap(Casts.toTime(time));
    }

    /// @notice When the change can take effect (unix seconds); 0: none is announced.
    function effectiveAt(PendingChange self) internal pure returns (uint40) {
        return PendingChange.unwrap(self);
    }

    /// @notice Whether a change is announced.
    function isAnnounced(PendingChange self) internal pure returns (bool) {
        return PendingChange.unwrap(self) != 0;
    }

    /// @notice Whether the notice is over. A change that is not announced is never ready.
    function isReady(PendingChange self) internal view returns (bool) {
        return isAnnounced(self) && block.timestamp >= PendingChange.unwrap(self);
    }

    /// @notice The change, or none if it has not taken effect within `validFor` seconds after its notice.
    function unlessLapsed(PendingChange self, uint256 validFor) internal view returns (PendingChange) {
        return block.timestamp < PendingChange.unwrap(self) + validFor ? self : PendingChange.wrap(0);
    }
}
