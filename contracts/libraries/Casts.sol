// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Casts
/// @notice Checked casts to the widths in which the contracts store times and amounts.
/// @dev Times have 40 bits of seconds, which last for 34,000 years. Amounts in base units have 128 bits, see {Units.maxCustody}.
library Casts {
    using SafeCast for uint256;

    /// @notice The timestamp of this block.
    function currentTime() internal view returns (uint40) {
        return block.timestamp.toUint40();
    }

    /// @notice The time after a number of seconds from now.
    function timeAfter(uint256 duration) internal view returns (uint40) {
        return (block.timestamp + duration).toUint40();
    }

    /// @notice A time in unix seconds.
    function toTime(uint256 time) internal pure returns (uint40) {
        return time.toUint40();
    }

    /// @notice An amount in base units.
    function toAmount(uint256 amount) internal pure returns (uint128) {
        return amount.toUint128();
    }
}
