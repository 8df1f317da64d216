// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title ReverseTransferToken
/// @notice While it takes, what is to move by an allowance moves the other way: from the recipient to the sender.
contract ReverseTransferToken is StandardToken(6) {
    bool private _takes;

    /// @notice Begins or ceases to take.
    function setTakes(bool takes) external {
        _takes = takes;
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (!_takes) return super.transferFrom(from, to, amount);
        _transfer(to, from, amount);
        return true;
    }
}
