// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {Hook} from "./Hook.sol";
import {StandardToken} from "./StandardToken.sol";

/// @title ReentrantToken
/// @notice Calls somebody before each of its transfers by another contract, or after it if it is told so, and when it takes a permit.
contract ReentrantToken is StandardToken(6), Hook {
    bool private _after;

    /// @notice Says whether to call after the transfers, as a token does that tells its recipients.
    function setAfter(bool isAfter) external {
        _after = isAfter;
    }

    /// @notice Takes any permit, whoever signed it.
    function permit(address holder, address spender, uint256 amount, uint256, uint8, bytes32, bytes32) external {
        _runHook();
        _approve(holder, spender, amount);
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        if (!_after) _runHook();
        super.transfer(to, amount);
        if (_after) _runHook();
        return true;
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (!_after) _runHook();
        super.transferFrom(from, to, amount);
        if (_after) _runHook();
        return true;
    }
}
