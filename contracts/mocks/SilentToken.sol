// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {PlainToken} from "./PlainToken.sol";

/// @title SilentToken
/// @notice While it is silent, its transfers return true although they move nothing.
contract SilentToken is PlainToken(6) {
    bool private _silent;

    /// @notice Begins or ceases to be silent.
    function setSilent(bool silent) external {
        _silent = silent;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        return _silent || super.transfer(to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _silent || super.transferFrom(from, to, amount);
    }
}
