// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyIndex, CurrencyIndexes} from "../libraries/CurrencyIndexes.sol";

/// @title CurrencyIndexesHarness
/// @notice Lets tests call {CurrencyIndexes} with one index.
contract CurrencyIndexesHarness {
    using CurrencyIndexes for CurrencyIndex;

    CurrencyIndex public currencyIndex;

    event PriceSet(uint256 value);

    function set(CurrencyIndex calldata value) external {
        currencyIndex = value;
    }

    function setPrice(uint256 usdPerToken) external {
        emit PriceSet(currencyIndex.setPrice(usdPerToken));
    }

    function current() external view returns (uint256) {
        return currencyIndex.current();
    }
}
