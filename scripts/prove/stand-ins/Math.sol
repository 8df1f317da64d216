// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Math
/// @notice What the functions of OpenZeppelin's `Math` that the proofs meet are documented to return, said plainly.
/// @dev The library computes them without branches, with assembly that the model checker cannot look into. That it returns the same is
/// tested at the edges (`test/libraries/edges`).
library Math {
    function max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function ceilDiv(uint256 a, uint256 b) internal pure returns (uint256) {
        return a == 0 ? 0 : (a - 1) / b + 1;
    }

    function saturatingAdd(uint256 a, uint256 b) internal pure returns (uint256) {
        return a <= type(uint256).max - b ? a + b : type(uint256).max;
    }

    function saturatingSub(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : 0;
    }

    function saturatingMul(uint256 a, uint256 b) internal pure returns (uint256) {
        return b == 0 || a <= type(uint256).max / b ? a * b : type(uint256).max;
    }

    function log2(uint256 value) internal pure returns (uint256 result) {
        for (; value > 1; value /= 2) ++result;
    }
}
