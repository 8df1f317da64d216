// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// It stands for any contract, and takes no ether.
/* solhint-disable no-complex-fallback, payable-fallback */

/// @title ScriptedContract
/// @notice Answers each function with the bytes that it was told to, and reverts where it was told nothing.
contract ScriptedContract {
    mapping(bytes4 selector => bytes) private _answers;
    mapping(bytes4 selector => bool) private _answered;

    /// @notice It was told nothing about the function.
    error NotScripted(bytes4 selector);

    /// @notice Says what a function answers from now on.
    function setAnswer(bytes4 selector, bytes calldata answer) external {
        _answers[selector] = answer;
        _answered[selector] = true;
    }

    /// @notice Answers as it was told.
    fallback(bytes calldata) external returns (bytes memory) {
        require(_answered[msg.sig], NotScripted(msg.sig));
        return _answers[msg.sig];
    }
}
