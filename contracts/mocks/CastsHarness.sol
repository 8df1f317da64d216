// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Casts} from "../libraries/Casts.sol";

/// @title CastsHarness
/// @notice For tests: opens {Casts}.
contract CastsHarness {
    /// @notice See {Casts.currentTime}.
    function currentTime() external view returns (uint40) {
        return Casts.currentTime();
    }

    /// @notice See {Casts.timeAfter}.
    function timeAfter(uint256 duration) external view returns (uint40) {
        return Casts.timeAfter(duration);
    }

    /// @notice See {Casts.toTime}.
    function toTime(uint256 time) external pure returns (uint40) {
        return Casts.toTime(time);
    }

    /// @notice See {Casts.toAmount}.
    function toAmount(uint256 amount) external pure returns (uint128) {
        return Casts.toAmount(amount);
    }
}
