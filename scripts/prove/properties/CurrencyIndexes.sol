// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Casts} from "../../../contracts/libraries/Casts.sol";
import {CurrencyIndex, CurrencyIndexes} from "../../../contracts/libraries/CurrencyIndexes.sol";
import {Units} from "../../../contracts/libraries/Units.sol";

/// @dev Any index that a currency can have, at any time that 40 bits hold.
abstract contract AnyIndex {
    using CurrencyIndexes for CurrencyIndex;

    uint256 internal constant MAX_PER_SECOND = Units.INDEX_SCALE / Units.MIN_PRICE;

    CurrencyIndex private self;

    function _assume(CurrencyIndex memory index) internal view {
        require(index.perSecond <= MAX_PER_SECOND);
        require(index.updatedAt <= block.timestamp && block.timestamp < 2 ** 40);
    }

    function _current(CurrencyIndex memory index) internal returns (uint256) {
        self = index;
        return self.current();
    }

    /// @dev The index that a new price leaves, and what `setSpeed` returns.
    function _repriced(CurrencyIndex memory index, uint256 usdPerToken) internal returns (CurrencyIndex memory, uint256 value) {
        require(usdPerToken >= Units.MIN_PRICE && usdPerToken <= Units.MAX_PRICE);
        // As the price registry has it.
        uint256 perSecond = Units.INDEX_SCALE / usdPerToken;
        self = index;
        // body of setSpeed of contracts/libraries/CurrencyIndexes.sol
        return (self, value);
    }

    /// @dev As {CurrencyIndexes} calls it.
    function current(CurrencyIndex storage index) private view returns (uint256) {
        return index.current();
    }
}

/// @notice The index now is what it was plus its slope x the time since: it neither overflows nor falls.
contract IndexGrows is AnyIndex {
    function check(CurrencyIndex memory index) external {
        _assume(index);
        uint256 value = _current(index);
        // These are checked operations: that none of them overflows is proven, too.
        assert(value == uint256(index.value) + uint256(index.perSecond) * (block.timestamp - index.updatedAt));
        assert(value >= index.value);
    }
}

/// @notice A new price leaves the index where it is, and changes its slope to 10^36 / price: from 10^11 to 10^26, within 88 bits.
contract PriceChangesSlopeOnly is AnyIndex {
    function check(CurrencyIndex memory index, uint256 price) external {
        _assume(index);
        uint256 before = _current(index);
        require(before < 2 ** 120);
        (CurrencyIndex memory repriced, uint256 returned) = _repriced(index, price);
        assert(returned == before);
        require(returned == before);
        assert(repriced.value == before);
        assert(repriced.updatedAt == block.timestamp);
        assert(repriced.perSecond == Units.INDEX_SCALE / price);
        assert(repriced.flags == index.flags);
        assert(repriced.perSecond >= 10 ** 11 && repriced.perSecond <= MAX_PER_SECOND);
        assert(_current(repriced) == before);
    }
}

/// @notice Whatever the prices are, the index is at most 10^26 x the seconds since the currency was listed: below 2^120 for 421 years.
contract IndexFitsForCenturies is AnyIndex {
    function check(CurrencyIndex memory index, uint256 price, uint256 listedAt) external {
        _assume(index);
        // It holds where the price was last set ...
        require(listedAt <= index.updatedAt && index.value <= MAX_PER_SECOND * (index.updatedAt - listedAt));
        require(block.timestamp - listedAt <= 421 * 365 days);
        // ... so it holds now,
        uint256 value = _current(index);
        assert(value <= MAX_PER_SECOND * (block.timestamp - listedAt));
        assert(value < 2 ** 120);
        // ... and where the price is set next.
        (CurrencyIndex memory repriced, ) = _repriced(index, price);
        assert(repriced.updatedAt == block.timestamp);
        assert(repriced.value <= MAX_PER_SECOND * (block.timestamp - listedAt));
    }
}
