// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Hook} from "./Hook.sol";

/// @title ReentrantReceiver
/// @notice Calls somebody when it receives native currency.
contract ReentrantReceiver is Hook {
    receive() external payable {
        _runHook();
    }
}
