// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PlainToken} from "./PlainToken.sol";

/// @title FalseToken
/// @notice While it refuses, its transfers return false instead of reverting, and move nothing.
contract FalseToken is PlainToken(6) {
    bool private _refuses;

    function setRefuses(bool refuses) external {
        _refuses = refuses;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transferFrom(from, to, amount);
    }
}
