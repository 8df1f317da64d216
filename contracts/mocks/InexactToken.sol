// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title InexactToken
/// @notice More or less than what was asked for arrives, in one direction alone if it is told so: a fee, a bonus, a mint on the way.
contract InexactToken is StandardToken(6) {
    int256 private _skewIn;
    int256 private _skewOut;
    int256 private _rebate;

    /// @notice Changes what arrives.
    /// @param skewIn By how much more (below zero: less) the recipient gets of a transfer by an allowance.
    /// @param skewOut By how much more (below zero: less) the recipient gets of any other transfer.
    /// @param rebate By how much less any other transfer costs its sender.
    function skew(int256 skewIn, int256 skewOut, int256 rebate) external {
        (_skewIn, _skewOut, _rebate) = (skewIn, skewOut, rebate);
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        _change(to, _skewOut);
        _change(msg.sender, _rebate);
        return true;
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        _change(to, _skewIn);
        return true;
    }

    function _change(address holder, int256 change) private {
        if (change > 0) _mint(holder, uint256(change));
        if (change < 0) _burn(holder, uint256(-change));
    }
}
