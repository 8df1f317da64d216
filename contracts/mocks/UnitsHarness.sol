// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "../libraries/Units.sol";

/// @title UnitsHarness
/// @notice Lets tests call {Units}.
contract UnitsHarness {
    function finePerBaseUnit(uint256 decimals) external pure returns (uint256) {
        return Units.finePerBaseUnit(decimals);
    }

    function maxCustody(uint256 decimals) external pure returns (uint256) {
        return Units.maxCustody(decimals);
    }

    function wholeToken() external pure returns (uint256) {
        return Units.WHOLE_TOKEN;
    }
}
