// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {Hook} from "./Hook.sol";
import {PlainToken} from "./PlainToken.sol";

/// @title ReentrantToken
/// @notice Calls somebody before each of its transfers by another contract has taken place.
contract ReentrantToken is PlainToken(6), Hook {
    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        _runHook();
        return super.transfer(to, amount);
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _runHook();
        return super.transferFrom(from, to, amount);
    }
}
