// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title FirstCallFailingToken
/// @notice While it is fickle, it returns false and moves nothing when it is asked, and moves when it is asked again.
contract FirstCallFailingToken is StandardToken(6) {
    bool private _fickle;
    bool private _asked;

    /// @notice Begins or ceases to be fickle.
    function setFickle(bool fickle) external {
        _fickle = fickle;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_refusesFirst() && super.transfer(to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_refusesFirst() && super.transferFrom(from, to, amount);
    }

    function _refusesFirst() private returns (bool) {
        if (!_fickle) return false;
        _asked = !_asked;
        return _asked;
    }
}
