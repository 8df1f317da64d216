// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title TestTicket
/// @notice Tokens that are one of a kind, which anybody can make.
contract TestTicket is ERC721 {
    constructor() ERC721("Test ticket", "TICKET") {}

    /// @notice Makes a token.
    function mint(address to, uint256 id) external {
        _mint(to, id);
    }
}
