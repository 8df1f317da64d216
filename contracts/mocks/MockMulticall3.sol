// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title MockMulticall3
/// @notice Stands where Multicall3 is on public chains, with the one function of it that is used here.
contract MockMulticall3 {
    struct Call3 {
        address target;
        bool allowFailure;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    error CallFailed();

    /// @notice Makes several calls, and tells how each of them went.
    function aggregate3(Call3[] calldata calls) external payable returns (Result[] memory results) {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, bytes memory returnData) = calls[i].target.call(calls[i].callData);
            require(success || calls[i].allowFailure, CallFailed());
            results[i] = Result(success, returnData);
        }
    }
}
