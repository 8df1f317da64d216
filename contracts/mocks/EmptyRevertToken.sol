// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {StandardToken} from "./StandardToken.sol";

/// @title EmptyRevertToken
/// @notice While it refuses, its transfers revert and do not say why.
contract EmptyRevertToken is StandardToken(6) {
    bool private _refuses;

    /// @notice Begins or ceases to refuse.
    function setRefuses(bool refuses) external {
        _refuses = refuses;
    }

    function _update(address from, address to, uint256 value) internal override {
        // A reason is what is to be missing.
        // solhint-disable-next-line reason-string, gas-custom-errors
        if (_refuses) revert();
        super._update(from, to, value);
    }
}
