// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Casts} from "./Casts.sol";

/// @dev The integral over time of "tokens per USD" (see {Units}), in one slot.
/// @param value The index at `updatedAt`. 120 bits: see {Units}.
/// @param perSecond 10^36 / price, at most 10^26 < 2^88.
/// @param updatedAt Unix seconds.
/// @param flags The top bit: whether the currency is paused; it is here because starting a stream reads this slot anyway. The lower seven
/// bits: {CurrencyIndexes.tickBits}.
struct CurrencyIndex {
    uint120 value;
    uint88 perSecond;
    uint40 updatedAt;
    uint8 flags;
}

/// @title CurrencyIndexes
/// @notice One index a currency: everything that flows in it is a rate times a difference of it.
/// @dev A change of price only changes its slope, so the index is exact at any time without being written in between.
library CurrencyIndexes {
    uint8 private constant PAUSED = 1 << 7;

    /// @dev 2^tickBits of the index is the power of two that is nearest to this, by its logarithm, at the price of the listing.
    uint256 private constant TICK_TIME = 1 hours;

    /// @notice Starts the index of a currency that is listed, from zero and not paused.
    /// @param perSecond By how much it grows in a second, from 10^11 to 10^26; so `tickBits` is from 48 to 98.
    function start(CurrencyIndex storage self, uint256 perSecond) internal {
        // The cast fits for the range of `perSecond`.
        self.perSecond = uint88(perSecond);
        self.updatedAt = Casts.currentTime();
        // Half of the logarithm of the square, rounded.
        self.flags = uint8((Math.log2((perSecond * TICK_TIME) ** 2) + 1) / 2);
    }

    /// @notice Lets the index grow at another speed from now on.
    /// @param perSecond By how much it grows in a second, from 10^11 to 10^26.
    /// @return value The index now.
    function setSpeed(CurrencyIndex storage self, uint256 perSecond) internal returns (uint256 value) {
        value = current(self);
        // The casts fit for the ranges of {Units}.
        self.value = uint120(value);
        self.perSecond = uint88(perSecond);
        self.updatedAt = Casts.currentTime();
    }

    /// @notice Keeps streams from starting or growing, or lets them again.
    function setPaused(CurrencyIndex storage self, bool paused) internal {
        self.flags = paused ? self.flags | PAUSED : self.flags & ~PAUSED;
    }

    /// @notice The index now.
    function current(CurrencyIndex storage self) internal view returns (uint256) {
        // 2^120 + 2^88 x 2^40 is far below 2^256, and time does not go backwards.
        unchecked {
            return uint256(self.value) + uint256(self.perSecond) * (block.timestamp - self.updatedAt);
        }
    }

    /// @notice Whether streams may neither start nor grow.
    function isPaused(CurrencyIndex storage self) internal view returns (bool) {
        return self.flags & PAUSED != 0;
    }

    /// @notice How wide a tick is: 2^tickBits of the index, which took between 42 and 85 minutes at the price at which the currency
    /// was listed. It never changes.
    function tickBits(CurrencyIndex storage self) internal view returns (uint8) {
        return self.flags & ~PAUSED;
    }
}
