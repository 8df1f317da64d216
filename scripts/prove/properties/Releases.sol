// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev Any bucket that gives back a part of what it holds.
abstract contract AnyRelease {
    function _newRate(uint256 rate, uint32 held, uint32 resource) internal pure returns (uint256 newRate) {
        // `release` requires the second; rates are checked before they are raised.
        require(rate < 2 ** 96 && resource <= held && held != 0);
        uint32 left;
        // cut contracts/libraries/Holdings.sol from "left = held - resource" up to "CurrencyId currencyId"
        return newRate;
    }
}

/// @notice The rate of a bucket after a release is in proportion to the resource that it keeps, rounded up; it is no more than before, and nothing if nothing is left.
contract RateFallsInProportion is AnyRelease {
    function check(uint96 rate, uint32 held, uint32 resource) external pure {
        require(resource != 0 && resource <= held);
        uint256 left = held - resource;
        uint256 newRate = _newRate(rate, held, resource);
        assert(newRate <= rate);
        assert(newRate * held >= rate * left);
        assert(newRate * held < rate * left + held);
        assert(newRate == 0 || left != 0);
        assert(newRate != 0 || left == 0 || rate == 0);
    }
}

/// @notice Releasing in two steps leaves a rate that is not below that of releasing at once, and at most one above it.
contract ReleasingInStepsNeverPaysLess is AnyRelease {
    function check(uint96 rate, uint32 held, uint32 first, uint32 second) external pure {
        require(first != 0 && second != 0 && uint256(first) + second < held);
        uint256 atOnce = _newRate(rate, held, first + second);
        assert(atOnce <= rate);
        require(atOnce <= rate);
        uint256 between = _newRate(rate, held, first);
        uint256 inSteps = _newRate(between, held - first, second);
        assert(inSteps >= atOnce);
        assert(inSteps <= atOnce + 1);
    }
}
