// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Hook} from "./Hook.sol";

/// @title ReentrantReceiver
/// @notice Calls somebody when it receives native currency.
contract ReentrantReceiver is Hook {
    /// @notice Accepts and makes its call.
    receive() external payable {
        _runHook();
    }
}
