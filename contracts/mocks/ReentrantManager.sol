// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Forwarder} from "./Forwarder.sol";
import {Hook} from "./Hook.sol";

/// @title ReentrantManager
/// @notice A manager that is a contract and, when it receives native currency, calls somebody in the midst of it.
contract ReentrantManager is Forwarder, Hook {
    /// @notice Accepts and makes its call.
    receive() external payable override {
        _runHook();
    }
}
