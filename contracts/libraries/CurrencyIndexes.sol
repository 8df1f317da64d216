// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "./Units.sol";

/// @dev The integral over time of "tokens per USD" (see {Units}), in one slot.
/// @param value The index at `updatedAt`. 120 bits: see {Units}.
/// @param perSecond 10^36 / price, at most 10^26 < 2^88.
/// @param updatedAt Unix seconds.
/// @param paused Whether streams may neither start nor grow; here because whoever starts one reads this slot anyway.
struct CurrencyIndex {
    uint120 value;
    uint88 perSecond;
    uint40 updatedAt;
    bool paused;
}

/// @title CurrencyIndexes
/// @notice One index a currency: everything that flows in it is a rate times a difference of it.
/// @dev A change of price only changes its slope, so the index is exact at any time without being written in between.
library CurrencyIndexes {
    /// @notice The index now.
    function current(CurrencyIndex storage self) internal view returns (uint256) {
        // 2^120 + 2^88 x 2^40 is far below 2^256, and time does not go backwards.
        unchecked {
            return uint256(self.value) + uint256(self.perSecond) * (block.timestamp - self.updatedAt);
        }
    }

    /// @notice Lets the index grow by a new price from now on.
    /// @param usdPerToken USD (18 decimals) per whole token, within the range of {Units}.
    /// @return value The index now.
    function setPrice(CurrencyIndex storage self, uint256 usdPerToken) internal returns (uint256 value) {
        value = current(self);
        // The casts fit for the ranges of {Units}; 40 bits of seconds last for 34,000 years.
        self.value = uint120(value);
        self.perSecond = uint88(Units.INDEX_SCALE / usdPerToken);
        self.updatedAt = uint40(block.timestamp);
    }
}
