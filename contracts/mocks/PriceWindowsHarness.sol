// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PriceWindow, PriceWindows} from "../libraries/PriceWindows.sol";

/// @title PriceWindowsHarness
/// @notice Lets tests call {PriceWindows} with one pair of windows.
contract PriceWindowsHarness {
    using PriceWindows for PriceWindow;

    /// @notice The windows as they are stored.
    PriceWindow public windows;

    /// @notice Stores windows.
    function set(PriceWindow calldata value) external {
        windows = value;
    }

    /// @notice As in {PriceWindows}.
    function open(uint256 price) external {
        windows.open(price);
    }

    /// @notice As in {PriceWindows}.
    function reopen(uint256 price) external {
        windows.reopen(price);
    }

    /// @notice As in {PriceWindows}.
    function bounds(uint256 price) external view returns (uint256 minimum, uint256 maximum) {
        return windows.bounds(price);
    }

    /// @notice As in {PriceWindows}.
    function boundUntil(uint256 price, uint256 wanted) external view returns (uint256 until) {
        return windows.boundUntil(price, wanted);
    }
}
