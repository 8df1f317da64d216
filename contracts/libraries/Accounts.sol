// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyIndex, CurrencyIndexes} from "./CurrencyIndexes.sol";

/// @dev The balance and the payments of an account in one currency. The second slot is read only while something streams, the third only
/// once the account has been out of funds.
/// @param balance Scaled amount, at `index`. Below 2^224 after all that has streamed out, and so below 2^225 before: see {Units}.
/// @param streamCount How many clusters the account pays.
/// @param wasDepleted Whether the third slot is in use.
/// @param rate The sum of the rates of the account's streams (USD, 18 decimals, per month).
/// @param index The currency's index from which the balance pays; moved on by each time without funds.
/// @param endTicks How many ticks after that of the last touch the account's streams are registered to end; 0: they are not registered.
/// @param skipped How much of the index went by while the account was out of funds. The rest of the index is its paid index.
/// @param skippedLate The part of `skipped` since the last touch: credits that do not touch the streams add to it.
struct Account {
    uint240 balance;
    uint8 streamCount;
    bool wasDepleted;
    uint96 rate;
    uint120 index;
    uint40 endTicks;
    uint120 skipped;
    uint120 skippedLate;
}

/// @dev An {Account} as of an index, in memory.
/// @param balance Scaled amount, after all that has streamed out.
/// @param rate As in {Account}.
/// @param streamCount As in {Account}.
/// @param streamed Whether the account paid a stream when it was read.
/// @param index The currency's index; 0 where nothing streams and no caller needs it.
/// @param skipped As in {Account}.
/// @param endIndex The index up to which the account's streams are on the lines of their clusters: that of their registered end, or of the
/// last touch if they are not registered.
/// @param registered Whether the streams have a registered end, passed or not.
/// @param late How much of the index the account has paid for beyond `endIndex`, and the clusters do not know of yet.
struct AccruedAccount {
    uint256 balance;
    uint256 rate;
    uint256 streamCount;
    bool streamed;
    uint256 index;
    uint256 skipped;
    uint256 endIndex;
    bool registered;
    uint256 late;
}

/// @title Accounts
/// @notice Balances out of which streams run, all at once and exactly.
/// @dev An account pays rate x (growth of the index), as far as its balance reaches: it runs out of funds at index + balance / rate, and no
/// change of the price moves that. Beyond it the account skips the index: all its streams stop at the same instant, and go on with the
/// next credit.
///
///   paid index = index - skipped
///   what an account was charged for a stream = the stream's rate x the growth of the paid index
///   what its cluster does not know of yet = the stream's rate x late
library Accounts {
    using CurrencyIndexes for CurrencyIndex;

    uint256 private constant MAX_END_TICKS = type(uint40).max;

    /// @dev Where the fields of an {Account} are in its slots. Each slot is read and written whole: field by field the compiler reads and
    /// writes it as often as it has fields, which costs a touch 1,100 gas more (measured with `npm run gas`).
    uint256 private constant BALANCE_SLOT = 0;
    uint256 private constant COUNT_SHIFT = 240;
    uint256 private constant DEPLETED_SHIFT = 248;
    uint256 private constant MAX_BALANCE = type(uint240).max;
    uint256 private constant MAX_COUNT = type(uint8).max;
    uint256 private constant RATE_SLOT = 1;
    uint256 private constant INDEX_SHIFT = 96;
    uint256 private constant TICKS_SHIFT = 216;
    uint256 private constant MAX_RATE = type(uint96).max;
    uint256 private constant MAX_INDEX = type(uint120).max;
    uint256 private constant SKIPPED_SLOT = 2;

    /// @notice The account now, with all that concerns its streams.
    function accrued(Account storage self, CurrencyIndex storage currencyIndex) internal view returns (AccruedAccount memory) {
        return at(self, currencyIndex.current(), currencyIndex.tickBits());
    }

    /// @notice The account as of an index that is not below that of its last change.
    /// @param tickBits A tick is 2^tickBits of the index.
    function at(Account storage self, uint256 index, uint256 tickBits) internal view returns (AccruedAccount memory result) {
        uint256 word = _load(self, BALANCE_SLOT);
        result.balance = word & MAX_BALANCE;
        result.streamCount = (word >> COUNT_SHIFT) & MAX_COUNT;
        result.index = index;
        uint256 skippedLate = 0;
        if (word >> DEPLETED_SHIFT != 0) (result.skipped, skippedLate) = (self.skipped, self.skippedLate);
        if (result.streamCount == 0) return result;

        result.streamed = true;
        word = _load(self, RATE_SLOT);
        result.rate = word & MAX_RATE;
        uint256 endTicks = word >> TICKS_SHIFT;
        // No overflow: rate < 2^96, all indices < 2^120, a registered end < 2^120 + 2^(40 + 98). No underflow: the index never falls, a
        // touch was before all that was skipped since, and `paid` <= `passed` in the second branch.
        unchecked {
            uint256 from = (word >> INDEX_SHIFT) & MAX_INDEX;
            uint256 touchedAt = from - skippedLate;
            uint256 paidAtEnd = result.skipped - skippedLate;
            result.registered = endTicks != 0;
            result.endIndex = endTicks == 0 ? touchedAt : ((touchedAt >> tickBits) + endTicks) << tickBits;
            paidAtEnd = result.endIndex - paidAtEnd;

            uint256 passed = index - from;
            uint256 cost = result.rate * passed;
            if (cost <= result.balance) {
                result.balance -= cost;
            } else {
                uint256 paid = result.balance / result.rate;
                result.balance -= paid * result.rate;
                result.skipped += passed - paid;
            }
            uint256 paidNow = index - result.skipped;
            if (paidNow > paidAtEnd) result.late = paidNow - paidAtEnd;
        }
    }

    /// @notice Adds to the balance, leaves the streams as they are registered, and returns the balance now.
    /// @dev A credit counts for the clusters from the account's next touch on. An account that is out of funds pays for no time
    /// before the credit.
    function credit(Account storage self, CurrencyIndex storage currencyIndex, uint256 scaledAmount) internal returns (uint256 balance) {
        uint256 word = _load(self, BALANCE_SLOT);
        balance = (word & MAX_BALANCE) + scaledAmount;
        // Below 2^224 after what has streamed out, which is below 2^216: it does not reach the next field.
        unchecked {
            _store(self, BALANCE_SLOT, word + scaledAmount);
        }
        if ((word >> COUNT_SHIFT) & MAX_COUNT == 0) return balance;
        uint256 rate = self.rate;
        uint256 index = self.index;
        uint256 passed = currencyIndex.current() - index;
        // As in {at}.
        unchecked {
            uint256 before = balance - scaledAmount;
            if (rate * passed <= before) return balance - rate * passed;
            uint256 paid = before / rate;
            uint256 gap = passed - paid;
            // A part of an index, which is below 2^120.
            (self.index, self.wasDepleted) = (uint120(index + gap), true);
            (self.skipped, self.skippedLate) = (uint120(self.skipped + gap), uint120(self.skippedLate + gap));
            return balance - paid * rate;
        }
    }

    /// @notice Writes an account back whose streams are registered to end `endTicks` after the tick of its index.
    function store(Account storage self, AccruedAccount memory value, uint256 endTicks) internal {
        // Its balance is a part of what is owed in the currency, which is below 2^224; it has at most 32 streams.
        uint256 word = value.balance | (value.streamCount << COUNT_SHIFT);
        if (value.skipped != 0) word |= 1 << DEPLETED_SHIFT;
        _store(self, BALANCE_SLOT, word);
        if (value.streamCount == 0 && !value.streamed) return;
        // A rate is checked before it is raised; indices are below 2^120; `endTicks` is what {endTicksOf} returns.
        _store(self, RATE_SLOT, value.rate | (value.index << INDEX_SHIFT) | (endTicks << TICKS_SHIFT));
        // Nothing is late after a touch.
        if (value.skipped != 0) _store(self, SKIPPED_SLOT, value.skipped);
    }

    /// @notice How many ticks after that of its index the account's streams end on the lines of their clusters: the last tick before it
    /// runs out of funds; 0 if that is the present one, or nothing streams.
    function endTicksOf(AccruedAccount memory self, uint256 tickBits) internal pure returns (uint256 endTicks) {
        if (self.rate == 0) return 0;
        uint256 runsOutAt = self.index + self.balance / self.rate;
        // The index at which an account runs out is not below its index.
        unchecked {
            endTicks = (runsOutAt >> tickBits) - (self.index >> tickBits);
        }
        if (endTicks > MAX_END_TICKS) endTicks = MAX_END_TICKS;
    }

    /// @notice How much of the currency's index the account has paid for.
    function paidIndex(AccruedAccount memory self) internal pure returns (uint256) {
        return self.index - self.skipped;
    }

    /// @notice Whether the account pays nothing now although it owes.
    function isDepleted(AccruedAccount memory self) internal pure returns (bool) {
        return self.balance < self.rate;
    }

    /// @notice When the balance runs out: now if it has, and the largest value if nothing is owed.
    /// @param indexPerSecond By how much the currency's index grows in a second.
    function coveredUntil(AccruedAccount memory self, uint256 indexPerSecond) internal view returns (uint64) {
        if (self.rate == 0) return type(uint64).max;
        uint256 until = block.timestamp + self.balance / (self.rate * indexPerSecond);
        return until < type(uint64).max ? uint64(until) : type(uint64).max;
    }

    /// @dev One of the slots of an account. Tests compare this with reading the fields.
    function _load(Account storage self, uint256 slot) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(add(self.slot, slot))
        }
    }

    function _store(Account storage self, uint256 slot, uint256 word) private {
        assembly ("memory-safe") {
            sstore(add(self.slot, slot), word)
        }
    }
}
