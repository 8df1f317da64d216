// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Casts} from "../../../contracts/libraries/Casts.sol";
import {PriceBudget, PriceBudgets} from "../../../contracts/libraries/PriceBudgets.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev Any sound budget of any price. That budgets stay sound is {BudgetsStaySound}.
abstract contract AnyBudget {
    using PriceBudgets for PriceBudget;

    uint256 internal constant REFILL_TIME = PriceBudgets.REFILL_TIME;

    PriceBudget internal self;

    function _assume(PriceBudget memory budget, uint88 price) internal {
        require(budget.updatedAt <= block.timestamp && block.timestamp < 2 ** 40);
        require(_isPrice(price));
        self = budget;
        require(_isSound(price));
    }

    /// @dev A budget that is full or used up in part: the price may stay, and may go back to where it may go from.
    function _isSound(uint256 price) internal view returns (bool) {
        uint256 riseBase = self.riseBase;
        uint256 fallBase = self.fallBase;
        return riseBase <= price && price <= 2 * riseBase && price <= fallBase && fallBase <= 2 * price;
    }

    function _isPrice(uint256 price) internal pure returns (bool) {
        return price >= Units.MIN_PRICE && price <= Units.MAX_PRICE;
    }
}

/// @dev The same, to be moved.
abstract contract AnyMove is AnyBudget {
    function _move(uint256 price, uint256 newPrice) internal {
        // body of move of contracts/libraries/PriceBudgets.sol
    }

    /// @dev As {PriceBudgets} has it.
    function _bases(PriceBudget memory, uint256 price) private view returns (uint256 riseBase, uint256 fallBase) {
        // Assumed above, but the model checker looks at each function for itself, too.
        require(self.updatedAt <= block.timestamp && block.timestamp < 2 ** 40);
        // body of _bases of contracts/libraries/PriceBudgets.sol
    }
}

/// @notice The bounds of a price lie within the range of prices, with the price in force between them.
contract BoundsHoldThePrice is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price) external {
        _assume(budget, price);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        assert(Units.MIN_PRICE <= minimum && minimum <= price);
        assert(price <= maximum && maximum <= Units.MAX_PRICE);
    }
}

/// @notice A price never rises above twice its base of the moment, nor falls below half of it; and no bound leaves half and twice the price.
contract BoundsAreTwofold is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price) external {
        _assume(budget, price);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        uint256 grown = REFILL_TIME + block.timestamp - budget.updatedAt;
        assert(maximum * REFILL_TIME <= 2 * uint256(budget.riseBase) * grown && maximum <= 2 * uint256(price));
        assert(2 * minimum * grown >= uint256(budget.fallBase) * REFILL_TIME && 2 * minimum >= price);
    }
}

/// @notice A move to a price between the bounds leaves a sound budget.
contract BudgetsStaySound is AnyMove {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price, uint88 next) external {
        _assume(budget, price);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        require(minimum <= next && next <= maximum);
        _move(price, next);
        assert(_isSound(next));
        assert(self.updatedAt == block.timestamp);
    }
}

/// @notice A base grows by no more than 1 + time / REFILL_TIME (that of the other way falls by no more), and never past the prices of a move.
contract BasesMoveWithTime is AnyMove {
    function check(PriceBudget memory budget, uint88 price, uint88 next) external {
        _assume(budget, price);
        require(_isPrice(next));
        _move(price, next);
        uint256 grown = REFILL_TIME + block.timestamp - budget.updatedAt;
        assert(uint256(self.riseBase) * REFILL_TIME <= uint256(budget.riseBase) * grown);
        assert(self.riseBase <= price && self.riseBase <= next);
        assert(uint256(self.fallBase) * grown >= uint256(budget.fallBase) * REFILL_TIME);
        assert(self.fallBase >= price && self.fallBase >= next);
    }
}

/// @notice Within REFILL_TIME of the last move a budget is full: the price may double or halve.
contract BudgetsRefill is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price) external {
        _assume(budget, price);
        require(block.timestamp >= budget.updatedAt + REFILL_TIME);
        (uint256 minimum, uint256 maximum) = self.bounds(price);
        assert(maximum == Math.min(2 * uint256(price), Units.MAX_PRICE));
        assert(minimum == Math.max((uint256(price) + 1) / 2, Units.MIN_PRICE));
    }
}

/// @notice A refusal names a time that is not past, and not after the budget is full.
contract RefusalsSayFromWhen is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price, uint88 wanted) external {
        _assume(budget, price);
        require(_isPrice(wanted));
        uint256 from = self.allowedFrom(price, wanted);
        assert(from >= block.timestamp && from <= Math.max(block.timestamp, budget.updatedAt + REFILL_TIME));
    }
}

/// @notice A rise that the budget allows is allowed from now on.
contract AllowedRisesAreAllowedNow is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price, uint88 wanted) external {
        _assume(budget, price);
        require(_isPrice(wanted) && wanted > price);
        (, uint256 maximum) = self.bounds(price);
        require(wanted <= maximum);
        uint256 grown = REFILL_TIME + block.timestamp - budget.updatedAt;
        uint256 needed = Math.min(Math.ceilDiv(wanted, 2), price);
        assert(needed * REFILL_TIME <= uint256(budget.riseBase) * grown);
        require(needed * REFILL_TIME <= uint256(budget.riseBase) * grown);
        assert(Math.ceilDiv(needed * REFILL_TIME, budget.riseBase) <= grown);
        require(Math.ceilDiv(needed * REFILL_TIME, budget.riseBase) <= grown);
        assert(self.allowedFrom(price, wanted) == block.timestamp);
    }
}

/// @notice So is a fall.
contract AllowedFallsAreAllowedNow is AnyBudget {
    using PriceBudgets for PriceBudget;

    function check(PriceBudget memory budget, uint88 price, uint88 wanted) external {
        _assume(budget, price);
        require(_isPrice(wanted) && wanted <= price);
        (uint256 minimum, ) = self.bounds(price);
        require(wanted >= minimum);
        uint256 grown = REFILL_TIME + block.timestamp - budget.updatedAt;
        uint256 needed = Math.max(uint256(wanted) * 2, price);
        assert(uint256(budget.fallBase) * REFILL_TIME <= needed * grown);
        require(uint256(budget.fallBase) * REFILL_TIME <= needed * grown);
        assert(Math.ceilDiv(uint256(budget.fallBase) * REFILL_TIME, needed) <= grown);
        require(Math.ceilDiv(uint256(budget.fallBase) * REFILL_TIME, needed) <= grown);
        assert(self.allowedFrom(price, wanted) == block.timestamp);
    }
}

/// @notice A price is in full what a budget is filled at.
contract BudgetsFillAtThePrice is AnyBudget {
    function _fill(uint256 price) private {
        // body of fill of contracts/libraries/PriceBudgets.sol
    }

    function check(uint256 price) external {
        require(_isPrice(price) && block.timestamp < 2 ** 40);
        _fill(price);
        assert(self.riseBase == price && self.fallBase == price && self.updatedAt == block.timestamp);
        assert(_isSound(price));
    }
}
