// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Hook
/// @notice One call that a token or a recipient makes when it is called itself, and what came of it.
abstract contract Hook {
    address private _target;
    bytes private _question;

    bool public succeeded;
    bytes public answer;

    /// @param target Whom to call; zero: nobody.
    /// @param question With what.
    function setHook(address target, bytes calldata question) external {
        (_target, _question) = (target, question);
    }

    function _runHook() internal {
        if (_target != address(0)) (succeeded, answer) = _target.call(_question);
    }
}
