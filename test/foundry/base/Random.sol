// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev Draws all that a handler decides out of the one number that the fuzzer gives it.
abstract contract Random {
    uint256 private _state;

    modifier seeded(uint256 seed) {
        _state = seed;
        _beforeDeed();
        _state = uint256(keccak256(abi.encode(seed, "deed")));
        _;
    }

    /// @dev What happens before whatever people do.
    function _beforeDeed() internal virtual;

    function _next() internal returns (uint256) {
        _state = uint256(keccak256(abi.encode(_state)));
        return _state;
    }

    /// @dev From 0 to `count - 1`.
    function _below(uint256 count) internal returns (uint256) {
        return _next() % count;
    }

    function _oneIn(uint256 count) internal returns (bool) {
        return _below(count) == 0;
    }

    /// @dev From `low` to `high`, all orders of magnitude alike, and each of the ends now and then.
    function _between(uint256 low, uint256 high) internal returns (uint256) {
        if (low >= high) return low;
        uint256 kind = _below(8);
        if (kind < 2) return kind == 0 ? low : high;
        (uint256 lowBits, uint256 highBits) = (Math.log2(low), Math.log2(high));
        uint256 bits = lowBits + _below(highBits - lowBits + 1);
        return Math.min(Math.max(_next() >> (255 - bits), low), high);
    }
}
