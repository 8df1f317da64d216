// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";

/// @title TestBadge
/// @notice Tokens of many kinds, which anybody can make.
contract TestBadge is ERC1155 {
    constructor() ERC1155("") {}

    /// @notice Makes tokens of a kind.
    function mint(address to, uint256 id, uint256 amount) external {
        _mint(to, id, amount, "");
    }
}
