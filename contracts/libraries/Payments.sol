// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IBalanceErrors, IStreamErrors} from "../interfaces/ISharedErrors.sol";
import {ClusterId, CurrencyId} from "../types/Ids.sol";
import {Account, Accounts, AccruedAccount} from "./Accounts.sol";
import {ClusterLine, ClusterLines} from "./ClusterLines.sol";
import {CurrencyIndex, CurrencyIndexes} from "./CurrencyIndexes.sol";
import {Stream, StreamList, StreamLists} from "./StreamLists.sol";
import {Units} from "./Units.sol";

/// @dev All that flows: who pays which cluster, and what clusters earn.
struct PaymentBook {
    mapping(CurrencyId currencyId => CurrencyIndex) indexes;
    mapping(CurrencyId currencyId => mapping(address account => Account)) accounts;
    mapping(CurrencyId currencyId => mapping(address account => StreamList)) streams;
    mapping(ClusterId clusterId => ClusterLine) lines;
}

/// @dev An account that is being touched: its streams are settled, and it is written back by {Payments.store}.
/// @param streams With room for one more.
struct Payer {
    address account;
    CurrencyId currencyId;
    uint256 tickBits;
    AccruedAccount accrued;
    Stream[] streams;
}

/// @title Payments
/// @notice Lets accounts pay clusters: touches an account with all its streams at once, and settles a cluster with all its payers at once.
library Payments {
    using Accounts for Account;
    using Accounts for AccruedAccount;
    using ClusterLines for ClusterLine;
    using CurrencyIndexes for CurrencyIndex;
    using StreamLists for StreamList;
    using StreamLists for Stream[];

    /// @dev No stream of an account changes.
    uint256 private constant NONE = type(uint256).max;

    // ------------------------------------------------------------ accounts

    /// @notice Reads an account, passes on what its clusters do not know of yet, and hands out its refunds.
    function touch(PaymentBook storage self, CurrencyId currencyId, address account) internal returns (Payer memory payer) {
        payer = load(self, currencyId, account);
        AccruedAccount memory accrued = payer.accrued;
        uint256 refunds = 0;
        for (uint256 i = 0; i < accrued.streamCount; ++i) {
            ClusterId clusterId = payer.streams[i].cluster();
            uint256 refund = self.lines[clusterId].settle(account, payer.streams[i].rate(), accrued, payer.tickBits);
            if (refund == 0) continue;
            refunds += refund;
            emit IAccountRegistry.UnservedRefunded(account, clusterId, refund);
        }
        accrued.balance += refunds;
    }

    /// @notice Writes an account back, and moves the ends of its streams to where it now runs out of funds.
    function store(PaymentBook storage self, Payer memory payer) internal {
        uint256 endIndex = _store(self, payer, NONE, 0);
        AccruedAccount memory accrued = payer.accrued;
        if (accrued.streamCount == 0) return;
        emit IAccountRegistry.AccountTouched(payer.account, payer.currencyId, accrued.balance, accrued.paidIndex(), endIndex);
    }

    /// @notice Adds to an account, and touches it if it pays streams. Returns its balance.
    function deposit(
        PaymentBook storage self,
        CurrencyId currencyId,
        address account,
        uint256 scaledAmount
    ) internal returns (uint256 scaledBalance) {
        if (self.accounts[currencyId][account].streamCount == 0) return credit(self, currencyId, account, scaledAmount);
        Payer memory payer = touch(self, currencyId, account);
        // Below 2^224, as what is owed in the currency is.
        unchecked {
            scaledBalance = payer.accrued.balance + scaledAmount;
        }
        payer.accrued.balance = scaledBalance;
        store(self, payer);
    }

    /// @notice Adds to an account, without touching its streams. Returns its balance.
    function credit(
        PaymentBook storage self,
        CurrencyId currencyId,
        address account,
        uint256 scaledAmount
    ) internal returns (uint256 scaledBalance) {
        scaledBalance = self.accounts[currencyId][account].credit(self.indexes[currencyId], scaledAmount);
    }

    /// @notice Takes an amount, or all there is, out of an account, which is touched if it pays streams.
    /// @param amount Base units, of `scale` scaled units each.
    /// @return taken How many base units were taken.
    /// @return scaledBalance The account's balance after it.
    function debit(
        PaymentBook storage self,
        CurrencyId currencyId,
        address account,
        uint256 amount,
        bool isAll,
        uint256 scale
    ) internal returns (uint256 taken, uint256 scaledBalance) {
        Account storage stored = self.accounts[currencyId][account];
        if (stored.streamCount == 0) {
            (taken, scaledBalance) = _takenOf(stored.balance, amount, isAll, scale);
            // Less than it was.
            stored.balance = uint240(scaledBalance);
        } else {
            Payer memory payer = touch(self, currencyId, account);
            (taken, scaledBalance) = _takenOf(payer.accrued.balance, amount, isAll, scale);
            payer.accrued.balance = scaledBalance;
            store(self, payer);
        }
    }

    /// @notice Changes what an account pays to a cluster.
    /// @return paidIndex The account's paid index now.
    function changeRate(
        PaymentBook storage self,
        IAccountRegistry.RateChange calldata change,
        bool isRaise
    ) internal returns (uint256 paidIndex) {
        Payer memory payer = touch(self, change.currencyId, change.payer);
        AccruedAccount memory accrued = payer.accrued;
        if (!accrued.streamed) accrued.index = self.indexes[change.currencyId].current();
        uint256 position = payer.streams.find(change.clusterId, accrued.streamCount);
        uint256 oldRate = position == accrued.streamCount ? 0 : payer.streams[position].rate();
        uint256 newRate = isRaise ? oldRate + change.rate : oldRate - change.rate;
        accrued.rate = accrued.rate + newRate - oldRate;
        require(accrued.rate <= Units.MAX_RATE, IStreamErrors.RateTooHigh(change.payer, accrued.rate, Units.MAX_RATE));

        payer.streams[position] = StreamLists.toStream(change.clusterId, newRate);
        if (oldRate == 0 && newRate != 0) _begin(self, change, accrued);
        uint256 endIndex = _store(self, payer, position, oldRate);
        if (newRate != oldRate) _write(self, payer, position, oldRate, newRate);
        paidIndex = accrued.paidIndex();
        emit IAccountRegistry.StreamChanged(
            change.payer,
            change.clusterId,
            change.currencyId,
            newRate,
            accrued.rate,
            accrued.balance,
            paidIndex,
            endIndex
        );
    }

    /// @notice An account now.
    function accountOf(PaymentBook storage self, CurrencyId currencyId, address account) internal view returns (AccruedAccount memory) {
        return self.accounts[currencyId][account].accrued(self.indexes[currencyId]);
    }

    /// @notice An account now, with its streams, as it stands in storage.
    function load(PaymentBook storage self, CurrencyId currencyId, address account) internal view returns (Payer memory payer) {
        Account storage stored = self.accounts[currencyId][account];
        (payer.account, payer.currencyId) = (account, currencyId);
        if (stored.streamCount == 0) {
            payer.accrued = stored.at(0, 0);
            payer.streams = new Stream[](1);
            return payer;
        }
        CurrencyIndex storage currencyIndex = self.indexes[currencyId];
        payer.tickBits = currencyIndex.tickBits();
        payer.accrued = stored.at(currencyIndex.current(), payer.tickBits);
        payer.streams = self.streams[currencyId][account].load(payer.accrued.streamCount, payer.accrued.rate);
    }

    /// @notice The amounts that a touch of the account now would pass on to a cluster and refund from it.
    /// @return scaledLate Payments that the cluster's revenue does not show yet.
    /// @return scaledUnserved Payments for time that the cluster did not serve.
    function pendingOf(
        PaymentBook storage self,
        Payer memory payer,
        Stream stream
    ) internal view returns (uint256 scaledLate, uint256 scaledUnserved) {
        scaledLate = stream.rate() * payer.accrued.late;
        scaledUnserved = self.lines[stream.cluster()].refundOf(payer.account, stream.rate(), payer.accrued, payer.tickBits);
    }

    // ------------------------------------------------------------ clusters

    /// @notice Settles a cluster: crosses the ends of its streams up to now, at most so many.
    /// @return line The cluster's line.
    /// @return reached Up to which index the line is straight from here on.
    /// @return complete Whether that is now.
    function settle(
        PaymentBook storage self,
        ClusterId clusterId,
        uint256 maxTicks
    ) internal returns (ClusterLine storage line, uint256 reached, bool complete) {
        line = self.lines[clusterId];
        CurrencyIndex storage currencyIndex = self.indexes[line.currencyId];
        uint256 index = currencyIndex.current();
        uint256 crossedTick = line.crossedTick;
        reached = line.cross(index, currencyIndex.tickBits(), maxTicks);
        complete = reached == index;
        if (line.crossedTick != crossedTick) emit IAccountRegistry.ClusterSettled(clusterId, reached, line.rate);
    }

    // ------------------------------------------------------------ internal

    function _takenOf(uint256 scaledBalance, uint256 amount, bool isAll, uint256 scale) private pure returns (uint256 taken, uint256 left) {
        uint256 available = scaledBalance / scale;
        taken = isAll ? available : amount;
        require(taken <= available, IBalanceErrors.InsufficientBalance(available, taken));
        // The available amount is a part of the balance.
        unchecked {
            left = scaledBalance - taken * scale;
        }
    }

    /// @dev Moves the ends of an account's streams, one of which may change its rate, and writes the account back. Returns the index at
    /// which they are registered to end; 0: they are not.
    function _store(PaymentBook storage self, Payer memory payer, uint256 changed, uint256 oldRate) private returns (uint256 newEnd) {
        AccruedAccount memory accrued = payer.accrued;
        uint256 tickBits = payer.tickBits;
        if (tickBits == 0 && accrued.streamCount != 0) tickBits = self.indexes[payer.currencyId].tickBits();
        uint256 endTicks = accrued.endTicksOf(tickBits);
        if (endTicks != 0) newEnd = ((accrued.index >> tickBits) + endTicks) << tickBits;
        uint256 oldEnd = accrued.registered && accrued.endIndex > accrued.index ? accrued.endIndex : 0;
        if (newEnd != oldEnd || changed != NONE) {
            for (uint256 i = 0; i < accrued.streamCount; ++i) {
                uint256 rate = payer.streams[i].rate();
                ClusterLine storage line = self.lines[payer.streams[i].cluster()];
                line.change(i == changed ? oldRate : rate, oldEnd, rate, newEnd, accrued.index, tickBits);
            }
        }
        if (oldRate != 0 && payer.streams[changed].rate() == 0) --accrued.streamCount;
        self.accounts[payer.currencyId][payer.account].store(accrued, endTicks);
    }

    /// @dev Makes room for a stream that begins.
    function _begin(PaymentBook storage self, IAccountRegistry.RateChange calldata change, AccruedAccount memory accrued) private {
        uint256 maximum = StreamLists.MAX_STREAMS;
        require(accrued.streamCount < maximum, IStreamErrors.StreamLimitReached(change.payer, maximum));
        ++accrued.streamCount;
        ClusterLine storage line = self.lines[change.clusterId];
        line.currencyId = change.currencyId;
        line.startRefunds(change.payer, accrued.index);
    }

    /// @dev Keeps a stream that has changed; the last one takes the place of one that has ended.
    function _write(PaymentBook storage self, Payer memory payer, uint256 position, uint256 oldRate, uint256 newRate) private {
        StreamList storage list = self.streams[payer.currencyId][payer.account];
        uint256 count = payer.accrued.streamCount;
        if (newRate == 0) {
            if (position != count) list.set(position, payer.streams[count]);
            list.set(count, Stream.wrap(0));
        } else if (count != 1 || oldRate == 0) {
            // The rate of an only stream is the account's, and what is written of it is out of date.
            if (count == 2) list.set(0, payer.streams[0]);
            list.set(position, payer.streams[position]);
        }
    }
}
