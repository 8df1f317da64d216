// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title HugeReturnDataReceiver
/// @notice Accepts native currency and returns a megabyte of zeros, which is dear for whoever copies it.
contract HugeReturnDataReceiver {
    /// @notice Accepts and returns a megabyte.
    receive() external payable {
        // Plain Solidity can return nothing here.
        assembly {
            return(0, 0x100000)
        }
    }
}
