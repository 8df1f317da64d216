// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Calls} from "../base/Calls.sol";

/// @dev Time passes: from a second to ten years at once.
abstract contract Time is Calls {
    function waitSeconds(uint256 seed) external {
        _wait(seed, 1 seconds, 1 hours);
    }

    function waitHours(uint256 seed) external {
        _wait(seed, 1 hours, 1 days);
    }

    function waitDays(uint256 seed) external {
        _wait(seed, 1 days, 31 days);
    }

    function waitYears(uint256 seed) external {
        _wait(seed, 31 days, 3_650 days);
    }

    function _wait(uint256 seed, uint256 shortest, uint256 longest) private seeded(seed) {
        _pass(_between(shortest, longest));
    }
}
