// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Units} from "./Units.sol";

/// @dev When the two windows of a price opened (unix seconds), and what the price was then, in one slot.
struct PriceWindow {
    uint40 hourOpenedAt;
    uint88 hourPrice;
    uint40 dayOpenedAt;
    uint88 dayPrice;
}

/// @title PriceWindows
/// @notice Bounds how fast a price may move, as it is the speed of every running stream.
/// @dev A window opens with the first change after the last one closed. Within an hour the price stays between half and twice, within a day
/// between a quarter and four times what it was when the window opened.
library PriceWindows {
    uint256 private constant HOUR_FACTOR = 2;
    uint256 private constant DAY_FACTOR = 4;

    /// @notice Opens both windows.
    function open(PriceWindow storage self, uint256 price) internal {
        // A price is at most 10^25 < 2^88.
        self.hourOpenedAt = uint40(block.timestamp);
        self.hourPrice = uint88(price);
        self.dayOpenedAt = uint40(block.timestamp);
        self.dayPrice = uint88(price);
    }

    /// @notice Opens the windows that have closed, before the price changes from `price`.
    function reopen(PriceWindow storage self, uint256 price) internal {
        if (block.timestamp >= uint256(self.hourOpenedAt) + 1 hours) {
            self.hourOpenedAt = uint40(block.timestamp);
            self.hourPrice = uint88(price);
        }
        if (block.timestamp >= uint256(self.dayOpenedAt) + 1 days) {
            self.dayOpenedAt = uint40(block.timestamp);
            self.dayPrice = uint88(price);
        }
    }

    /// @notice Between what a price may be set now.
    /// @param price The price in force.
    /// @return minimum The lowest.
    /// @return maximum The highest.
    function bounds(PriceWindow storage self, uint256 price) internal view returns (uint256 minimum, uint256 maximum) {
        (uint256 hourPrice, uint256 dayPrice, , ) = _references(self, price);
        minimum = Math.max(Math.ceilDiv(hourPrice, HOUR_FACTOR), Math.ceilDiv(dayPrice, DAY_FACTOR));
        maximum = Math.min(hourPrice * HOUR_FACTOR, dayPrice * DAY_FACTOR);
        minimum = Math.max(minimum, Units.MIN_PRICE);
        maximum = Math.min(maximum, Units.MAX_PRICE);
    }

    /// @notice Until when the open windows that keep the price from `wanted` stay open (unix seconds); now if none does.
    /// @param price The price in force.
    /// @param wanted Another price.
    function boundUntil(PriceWindow storage self, uint256 price, uint256 wanted) internal view returns (uint256 until) {
        (uint256 hourPrice, uint256 dayPrice, uint256 hourEnd, uint256 dayEnd) = _references(self, price);
        until = block.timestamp;
        if (!_within(wanted, hourPrice, HOUR_FACTOR)) until = Math.max(until, hourEnd);
        if (!_within(wanted, dayPrice, DAY_FACTOR)) until = Math.max(until, dayEnd);
    }

    /// @dev What the price is compared with: that at which a window opened, or the one in force if it would open now.
    function _references(
        PriceWindow storage self,
        uint256 price
    ) private view returns (uint256 hourPrice, uint256 dayPrice, uint256 hourEnd, uint256 dayEnd) {
        hourEnd = uint256(self.hourOpenedAt) + 1 hours;
        dayEnd = uint256(self.dayOpenedAt) + 1 days;
        hourPrice = block.timestamp < hourEnd ? self.hourPrice : price;
        dayPrice = block.timestamp < dayEnd ? self.dayPrice : price;
    }

    function _within(uint256 wanted, uint256 origin, uint256 factor) private pure returns (bool) {
        return wanted >= Math.ceilDiv(origin, factor) && wanted <= origin * factor;
    }
}
