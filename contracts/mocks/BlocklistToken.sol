// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {StandardToken} from "./StandardToken.sol";

/// @title BlocklistToken
/// @notice It can be paused, and keeps a list of those who can neither send nor receive it, as centrally issued dollars do.
contract BlocklistToken is StandardToken(6) {
    bool private _paused;
    mapping(address holder => bool) private _blocked;

    /// @notice Nothing moves while it is paused.
    error TokenPaused();
    /// @notice The holder can neither send nor receive.
    error HolderBlocked(address holder);

    /// @notice Stops or resumes all transfers.
    function setPaused(bool paused) external {
        _paused = paused;
    }

    /// @notice Blocks a holder, or no longer.
    function setBlocked(address holder, bool isBlocked) external {
        _blocked[holder] = isBlocked;
    }

    function _update(address from, address to, uint256 value) internal override {
        require(!_paused, TokenPaused());
        require(!_blocked[from], HolderBlocked(from));
        require(!_blocked[to], HolderBlocked(to));
        super._update(from, to, value);
    }
}
