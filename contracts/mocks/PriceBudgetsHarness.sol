// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

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

    /// @notice Plays a schedule from a full budget: after each time the price moves as near to the one that is wanted as it may.
    /// @dev Time passes by setting back the clock of the budget, which knows no other.
    /// @param price The first price.
    /// @param elapsed The seconds before each move.
    /// @param wanted Where each move would like to go.
    /// @return prices The price after each move.
    function play(uint256 price, uint32[] calldata elapsed, uint256[] calldata wanted) external returns (uint256[] memory prices) {
        prices = new uint256[](elapsed.length);
        budget.fill(price);
        for (uint256 i = 0; i < elapsed.length; ++i) {
            budget.updatedAt -= elapsed[i];
            (uint256 minimum, uint256 maximum) = budget.bounds(price);
            uint256 next =
                wanted[i] < minimum
                    ? minimum
                    : wanted[i] > maximum
                        ? maximum
                        : wanted[i];
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
