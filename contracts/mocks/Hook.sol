// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Hook
/// @notice One call that a token or a recipient makes when it is called itself, and what came of it.
abstract contract Hook {
    address private _target;
    bytes private _question;

    /// @notice How many calls it has made.
    uint256 public calls;
    /// @notice Whether the last call went through.
    bool public succeeded;
    /// @notice The data that it returned, or the reason of its failure.
    bytes public answer;

    /// @notice Says whom to call from now on.
    /// @param target The contract to call; zero: none.
    /// @param question With what.
    function setHook(address target, bytes calldata question) external {
        (_target, _question) = (target, question);
    }

    function _runHook() internal {
        if (_target == address(0)) return;
        // Before the call, as that may come back here.
        ++calls;
        // Whatever comes of it is recorded.
        // solhint-disable-next-line avoid-low-level-calls
        (succeeded, answer) = _target.call(_question);
    }
}
