// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Forwarder
/// @notice A party that is a contract, as a multisig or a DAO is: it calls what it is told to, by anyone, and can hold ether.
contract Forwarder {
    /// @notice Takes ether, as of a withdrawal.
    receive() external payable virtual {}

    /// @notice Calls `target` with the ether that came along. Raises the errors of that call.
    function forward(address target, bytes calldata data) external payable returns (bytes memory) {
        return Address.functionCallWithValue(target, data, msg.value);
    }
}
