// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title GasBurningReceiver
/// @notice Burns all the gas it gets when it receives native currency.
contract GasBurningReceiver {
    /// @notice Burns all gas.
    receive() external payable {
        // An invalid instruction burns what is left at once, which a test does not have to wait for.
        assembly {
            invalid()
        }
    }
}
