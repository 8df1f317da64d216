// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title FalseReturnToken
/// @notice While it refuses, its transfers return false instead of reverting, and move nothing.
contract FalseReturnToken is StandardToken(6) {
    bool private _refuses;

    /// @notice Begins or ceases to refuse.
    function setRefuses(bool refuses) external {
        _refuses = refuses;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transfer(to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !_refuses && super.transferFrom(from, to, amount);
    }
}
