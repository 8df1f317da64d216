// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IStreamErrors} from "../interfaces/ISharedErrors.sol";
import {ClusterId, CurrencyId} from "../types/Ids.sol";
import {Account, Accounts, AccruedAccount} from "./Accounts.sol";
import {ClusterLine, ClusterLines, LineChange} from "./ClusterLines.sol";
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

    /// @dev How many clusters an account can pay in one currency.
    uint256 internal constant MAX_STREAMS = 32;
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
        _store(self, payer, NONE, 0);
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
        _store(self, payer, position, oldRate);
        if (newRate != oldRate) _write(self, payer, position, newRate);
        paidIndex = accrued.paidIndex();
        emit IAccountRegistry.StreamChanged(change.payer, change.clusterId, change.currencyId, newRate, accrued.rate, paidIndex);
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
        payer.streams = self.streams[currencyId][account].load(payer.accrued.streamCount);
    }

    /// @notice What a stream would pass on and refund if its account were touched now.
    /// @return scaledLate What the cluster does not know of yet.
    /// @return scaledUnserved What the cluster has not served.
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
        uint256 rate = line.rate;
        reached = line.cross(index, currencyIndex.tickBits(), maxTicks);
        complete = reached == index;
        if (line.rate != rate) emit IAccountRegistry.ClusterSettled(clusterId, reached, line.rate);
    }

    // ------------------------------------------------------------ internal

    function _store(PaymentBook storage self, Payer memory payer, uint256 changed, uint256 oldRate) private {
        AccruedAccount memory accrued = payer.accrued;
        if (accrued.streamCount != 0 && payer.tickBits == 0) payer.tickBits = self.indexes[payer.currencyId].tickBits();
        uint256 endTicks = accrued.endTicksOf(payer.tickBits);
        uint256 newEnd = endTicks == 0 ? 0 : ((accrued.index >> payer.tickBits) + endTicks) << payer.tickBits;
        uint256 oldEnd = accrued.registered && accrued.endIndex > accrued.index ? accrued.endIndex : 0;
        if (newEnd != oldEnd || changed != NONE) {
            for (uint256 i = 0; i < accrued.streamCount; ++i) {
                Stream stream = payer.streams[i];
                LineChange memory change = LineChange({
                    oldRate: i == changed ? oldRate : stream.rate(),
                    oldEnd: oldEnd,
                    newRate: stream.rate(),
                    newEnd: newEnd
                });
                self.lines[stream.cluster()].change(change, accrued.index, payer.tickBits);
            }
        }
        if (changed != NONE && oldRate != 0 && payer.streams[changed].rate() == 0) --accrued.streamCount;
        self.accounts[payer.currencyId][payer.account].store(accrued, endTicks);
        if (!accrued.streamed && accrued.streamCount == 0) return;
        emit IAccountRegistry.AccountTouched(payer.account, payer.currencyId, accrued.balance, accrued.paidIndex(), newEnd);
    }

    /// @dev Makes room for a stream that begins.
    function _begin(PaymentBook storage self, IAccountRegistry.RateChange calldata change, AccruedAccount memory accrued) private {
        require(accrued.streamCount < MAX_STREAMS, IStreamErrors.StreamLimitReached(change.payer, MAX_STREAMS));
        ++accrued.streamCount;
        ClusterLine storage line = self.lines[change.clusterId];
        line.currencyId = change.currencyId;
        line.startRefunds(change.payer, accrued.index);
    }

    /// @dev Keeps a stream that has changed; the last one takes the place of one that has ended.
    function _write(PaymentBook storage self, Payer memory payer, uint256 position, uint256 newRate) private {
        StreamList storage list = self.streams[payer.currencyId][payer.account];
        if (newRate != 0) return list.set(position, payer.streams[position]);
        // The number of streams has been lowered.
        uint256 last = payer.accrued.streamCount;
        if (position != last) list.set(position, payer.streams[last]);
        list.set(last, Stream.wrap(0));
    }
}
