// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title NoTransferToken
/// @notice While it is idle, its transfers return true although they move nothing.
contract NoTransferToken is StandardToken(6) {
    bool private _idle;

    /// @notice Begins or ceases to be idle.
    function setIdle(bool idle) external {
        _idle = idle;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        return _idle || super.transfer(to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return _idle || super.transferFrom(from, to, amount);
    }
}
