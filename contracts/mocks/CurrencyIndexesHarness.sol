// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyIndex, CurrencyIndexes} from "../libraries/CurrencyIndexes.sol";

/// @title CurrencyIndexesHarness
/// @notice Lets tests call {CurrencyIndexes} with one index.
contract CurrencyIndexesHarness {
    using CurrencyIndexes for CurrencyIndex;

    /// @notice The index as it is stored.
    CurrencyIndex public currencyIndex;

    /// @notice The index that setting a speed returned.
    event SpeedSet(uint256 value);

    /// @notice Stores an index.
    function set(CurrencyIndex calldata value) external {
        currencyIndex = value;
    }

    /// @notice As in {CurrencyIndexes}.
    function start(uint256 perSecond) external {
        currencyIndex.start(perSecond);
    }

    /// @notice As in {CurrencyIndexes}.
    function setSpeed(uint256 perSecond) external {
        emit SpeedSet(currencyIndex.setSpeed(perSecond));
    }

    /// @notice As in {CurrencyIndexes}.
    function setPaused(bool paused) external {
        currencyIndex.setPaused(paused);
    }

    /// @notice As in {CurrencyIndexes}.
    function current() external view returns (uint256) {
        return currencyIndex.current();
    }

    /// @notice As in {CurrencyIndexes}.
    function isPaused() external view returns (bool) {
        return currencyIndex.isPaused();
    }

    /// @notice As in {CurrencyIndexes}.
    function tickBits() external view returns (uint8) {
        return currencyIndex.tickBits();
    }
}
