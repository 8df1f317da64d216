// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "../libraries/Units.sol";

/// @title UnitsHarness
/// @notice Lets tests call {Units}.
contract UnitsHarness {
    /// @notice As in {Units}.
    function scale(uint256 decimals) external pure returns (uint256) {
        return Units.scale(decimals);
    }

    /// @notice As in {Units}.
    function maxCustody(uint256 decimals) external pure returns (uint256) {
        return Units.maxCustody(decimals);
    }

    /// @notice The scaled units of a whole token.
    function wholeToken() external pure returns (uint256) {
        return Units.WHOLE_TOKEN;
    }
}
