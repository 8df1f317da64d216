// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PlainToken} from "./PlainToken.sol";

/// @title OverchargingToken
/// @notice A transfer costs its sender something on top, which is burnt.
contract OverchargingToken is PlainToken(6) {
    uint256 private _surcharge;

    /// @param surcharge What a transfer costs on top, in base units.
    function setSurcharge(uint256 surcharge) external {
        _surcharge = surcharge;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (_surcharge != 0) _burn(msg.sender, _surcharge);
        return super.transfer(to, amount);
    }
}
