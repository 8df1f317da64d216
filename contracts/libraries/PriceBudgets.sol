// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Casts} from "./Casts.sol";
import {Units} from "./Units.sol";

/// @dev From where a price may rise and fall, in one slot. Prices are at most 10^25 < 2^88.
/// @param riseBase The price may rise to twice this. It is at most the price, and at least half of it.
/// @param fallBase The price may fall to half of this. It is at least the price, and at most twice that.
/// @param updatedAt When the two were so (unix seconds).
struct PriceBudget {
    uint88 riseBase;
    uint88 fallBase;
    uint40 updatedAt;
}

/// @title PriceBudgets
/// @notice Bounds how fast a price may move, as it is the speed of every running stream.
/// @dev A price may double at once, or halve at once, and as its budget refills, double or halve about once a day. For any two times
/// s <= t, whatever happened before, between and after, with E = e^((t - s) / REFILL_TIME):
///
///   price(s) / (2 x E)  <=  price(t)  <=  price(s) x 2 x E
///
/// As REFILL_TIME >= 1 day / ln 2, E is at most 2^((t - s) / 1 day). So no price is more than 2.06 times one of the hour before, or more
/// than 4 times one of the day before, nor less than 1 / 2.06 or 1 / 4 of it.
///
/// Proof: the price at t is at most twice the base at t. A base grows by a factor of 1 + elapsed / REFILL_TIME between two changes, which
/// is at most e^(elapsed / REFILL_TIME), and is never above the price in force. So at t it is at most price(s) x E. The same holds upside
/// down. All rounding narrows the bounds.
///
/// Only the distance between two prices counts. Small moves use nothing up that a move back does not give back, and the bases follow the
/// price within REFILL_TIME wherever it stays.
library PriceBudgets {
    /// @dev How far a price may move at once.
    uint256 internal constant FACTOR = 2;

    /// @dev After which an empty budget is full. A base that is moved all the time moves e-fold within it, which is twofold a day:
    /// 1 day / ln 2 = 124,649.2 seconds, rounded up.
    uint256 internal constant REFILL_TIME = 124_650;

    /// @notice Fills the budget.
    function fill(PriceBudget storage self, uint256 price) internal {
        // A price fits 88 bits.
        self.riseBase = uint88(price);
        self.fallBase = uint88(price);
        self.updatedAt = Casts.currentTime();
    }

    /// @notice Notes that the price moves from `price` to `newPrice`, which is within the bounds.
    function move(PriceBudget storage self, uint256 price, uint256 newPrice) internal {
        (uint256 riseBase, uint256 fallBase) = _bases(self, price);
        // Each is between two prices, so it fits 88 bits.
        self.riseBase = uint88(Math.min(riseBase, newPrice));
        self.fallBase = uint88(Math.max(fallBase, newPrice));
        self.updatedAt = Casts.currentTime();
    }

    /// @notice Between what a price may be set now.
    /// @param price The price in force.
    /// @return minimum The lowest.
    /// @return maximum The highest.
    function bounds(PriceBudget storage self, uint256 price) internal view returns (uint256 minimum, uint256 maximum) {
        (uint256 riseBase, uint256 fallBase) = _bases(self, price);
        minimum = Math.max(Math.ceilDiv(fallBase, FACTOR), Units.MIN_PRICE);
        maximum = Math.min(riseBase * FACTOR, Units.MAX_PRICE);
    }

    /// @notice From when on the bounds hold `wanted`, if the price stays as it is; where they never will, since when the budget is full
    /// (unix seconds, not before now).
    /// @param price The price in force.
    /// @param wanted Another price.
    function allowedFrom(PriceBudget storage self, uint256 price, uint256 wanted) internal view returns (uint256) {
        // The solutions of base x (REFILL_TIME + elapsed) / REFILL_TIME >= needed, and of its mirror image.
        uint256 solution =
            wanted > price
                ? Math.ceilDiv(Math.min(Math.ceilDiv(wanted, FACTOR), price) * REFILL_TIME, self.riseBase)
                : Math.ceilDiv(uint256(self.fallBase) * REFILL_TIME, Math.max(wanted * FACTOR, price));
        return Math.max(self.updatedAt + Math.saturatingSub(solution, REFILL_TIME), block.timestamp);
    }

    /// @dev The bases now: the price itself, once they would be past it.
    function _bases(PriceBudget storage self, uint256 price) private view returns (uint256 riseBase, uint256 fallBase) {
        uint256 grown = REFILL_TIME + block.timestamp - self.updatedAt;
        riseBase = Math.min((self.riseBase * grown) / REFILL_TIME, price);
        fallBase = Math.max(Math.ceilDiv(self.fallBase * REFILL_TIME, grown), price);
    }
}
