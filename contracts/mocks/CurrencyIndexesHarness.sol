// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyIndex, CurrencyIndexes} from "../libraries/CurrencyIndexes.sol";

/// @title CurrencyIndexesHarness
/// @notice Lets tests call {CurrencyIndexes} with one index.
contract CurrencyIndexesHarness {
    using CurrencyIndexes for CurrencyIndex;

    /// @notice The index as it is stored.
    CurrencyIndex public currencyIndex;

    /// @notice What setting a price has returned.
    event PriceSet(uint256 value);

    /// @notice Stores an index.
    function set(CurrencyIndex calldata value) external {
        currencyIndex = value;
    }

    /// @notice As in {CurrencyIndexes}.
    function setPrice(uint256 usdPerToken) external {
        emit PriceSet(currencyIndex.setPrice(usdPerToken));
    }

    /// @notice As in {CurrencyIndexes}.
    function current() external view returns (uint256) {
        return currencyIndex.current();
    }
}
