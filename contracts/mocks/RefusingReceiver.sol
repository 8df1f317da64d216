// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title RefusingReceiver
/// @notice Refuses native currency, with a reason of its own.
contract RefusingReceiver {
    /// @notice The reason.
    error NotWanted();

    /// @notice Refuses.
    receive() external payable {
        revert NotWanted();
    }
}
