// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {PlainToken} from "./PlainToken.sol";

/// @title OverchargingToken
/// @notice A transfer costs its sender something on top, which is burnt.
contract OverchargingToken is PlainToken(6) {
    uint256 private _surcharge;

    /// @notice Changes what a transfer costs.
    /// @param surcharge What a transfer costs on top, in base units.
    function setSurcharge(uint256 surcharge) external {
        _surcharge = surcharge;
    }

    /// @inheritdoc ERC20
    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_surcharge != 0) _burn(msg.sender, _surcharge);
        return super.transfer(to, amount);
    }
}
