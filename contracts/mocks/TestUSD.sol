// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title TestUSD
/// @notice A dollar of development chains: six decimals, permits, and anyone may mint.
contract TestUSD is ERC20, ERC20Permit {
    constructor() ERC20("Test USD", "TestUSD") ERC20Permit("Test USD") {}

    /// @notice Makes tokens out of nothing.
    /// @param to The recipient.
    /// @param amount How many, in base units.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
