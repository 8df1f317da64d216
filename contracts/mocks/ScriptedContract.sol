// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title ScriptedContract
/// @notice Answers each function with the bytes that it was told to, and reverts where it was told nothing.
contract ScriptedContract {
    mapping(bytes4 selector => bytes) private _answers;
    mapping(bytes4 selector => bool) private _answered;

    error NotScripted(bytes4 selector);

    function setAnswer(bytes4 selector, bytes calldata answer) external {
        _answers[selector] = answer;
        _answered[selector] = true;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        require(_answered[msg.sig], NotScripted(msg.sig));
        return _answers[msg.sig];
    }
}
