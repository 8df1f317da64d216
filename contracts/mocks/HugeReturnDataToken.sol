// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {StandardToken} from "./StandardToken.sol";

/// @title HugeReturnDataToken
/// @notice Its transfers return true and a megabyte of zeros after it, which is dear for whoever copies it.
contract HugeReturnDataToken is StandardToken(6) {
    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        _returnMegabyte();
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        _returnMegabyte();
    }

    function _returnMegabyte() private pure {
        // Plain Solidity would pay for filling the memory, too.
        assembly {
            mstore(0, 1)
            return(0, 0x100000)
        }
    }
}
