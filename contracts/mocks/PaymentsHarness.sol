// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {Account} from "../libraries/Accounts.sol";
import {ClusterLine, ClusterLines, UnservedLine} from "../libraries/ClusterLines.sol";
import {CurrencyIndex, CurrencyIndexes} from "../libraries/CurrencyIndexes.sol";
import {Payer, PaymentBook, Payments} from "../libraries/Payments.sol";
import {ClusterId, CurrencyId} from "../types/Ids.sol";

/// @title PaymentsHarness
/// @notice Lets tests call {Payments} with one currency, whose index moves only when they say so.
contract PaymentsHarness {
    using ClusterLines for ClusterLine;
    using CurrencyIndexes for CurrencyIndex;
    using Payments for PaymentBook;

    /// @notice A cluster's line as it is stored.
    struct StoredLine {
        uint256 rate;
        uint256 crossedTick;
        int256 base;
        int256 unservedBase;
        uint256 unservedSince;
    }

    /// @notice The amounts that a debit returned.
    event Taken(uint256 taken, uint256 scaledBalance);

    CurrencyId private constant CURRENCY = CurrencyId.wrap(1);

    PaymentBook private _book;

    constructor(uint256 perSecond) {
        CurrencyIndex storage currencyIndex = _book.indexes[CURRENCY];
        currencyIndex.start(perSecond);
        currencyIndex.perSecond = 0;
    }

    /// @notice Moves the index on.
    function advance(uint256 growth) external {
        // A test's index stays below 2^120.
        _book.indexes[CURRENCY].value += uint120(growth);
    }

    /// @notice Adds to an account with a touch, as a deposit does, or takes from it, as a withdrawal does.
    function change(address account, int256 scaledAmount) external {
        Payer memory payer = _book.touch(CURRENCY, account);
        payer.accrued.balance = uint256(int256(payer.accrued.balance) + scaledAmount);
        _book.store(payer);
    }

    /// @notice As in {Payments}.
    function deposit(address account, uint256 scaledAmount) external returns (uint256) {
        return _book.deposit(CURRENCY, account, scaledAmount);
    }

    /// @notice Adds to an account without a touch.
    function credit(address account, uint256 scaledAmount) external returns (uint256) {
        return _book.credit(CURRENCY, account, scaledAmount);
    }

    /// @notice As in {Payments}, with an event for what is returned.
    function debit(address account, uint256 amount, bool isAll, uint256 scale) external {
        (uint256 taken, uint256 scaledBalance) = _book.debit(CURRENCY, account, amount, isAll, scale);
        emit Taken(taken, scaledBalance);
    }

    /// @notice Touches an account.
    function touch(address account) external {
        _book.store(_book.touch(CURRENCY, account));
    }

    /// @notice As in {Payments}.
    function changeRate(IAccountRegistry.RateChange calldata rateChange, bool isRaise) external returns (uint256) {
        return _book.changeRate(rateChange, isRaise);
    }

    /// @notice As in {Payments}.
    function settle(ClusterId clusterId, uint256 maxTicks) external returns (uint256 reached, bool complete) {
        (, reached, complete) = _book.settle(clusterId, maxTicks);
    }

    /// @notice Settles at most so many ticks of a cluster, and takes what it has earned.
    function take(ClusterId clusterId, uint256 maxTicks) external returns (uint256 amount) {
        (ClusterLine storage line, uint256 reached, ) = _book.settle(clusterId, maxTicks);
        amount = line.take(reached);
    }

    /// @notice Lets another share of a cluster be unserved.
    function setUnservedShare(ClusterId clusterId, uint256 share) external {
        (ClusterLine storage line, uint256 reached, bool complete) = _book.settle(clusterId, type(uint256).max);
        assert(complete);
        line.setUnservedShare(reached, share);
    }

    /// @notice An account now with its streams, and what a touch would refund of each.
    function payerOf(address account) external view returns (Payer memory payer, uint256[] memory refunds) {
        payer = _book.load(CURRENCY, account);
        refunds = new uint256[](payer.accrued.streamCount);
        for (uint256 i = 0; i < refunds.length; ++i) (, refunds[i]) = _book.pendingOf(payer, payer.streams[i]);
    }

    /// @notice As in {Payments}.
    function pendingOf(address account, uint256 position) external view returns (uint256 scaledLate, uint256 scaledUnserved) {
        Payer memory payer = _book.load(CURRENCY, account);
        return _book.pendingOf(payer, payer.streams[position]);
    }

    /// @notice The unpaid revenue of the first clusters, and the amounts withheld from them.
    function revenues(uint32 count, uint256 maxTicks) external view returns (uint256[] memory earned, uint256[] memory withheld) {
        (earned, withheld) = (new uint256[](count), new uint256[](count));
        for (uint32 i = 0; i < count; ++i) (earned[i], withheld[i], ) = preview(ClusterId.wrap(i), maxTicks);
    }

    /// @notice As in {ClusterLines}.
    function preview(ClusterId clusterId, uint256 maxTicks) public view returns (uint256, uint256, bool) {
        CurrencyIndex storage currencyIndex = _book.indexes[CURRENCY];
        return _book.lines[clusterId].preview(currencyIndex.current(), currencyIndex.tickBits(), maxTicks);
    }

    /// @notice A cluster's line as it is stored.
    function lineOf(ClusterId clusterId) external view returns (StoredLine memory) {
        ClusterLine storage line = _book.lines[clusterId];
        return StoredLine(line.rate, line.crossedTick, line.base, line.unservedBase, line.unservedSince);
    }

    /// @notice The unserved line of a cluster as it is stored, and U up to which a payer has had its refund.
    function unservedOf(
        ClusterId clusterId,
        address payer
    ) external view returns (bool hasUnserved, UnservedLine memory line, uint256 upTo) {
        ClusterLine storage stored = _book.lines[clusterId];
        return (stored.hasUnserved, stored.unserved, stored.unservedUpTo[payer]);
    }

    /// @notice An account as it is stored.
    function accountOf(address account) external view returns (Account memory) {
        return _book.accounts[CURRENCY][account];
    }

    /// @notice A slot of an account's list of streams as it is stored.
    function streamSlot(address account, uint256 slot) external view returns (uint256) {
        return _book.streams[CURRENCY][account].words[slot];
    }

    /// @notice The rates that end at some ticks, and whether the ticks are marked.
    function endsOf(ClusterId clusterId, uint256[] calldata ticks) external view returns (uint256[] memory ends, bool[] memory marked) {
        ClusterLine storage line = _book.lines[clusterId];
        (ends, marked) = (new uint256[](ticks.length), new bool[](ticks.length));
        for (uint256 i = 0; i < ticks.length; ++i) {
            ends[i] = line.ends[ticks[i]];
            marked[i] = (line.endBitmap[ticks[i] / 256] >> (ticks[i] % 256)) & 1 == 1;
        }
    }

    /// @notice The index now, and how wide a tick is.
    function indexNow() external view returns (uint256 index, uint256 tickBits) {
        return (_book.indexes[CURRENCY].current(), _book.indexes[CURRENCY].tickBits());
    }
}
