// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Units
/// @notice The scaled unit, in which rate x difference of the index needs no division, and the ranges that keep it so.
/// @dev A rate R (USD, 18 decimals, per month) at a price P (USD, 18 decimals, per token) is R / P tokens in `MONTH` seconds. With
/// `WHOLE_TOKEN` = 10^36 x MONTH scaled units a token, that is R x (10^36 / P) scaled units a second: the index grows by 10^36 / P
/// a second, and no other division is ever needed.
///
/// Ranges, from which the widths in storage follow:
///  - price from 10^10 to 10^25, so the index grows by 10^11 to 10^26 a second: 88 bits;
///  - index < 2^120, for 421 years at the lowest of prices;
///  - rate < 2^96, so that rate x index < 2^216;
///  - all that is owed in a currency < 2^224 scaled units (10^25 whole tokens), checked at every deposit, and so each part of it.
library Units {
    /// @dev A month is 31 days.
    uint256 internal constant MONTH = 31 days;
    uint256 internal constant INDEX_SCALE = 1e36;
    uint256 internal constant WHOLE_TOKEN = INDEX_SCALE * MONTH;
    uint256 internal constant MAX_DECIMALS = 24;
    uint256 internal constant MIN_PRICE = 1e10;
    uint256 internal constant MAX_PRICE = 1e25;
    uint256 internal constant MAX_RATE = type(uint96).max;
    uint256 internal constant BPS = 10_000;
    /// @dev Shares that are not served are counted in 2^-32.
    uint256 internal constant SHARE_BITS = 32;

    /// @notice How many scaled units one base unit of a token with these decimals is.
    function scale(uint256 decimals) internal pure returns (uint256) {
        // Exact, as 36 > MAX_DECIMALS.
        return MONTH * 10 ** (36 - decimals);
    }

    /// @notice The most base units of a token with these decimals that may be owed at a time.
    function maxCustody(uint256 decimals) internal pure returns (uint256) {
        uint256 fits = type(uint224).max / scale(decimals);
        return fits < type(uint128).max ? fits : type(uint128).max;
    }
}
