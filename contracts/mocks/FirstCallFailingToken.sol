// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title FirstCallFailingToken
/// @notice While it fails, the first call of each pair returns false and moves nothing, and the second moves.
contract FirstCallFailingToken is StandardToken(6) {
    bool private _failing;
    bool private _asked;

    /// @notice Lets every first call fail, or none any more.
    function setFailing(bool failing) external {
        _failing = failing;
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
        if (!_failing) return false;
        _asked = !_asked;
        return _asked;
    }
}
