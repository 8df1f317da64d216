// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title StandardToken
/// @notice An honest token of any number of decimals, without permits; the tokens that misbehave are made of it.
contract StandardToken is ERC20 {
    uint8 private immutable _DECIMALS;

    /// @notice Is of these decimals for ever.
    /// @param decimals_ Its decimals.
    constructor(uint8 decimals_) ERC20("Plain token", "PLAIN") {
        _DECIMALS = decimals_;
    }

    /// @notice Makes tokens out of nothing.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _DECIMALS;
    }
}
