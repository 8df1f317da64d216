// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyIndex, CurrencyIndexes} from "./CurrencyIndexes.sol";

/// @dev What somebody has and pays in one currency. The second slot is read only while something streams, the third only once the
/// account has been dry.
/// @param balance Scaled units, at `index`. 224 bits: see {Units}.
/// @param streams Whether `rate` is not zero.
/// @param wasDry Whether `skipped` is not zero.
/// @param rate The sum of the rates of the account's streams (USD, 18 decimals, per month).
/// @param index The currency's index when the account was last touched.
/// @param skipped How much of the index went by while the account was dry. What is left of the index is its paid index.
/// @param drySpells How often `skipped` has grown. It wraps around, and is only ever compared with what it was.
struct Account {
    uint224 balance;
    bool streams;
    bool wasDry;
    uint96 rate;
    uint128 index;
    uint128 skipped;
    uint24 drySpells;
}

/// @dev An {Account} as of an index, in memory.
/// @param balance Scaled units, after all that has streamed out.
/// @param rate As in {Account}.
/// @param streamed Whether the rate was not zero before it was changed.
/// @param skipped As in {Account}.
/// @param drySpells As in {Account}, as it is stored.
/// @param ranDry Whether `skipped` has grown since then.
/// @param index The currency's index; 0 where nothing streams and nobody needed it.
struct Touched {
    uint256 balance;
    uint256 rate;
    bool streamed;
    uint256 skipped;
    uint24 drySpells;
    bool ranDry;
    uint256 index;
}

/// @title Accounts
/// @notice Balances out of which streams run, all at once and exactly.
/// @dev An account pays rate x (growth of the index), as far as its balance reaches. Where it does not, the account pays for just as much
/// of the index as it can, and skips the rest: all its streams stop at the same instant, and go on with the next credit.
///
///   paid index = index - skipped
///   what a stream owes = its rate x (paid index - the paid index up to which it was settled)
///   what an account was charged = the sum of that over its streams
library Accounts {
    using CurrencyIndexes for CurrencyIndex;

    /// @notice The account now, with its index: for those who go on to read or change its rate.
    function touched(Account storage self, CurrencyIndex storage currencyIndex) internal view returns (Touched memory) {
        return at(self, currencyIndex.current());
    }

    /// @notice The account now, without reading the index where nothing streams: for those who only need the balance.
    function touchedBalance(Account storage self, CurrencyIndex storage currencyIndex) internal view returns (Touched memory) {
        return at(self, self.streams ? currencyIndex.current() : 0);
    }

    /// @notice The account as of an index that is not below that of its last change.
    function at(Account storage self, uint256 index) internal view returns (Touched memory result) {
        result.balance = self.balance;
        result.index = index;
        result.streamed = self.streams;
        if (self.wasDry) (result.skipped, result.drySpells) = (self.skipped, self.drySpells);
        if (!result.streamed) return result;

        result.rate = self.rate;
        // No overflow: rate < 2^96 and index < 2^120. No underflow: the index never falls, and `paid` <= `passed` in the second branch.
        unchecked {
            uint256 passed = index - self.index;
            uint256 cost = result.rate * passed;
            if (cost <= result.balance) {
                result.balance -= cost;
            } else {
                uint256 paid = result.balance / result.rate;
                result.balance -= paid * result.rate;
                result.skipped += passed - paid;
                result.ranDry = true;
            }
        }
    }

    /// @notice Adds to the balance, and returns it. An account out of which something streams is touched first, so that it pays for no time
    /// before the credit.
    function credit(Account storage self, CurrencyIndex storage currencyIndex, uint256 scaledAmount) internal returns (uint256 balance) {
        // Below 2^224, as what is owed in the currency is.
        if (!self.streams) return self.balance += uint224(scaledAmount);
        Touched memory value = touched(self, currencyIndex);
        value.balance += scaledAmount;
        store(self, value);
        return value.balance;
    }

    /// @notice Writes an account back.
    function store(Account storage self, Touched memory value) internal {
        bool streams = value.rate != 0;
        // Each is a part of what is owed in the currency, which {Units} bounds.
        self.balance = uint224(value.balance);
        self.streams = streams;
        self.wasDry = value.skipped != 0;
        if (streams || value.streamed) {
            // A rate is checked before it is raised; indices are below 2^120.
            self.rate = uint96(value.rate);
            self.index = uint128(value.index);
            if (value.skipped != 0) (self.skipped, self.drySpells) = (uint128(value.skipped), storedDrySpells(value));
        }
    }

    /// @notice How often the account has been dry, once it is written back.
    function storedDrySpells(Touched memory self) internal pure returns (uint24) {
        unchecked {
            return self.ranDry ? self.drySpells + 1 : self.drySpells;
        }
    }

    /// @notice How much of the currency's index the account has paid for.
    function paidIndex(Touched memory self) internal pure returns (uint256) {
        return self.index - self.skipped;
    }

    /// @notice Whether the account pays nothing now although it owes.
    function isDry(Touched memory self) internal pure returns (bool) {
        return self.balance < self.rate;
    }

    /// @notice When the balance runs out: now if it has, and the largest value if nothing is owed.
    /// @param indexPerSecond By how much the currency's index grows in a second.
    function coveredUntil(Touched memory self, uint256 indexPerSecond) internal view returns (uint64) {
        if (self.rate == 0) return type(uint64).max;
        uint256 until = block.timestamp + self.balance / (self.rate * indexPerSecond);
        return until < type(uint64).max ? uint64(until) : type(uint64).max;
    }
}
