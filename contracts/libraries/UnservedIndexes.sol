// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev How much of what a cluster's owners pay for was not served.
/// @param value The integral of the missing share over the currency's index, up to `at`: a share x 2^128 of an index below 2^120.
/// @param share The missing share x 2^128; at most all of it, 2^128.
/// @param at The currency's index when the share last changed.
struct UnservedIndex {
    uint256 value;
    uint136 share;
    uint120 at;
}

/// @title UnservedIndexes
/// @notice Cumulates what a cluster does not serve, so that each payer gets it back whenever its stream is settled.
library UnservedIndexes {
    /// @notice The integral up to an index that is not below that of the last change.
    function current(UnservedIndex storage self, uint256 currencyIndex) internal view returns (uint256) {
        // Below 2^128 x 2^120; the currency's index never falls.
        unchecked {
            return self.value + uint256(self.share) * (currencyIndex - self.at);
        }
    }

    /// @notice Lets another share be missing from now on.
    function change(UnservedIndex storage self, uint256 currencyIndex, uint256 share) internal {
        self.value = current(self, currencyIndex);
        // A share is at most 2^128, an index below 2^120.
        (self.share, self.at) = (uint136(share), uint120(currencyIndex));
    }
}
