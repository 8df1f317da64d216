// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {PriceBudget, PriceBudgets} from "../libraries/PriceBudgets.sol";

/// @title PriceBudgetsHarness
/// @notice Lets tests call {PriceBudgets} with one budget.
contract PriceBudgetsHarness {
    using PriceBudgets for PriceBudget;

    /// @notice The budget as it is stored.
    PriceBudget public budget;

    /// @notice Stores a budget.
    function set(PriceBudget calldata value) external {
        budget = value;
    }

    /// @notice As in {PriceBudgets}.
    function fill(uint256 price) external {
        budget.fill(price);
    }

    /// @notice As in {PriceBudgets}.
    function move(uint256 price, uint256 newPrice) external {
        budget.move(price, newPrice);
    }

    /// @notice Plays a schedule, beginning with a full budget: each move goes as far as it may.
    /// @dev Time passes by setting back the clock of the budget, which knows no other.
    /// @param price The first price.
    /// @param elapsed The seconds before each move.
    /// @param moves By how many billionths of the price each move would change it.
    /// @return prices The price after each move.
    function play(uint256 price, uint32[] calldata elapsed, int256[] calldata moves) external returns (uint256[] memory prices) {
        prices = new uint256[](elapsed.length);
        budget.fill(price);
        for (uint256 i = 0; i < elapsed.length; ++i) {
            budget.updatedAt -= elapsed[i];
            (uint256 minimum, uint256 maximum) = budget.bounds(price);
            int256 wanted = int256(price) + (int256(price) * moves[i]) / 1e9;
            uint256 next = wanted < int256(minimum) ? minimum : Math.min(uint256(wanted), maximum);
            // As in the price registry: a price that stays leaves the budget as it is.
            if (next != price) budget.move(price, next);
            price = next;
            prices[i] = next;
        }
    }

    /// @notice As in {PriceBudgets}.
    function bounds(uint256 price) external view returns (uint256 minimum, uint256 maximum) {
        return budget.bounds(price);
    }

    /// @notice As in {PriceBudgets}.
    function allowedFrom(uint256 price, uint256 wanted) external view returns (uint256) {
        return budget.allowedFrom(price, wanted);
    }
}
