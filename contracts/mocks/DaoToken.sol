// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title DaoToken
/// @notice The votes of a DAO of development chains: OpenZeppelin's, counted in seconds, and anyone may mint.
contract DaoToken is ERC20, ERC20Permit, ERC20Votes {
    constructor() ERC20("DAO Votes", "VOTE") ERC20Permit("DAO Votes") {}

    /// @notice Makes votes out of nothing.
    /// @param to The recipient.
    /// @param amount How many, with 18 decimals.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20Permit
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @notice The present time, in unix seconds.
    function clock() public view override returns (uint48) {
        // 48 bits of seconds last for millions of years.
        return uint48(block.timestamp);
    }

    /// @notice That votes are counted in time, not in blocks.
    function CLOCK_MODE() public pure override returns (string memory) {
        // solhint-disable-previous-line func-name-mixedcase
        return "mode=timestamp";
    }

    function _update(address from, address to, uint256 amount) internal override(ERC20, ERC20Votes) {
        super._update(from, to, amount);
    }
}
