// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {Accounts, AccruedAccount} from "./libraries/Accounts.sol";
import {ClusterLine, ClusterLines} from "./libraries/ClusterLines.sol";
import {CurrencyIndex, CurrencyIndexes} from "./libraries/CurrencyIndexes.sol";
import {Deposits} from "./libraries/Deposits.sol";
import {Fees} from "./libraries/Fees.sol";
import {Payer, PaymentBook, Payments} from "./libraries/Payments.sol";
import {Stream, StreamLists} from "./libraries/StreamLists.sol";
import {Units} from "./libraries/Units.sol";
import {Currency} from "./types/Currency.sol";
import {Funding} from "./types/Funding.sol";
import {ClusterId, CurrencyId} from "./types/Ids.sol";
import {Listing} from "./types/Listing.sol";

/// @title AccountRegistry
/// @notice Keeps every token in custody: the accounts that people deposit into, the streams that pay clusters from them, and what the
/// clusters earn.
/// @dev For each currency, exactly and always, in scaled units:
///
///   deposits - withdrawals = balances + what clusters have earned and not distributed + what is withheld from them for refunds
///                          + what they do not know of yet + what the cluster registry has to share + bonds
///
/// Tokens come in by deposits and leave by `withdraw` alone. The functions that move value out of a pool are the cluster registry's, those
/// for bonds the terms registry's; they credit no more than they took.
contract AccountRegistry is IAccountRegistry, Multicall, ReentrancyGuardTransient {
    using Accounts for AccruedAccount;
    using ClusterLines for ClusterLine;
    using CurrencyIndexes for CurrencyIndex;
    using Deposits for Listing;
    using Payments for PaymentBook;
    using StreamLists for Stream[];

    // ------------------------------------------------------------ constants and immutables

    /// @dev How many ticks are crossed at most inside another call: 58 days or more at the listing's price, for up to 10 million gas.
    uint256 private constant MAX_TICKS = 2_000;

    /// @inheritdoc IAccountRegistry
    address public immutable PRICE_REGISTRY;

    /// @inheritdoc IAccountRegistry
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc IAccountRegistry
    address public immutable BUCKET_REGISTRY;

    /// @inheritdoc IAccountRegistry
    address public immutable TERMS_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(Currency currency => Listing) private _listings;
    mapping(CurrencyId currencyId => Currency) private _currencies;
    uint16 private _currencyCount;
    PaymentBook private _book;

    // ------------------------------------------------------------ constructor

    constructor(address priceRegistry, address clusterRegistry, address bucketRegistry, address termsRegistry) {
        PRICE_REGISTRY = priceRegistry;
        CLUSTER_REGISTRY = clusterRegistry;
        BUCKET_REGISTRY = bucketRegistry;
        TERMS_REGISTRY = termsRegistry;
    }

    // ------------------------------------------------------------ functions that change state: everyone's

    /// @inheritdoc IAccountRegistry
    function deposit(Currency currency, uint256 amount) external payable nonReentrant {
        _deposit(msg.sender, msg.sender, currency, amount);
    }

    /// @inheritdoc IAccountRegistry
    function depositFor(address account, Currency currency, uint256 amount) external payable nonReentrant {
        _deposit(msg.sender, account, currency, amount);
    }

    /// @inheritdoc IAccountRegistry
    function depositWithPermit(
        address account,
        Currency currency,
        uint256 amount,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        _listings[currency].permit(currency, msg.sender, Funding({amount: amount, deadline: deadline, v: v, r: r, s: s}));
        _deposit(msg.sender, account, currency, amount);
    }

    /// @inheritdoc IAccountRegistry
    function withdraw(Currency currency, uint256 amount, address to) external nonReentrant {
        require(to != address(0) && to != address(this), RecipientInvalid(to));
        Listing storage listing = _listing(currency);
        (CurrencyId id, uint256 owed, uint256 decimals) = (listing.id, listing.owed, listing.decimals);
        uint256 scaledBalance;
        (amount, scaledBalance) = _book.debit(id, msg.sender, amount, amount == type(uint256).max, Units.scale(decimals));
        require(amount != 0, AmountZero());
        // The balance of an account is a part of what is owed.
        unchecked {
            listing.owed = uint128(owed - amount);
        }
        emit Withdrawn(msg.sender, currency, to, amount, scaledBalance);

        uint256 cost = currency.push(to, amount);
        require(cost <= amount, WithdrawalOvercharged(currency, cost, amount));
    }

    /// @inheritdoc IAccountRegistry
    function touchAccount(address account, Currency currency) external {
        _touch(account, _listing(currency).id);
    }

    /// @inheritdoc IAccountRegistry
    function settleCluster(ClusterId clusterId, uint256 maxTicks) external returns (bool isSettled) {
        require(CurrencyId.unwrap(_book.lines[clusterId].currencyId) != 0, ClusterNeverPaid(clusterId));
        (, , isSettled) = _book.settle(clusterId, maxTicks);
    }

    /// @inheritdoc IAccountRegistry
    function settlePayment(address payer, ClusterId clusterId) external {
        _touch(payer, _book.lines[clusterId].currencyId);
        _book.settle(clusterId, MAX_TICKS);
    }

    // ------------------------------------------------------------ functions that change state: the price registry's

    /// @inheritdoc IAccountRegistry
    function listCurrency(Currency currency, uint256 indexPerSecond) external returns (CurrencyId currencyId) {
        _requireCaller(PRICE_REGISTRY);
        require(CurrencyId.unwrap(_listings[currency].id) == 0, CurrencyAlreadyListed(currency));
        require(_currencyCount < type(uint16).max, CurrencyLimitReached(type(uint16).max));
        uint256 decimals = currency.decimals();
        require(decimals <= Units.MAX_DECIMALS, CurrencyDecimalsTooMany(currency, decimals, Units.MAX_DECIMALS));
        currencyId = CurrencyId.wrap(++_currencyCount);
        _currencies[currencyId] = currency;
        // At most 24, so the cast fits.
        _listings[currency] = Listing({owed: 0, decimals: uint8(decimals), id: currencyId});
        CurrencyIndex storage currencyIndex = _book.indexes[currencyId];
        currencyIndex.start(indexPerSecond);
        emit CurrencyListed(currency, currencyId, uint8(decimals), currencyIndex.tickBits(), indexPerSecond);
    }

    /// @inheritdoc IAccountRegistry
    function setIndexSpeed(CurrencyId currencyId, uint256 indexPerSecond) external returns (uint256 index) {
        _requireCaller(PRICE_REGISTRY);
        index = _book.indexes[currencyId].setSpeed(indexPerSecond);
        emit IndexSpeedChanged(currencyId, indexPerSecond, index);
    }

    /// @inheritdoc IAccountRegistry
    function setPaused(CurrencyId currencyId, bool paused) external {
        _requireCaller(PRICE_REGISTRY);
        _book.indexes[currencyId].setPaused(paused);
        emit PauseChanged(currencyId, paused);
    }

    // ------------------------------------------------------------ functions that change state: the other registries'

    /// @inheritdoc IAccountRegistry
    function fundAccount(address account, CurrencyId currencyId, Funding calldata funding) external payable nonReentrant {
        require(msg.sender == BUCKET_REGISTRY || msg.sender == TERMS_REGISTRY, CallerNotRegistry(msg.sender));
        Currency currency = _currencies[currencyId];
        if (funding.deadline != 0) _listings[currency].permit(currency, account, funding);
        _deposit(account, account, currency, funding.amount);
    }

    /// @inheritdoc IAccountRegistry
    function raiseRate(RateChange calldata change) external returns (uint256 paidIndex) {
        _requireCaller(BUCKET_REGISTRY);
        require(!_book.indexes[change.currencyId].isPaused(), CurrencyPaused(change.currencyId));
        return _book.changeRate(change, true);
    }

    /// @inheritdoc IAccountRegistry
    function lowerRate(RateChange calldata change) external returns (uint256 paidIndex) {
        _requireCaller(BUCKET_REGISTRY);
        return _book.changeRate(change, false);
    }

    /// @inheritdoc IAccountRegistry
    function takePool(Distribution calldata distribution) external returns (uint256 networkFee, uint256 managementFee, uint256 shares) {
        _requireCaller(CLUSTER_REGISTRY);
        (ClusterLine storage line, uint256 reached) = _settle(distribution.clusterId, distribution.whole);
        uint256 amount = line.take(reached);
        if (amount == 0) return (0, 0, 0);
        (networkFee, managementFee, shares) = Fees.split(amount, distribution.networkFeeBps, distribution.managementFeeBps);
        CurrencyId currencyId = line.currencyId;
        if (networkFee != 0) _credit(distribution.networkAccount, currencyId, networkFee);
        if (managementFee != 0) _credit(distribution.manager, currencyId, managementFee);
    }

    /// @inheritdoc IAccountRegistry
    function setUnservedShare(ClusterId clusterId, CurrencyId currencyId, uint256 share) external {
        _requireCaller(CLUSTER_REGISTRY);
        (ClusterLine storage line, uint256 reached) = _settle(clusterId, true);
        // Before its first stream the line has no currency.
        if (CurrencyId.unwrap(line.currencyId) == 0) {
            line.currencyId = currencyId;
            reached = _book.indexes[currencyId].current();
        }
        line.setUnservedShare(reached, share);
        emit UnservedShareChanged(clusterId, share);
    }

    /// @inheritdoc IAccountRegistry
    function credit(address account, CurrencyId currencyId, uint256 scaledAmount) external {
        require(msg.sender == CLUSTER_REGISTRY || msg.sender == TERMS_REGISTRY, CallerNotRegistry(msg.sender));
        _credit(account, currencyId, scaledAmount);
    }

    /// @inheritdoc IAccountRegistry
    function debit(address account, CurrencyId currencyId, uint256 amount) external returns (uint256 scaledAmount) {
        _requireCaller(TERMS_REGISTRY);
        uint256 scale = Units.scale(_listings[_currencies[currencyId]].decimals);
        (, uint256 scaledBalance) = _book.debit(currencyId, account, amount, false, scale);
        // A part of the balance before.
        scaledAmount = amount * scale;
        emit Debited(account, currencyId, scaledAmount, scaledBalance);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IAccountRegistry
    function getAccount(address account, Currency currency) external view returns (AccountStatus memory status) {
        Listing storage listing = _listing(currency);
        CurrencyIndex storage currencyIndex = _book.indexes[listing.id];
        AccruedAccount memory accrued = _book.accountOf(listing.id, account);
        status.balance = accrued.balance / Units.scale(listing.decimals);
        status.ratePerMonth = accrued.rate;
        status.coveredUntil = accrued.coveredUntil(currencyIndex.perSecond);
        status.scaledBalance = accrued.balance;
        status.paidIndex = accrued.paidIndex();
        if (accrued.registered && accrued.endIndex > accrued.index) status.endIndex = accrued.endIndex;
        status.streamCount = accrued.streamCount;
    }

    /// @inheritdoc IAccountRegistry
    function getStream(address payer, ClusterId clusterId) external view returns (StreamStatus memory) {
        Payer memory touched = _book.load(_book.lines[clusterId].currencyId, payer);
        uint256 position = touched.streams.find(clusterId, touched.accrued.streamCount);
        if (position == touched.accrued.streamCount) return StreamStatus(clusterId, 0, 0, 0);
        return _streamStatus(touched, touched.streams[position]);
    }

    /// @inheritdoc IAccountRegistry
    function listStreams(address account, Currency currency) external view returns (StreamStatus[] memory items) {
        Payer memory payer = _book.load(_listing(currency).id, account);
        items = new StreamStatus[](payer.accrued.streamCount);
        for (uint256 i = 0; i < items.length; ++i) items[i] = _streamStatus(payer, payer.streams[i]);
    }

    /// @inheritdoc IAccountRegistry
    function getLine(ClusterId clusterId) external view returns (LineStatus memory status) {
        ClusterLine storage line = _book.lines[clusterId];
        status.currencyId = line.currencyId;
        status.ratePerMonth = line.rate;
        status.settledTick = line.crossedTick;
        (status.scaledRevenue, status.scaledUnserved, status.isSettled) = _preview(line);
        status.unservedShare = line.unserved.share;
        status.unservedSince = line.unservedSince;
    }

    /// @inheritdoc IAccountRegistry
    function endsAt(ClusterId clusterId, uint256 tick) external view returns (uint256) {
        return _book.lines[clusterId].ends[tick];
    }

    /// @inheritdoc IAccountRegistry
    function poolOf(ClusterId clusterId) external view returns (uint256 scaledAmount) {
        (scaledAmount, , ) = _preview(_book.lines[clusterId]);
    }

    /// @inheritdoc IAccountRegistry
    function coverageOf(
        address account,
        CurrencyId currencyId
    ) external view returns (uint256 index, uint256 paidIndex, uint256 indexPerSecond, uint64 coveredUntil, bool depleted) {
        CurrencyIndex storage currencyIndex = _book.indexes[currencyId];
        AccruedAccount memory accrued = _book.accountOf(currencyId, account);
        index = accrued.index;
        paidIndex = accrued.paidIndex();
        indexPerSecond = currencyIndex.perSecond;
        coveredUntil = accrued.coveredUntil(indexPerSecond);
        depleted = accrued.isDepleted();
    }

    /// @inheritdoc IAccountRegistry
    function custody(Currency currency) external view returns (uint256 held, uint256 owed) {
        owed = _listing(currency).owed;
        held = currency.heldBy(address(this));
    }

    /// @inheritdoc IAccountRegistry
    function getListing(Currency currency) external view returns (ListingStatus memory status) {
        Listing storage listing = _listing(currency);
        CurrencyIndex storage currencyIndex = _book.indexes[listing.id];
        status.currencyId = listing.id;
        status.decimals = listing.decimals;
        status.paused = currencyIndex.isPaused();
        status.tickBits = currencyIndex.tickBits();
        status.scale = Units.scale(listing.decimals);
        status.indexPerSecond = currencyIndex.perSecond;
        status.index = currencyIndex.current();
    }

    /// @inheritdoc IAccountRegistry
    function currencyIdOf(Currency currency) external view returns (CurrencyId) {
        return _listing(currency).id;
    }

    /// @inheritdoc IAccountRegistry
    function currencyOf(CurrencyId currencyId) external view returns (Currency currency, uint256 scale, uint256 indexPerSecond) {
        currency = _currencies[currencyId];
        scale = Units.scale(_listings[currency].decimals);
        indexPerSecond = _book.indexes[currencyId].perSecond;
    }

    /// @inheritdoc IAccountRegistry
    function lastCurrencyId() external view returns (CurrencyId) {
        return CurrencyId.wrap(_currencyCount);
    }

    // ------------------------------------------------------------ internal

    function _listing(Currency currency) private view returns (Listing storage listing) {
        listing = _listings[currency];
        listing.requireListed(currency);
    }

    function _deposit(address from, address account, Currency currency, uint256 amount) private {
        require(account != address(0), AccountZero());
        Listing storage listing = _listings[currency];
        uint256 received = listing.receiveFrom(currency, from, amount);
        uint256 scaledBalance = _book.deposit(listing.id, account, received * Units.scale(listing.decimals));
        emit Deposited(account, currency, from, received, scaledBalance);
    }

    /// @dev Adds to an account what a cluster or a bond gives it.
    function _credit(address account, CurrencyId currencyId, uint256 scaledAmount) private {
        uint256 scaledBalance = _book.credit(currencyId, account, scaledAmount);
        emit Credited(account, currencyId, scaledAmount, scaledBalance);
    }

    function _touch(address account, CurrencyId currencyId) private {
        Payer memory payer = _book.touch(currencyId, account);
        if (payer.accrued.streamCount != 0) _book.store(payer);
    }

    /// @dev Settles a cluster, as far as that fits into another call. Where it has to be whole, a cluster is refused that is not settled
    /// up to now then.
    function _settle(ClusterId clusterId, bool whole) private returns (ClusterLine storage line, uint256 reached) {
        bool isSettled;
        (line, reached, isSettled) = _book.settle(clusterId, MAX_TICKS);
        if (whole && !isSettled) revert ClusterNotSettled(clusterId, reached, _book.indexes[line.currencyId].current());
    }

    function _preview(ClusterLine storage line) private view returns (uint256 scaledRevenue, uint256 scaledUnserved, bool isSettled) {
        CurrencyIndex storage currencyIndex = _book.indexes[line.currencyId];
        return line.preview(currencyIndex.current(), currencyIndex.tickBits(), MAX_TICKS);
    }

    function _streamStatus(Payer memory payer, Stream stream) private view returns (StreamStatus memory status) {
        (status.clusterId, status.ratePerMonth) = (stream.cluster(), stream.rate());
        (status.scaledLate, status.scaledUnserved) = _book.pendingOf(payer, stream);
    }

    function _requireCaller(address registry) private view {
        require(msg.sender == registry, CallerNotRegistry(msg.sender));
    }
}
