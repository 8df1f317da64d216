// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {Account, Accounts, Touched} from "./libraries/Accounts.sol";
import {CurrencyIndex, CurrencyIndexes} from "./libraries/CurrencyIndexes.sol";
import {Units} from "./libraries/Units.sol";
import {UnservedIndex, UnservedIndexes} from "./libraries/UnservedIndexes.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, CurrencyId} from "./types/Ids.sol";

/// @title AccountRegistry
/// @notice Keeps every token in custody: the accounts that people deposit into, the streams that pay clusters from them, and the pools
/// that collect what has been settled.
/// @dev For each currency, exactly and always, in scaled units:
///
///   deposits - withdrawals = balances + what streams owe + pools + what the cluster registry has to share + bonds
///
/// Tokens come in by deposits and leave by `withdraw` alone. The functions that move value out of a pool are the cluster registry's, those
/// for bonds the terms registry's; they credit no more than they took.
contract AccountRegistry is IAccountRegistry, Multicall, ReentrancyGuardTransient {
    using Accounts for Account;
    using Accounts for Touched;
    using CurrencyIndexes for CurrencyIndex;
    using UnservedIndexes for UnservedIndex;

    // ------------------------------------------------------------ types

    /// @dev What a deposit or a withdrawal needs of a currency, in one slot.
    /// @param owed All deposits credited less all withdrawals, in base units; see {Units.maxCustody}.
    /// @param decimals The token's decimals, at most 24.
    /// @param id Its number; 0: the currency is not listed.
    struct Listing {
        uint128 owed;
        uint8 decimals;
        CurrencyId id;
    }

    /// @dev What one payer pays to one cluster, however many buckets: in one slot, as long as the cluster serves what is paid for.
    /// @param rate USD (18 decimals) per month.
    /// @param settledIndex The payer's paid index up to which the pool has received it, below 2^120.
    /// @param drySpells How often the payer's account had been dry then.
    /// @param unserved The cluster's unserved index then.
    struct Stream {
        uint96 rate;
        uint120 settledIndex;
        CurrencyId currencyId;
        uint24 drySpells;
        uint256 unserved;
    }

    /// @dev What a cluster has received and not distributed.
    /// @param amount Scaled units, a part of what is owed in the currency.
    /// @param currencyId The currency of the cluster; it keeps the slot from falling back to zero, which would make the next payment dear.
    /// @param degraded Whether the cluster has ever served less than what is paid for.
    struct Pool {
        uint224 amount;
        CurrencyId currencyId;
        bool degraded;
    }

    // ------------------------------------------------------------ constants and immutables

    /// @dev The share of a cluster that serves nothing at all.
    uint256 private constant UNSERVED_SCALE = 1 << 128;

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
    mapping(CurrencyId currencyId => CurrencyIndex) private _indexes;
    mapping(CurrencyId currencyId => Currency) private _currencies;
    uint16 private _currencyCount;
    mapping(CurrencyId currencyId => mapping(address account => Account)) private _accounts;
    mapping(address payer => mapping(ClusterId clusterId => Stream)) private _streams;
    mapping(ClusterId clusterId => Pool) private _pools;
    mapping(ClusterId clusterId => UnservedIndex) private _unserved;

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
        _deposit(msg.sender, currency, amount);
    }

    /// @inheritdoc IAccountRegistry
    function depositFor(address account, Currency currency, uint256 amount) external payable nonReentrant {
        _deposit(account, currency, amount);
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
        require(!currency.isNative(), CurrencyWithoutPermit(currency));
        _listing(currency);
        bytes memory permit = abi.encodeCall(IERC20Permit.permit, (msg.sender, address(this), amount, deadline, v, r, s));
        // Somebody may have sent the permit ahead, so that its failure says nothing: the allowance does.
        if (!LowLevelCall.callNoReturn(Currency.unwrap(currency), permit)) {
            uint256 allowance = currency.allowanceOf(msg.sender, address(this));
            require(allowance >= amount, PermitFailed(currency, msg.sender, allowance, amount));
        }
        _deposit(account, currency, amount);
    }

    /// @inheritdoc IAccountRegistry
    function withdraw(Currency currency, uint256 amount, address to) external nonReentrant {
        require(to != address(0) && to != address(this), RecipientInvalid(to));
        Listing storage listing = _listing(currency);
        (CurrencyId id, uint256 owed, uint256 decimals) = (listing.id, listing.owed, listing.decimals);
        uint256 scale = Units.scale(decimals);
        Account storage account = _accounts[id][msg.sender];
        Touched memory touched = account.touchedBalance(_indexes[id]);
        uint256 available = touched.balance / scale;
        if (amount == type(uint256).max) amount = available;
        require(amount != 0, AmountZero());
        require(amount <= available, InsufficientBalance(available, amount));

        // What is available is a part of the balance, and of what is owed.
        unchecked {
            touched.balance -= amount * scale;
            listing.owed = uint128(owed - amount);
        }
        account.store(touched);
        emit Withdrawn(msg.sender, currency, to, amount, touched.balance);

        uint256 cost = currency.push(to, amount);
        require(cost <= amount, WithdrawalOvercharged(currency, cost, amount));
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
        CurrencyIndex storage currencyIndex = _indexes[currencyId];
        currencyIndex.start(indexPerSecond);
        emit CurrencyListed(currency, currencyId, uint8(decimals), currencyIndex.tickBits(), indexPerSecond);
    }

    /// @inheritdoc IAccountRegistry
    function setIndexSpeed(CurrencyId currencyId, uint256 indexPerSecond) external returns (uint256 index) {
        _requireCaller(PRICE_REGISTRY);
        index = _indexes[currencyId].setSpeed(indexPerSecond);
        emit IndexSpeedChanged(currencyId, indexPerSecond, index);
    }

    /// @inheritdoc IAccountRegistry
    function setPaused(CurrencyId currencyId, bool paused) external {
        _requireCaller(PRICE_REGISTRY);
        _indexes[currencyId].setPaused(paused);
        emit PauseChanged(currencyId, paused);
    }

    // ------------------------------------------------------------ functions that change state: the other registries'

    /// @inheritdoc IAccountRegistry
    function raiseRate(RateChange calldata change) external returns (uint256 paidIndex) {
        _requireCaller(BUCKET_REGISTRY);
        CurrencyIndex storage currencyIndex = _indexes[change.currencyId];
        require(!currencyIndex.isPaused(), CurrencyPaused(change.currencyId));
        Account storage account = _accounts[change.currencyId][change.payer];
        Stream storage stream = _streams[change.payer][change.clusterId];
        Touched memory touched = account.touched(currencyIndex);
        touched.rate += change.rate;
        require(touched.rate <= Units.MAX_RATE, RateTooHigh(change.payer, touched.rate, Units.MAX_RATE));
        return _changeRate(change, account, touched, stream, stream.rate + change.rate);
    }

    /// @inheritdoc IAccountRegistry
    function lowerRate(RateChange calldata change) external returns (uint256 paidIndex) {
        _requireCaller(BUCKET_REGISTRY);
        Account storage account = _accounts[change.currencyId][change.payer];
        Touched memory touched = account.touched(_indexes[change.currencyId]);
        touched.rate -= change.rate;
        Stream storage stream = _streams[change.payer][change.clusterId];
        return _changeRate(change, account, touched, stream, stream.rate - change.rate);
    }

    /// @inheritdoc IAccountRegistry
    function settleStream(address payer, ClusterId clusterId) external {
        _requireCaller(BUCKET_REGISTRY);
        Stream storage stream = _streams[payer][clusterId];
        CurrencyId currencyId = stream.currencyId;
        if (stream.rate == 0) return;
        Account storage account = _accounts[currencyId][payer];
        Touched memory touched = account.touched(_indexes[currencyId]);
        uint256 paidIndex = touched.paidIndex();
        uint256 owed = _owed(stream, paidIndex);
        // Where nothing is owed, but the account was dry, that is over.
        if (owed == 0 && stream.drySpells == touched.drySpells) return;
        // The account need not be written unless something comes back: its paid index follows from what is there.
        uint256 returned = _pools[clusterId].degraded ? _returnUnserved(payer, clusterId, stream, touched, owed) : 0;
        if (returned != 0) account.store(touched);
        stream.settledIndex = uint120(paidIndex);
        stream.drySpells = touched.drySpells;
        _fill(clusterId, currencyId, owed - returned);
        emit PaymentSettled(payer, clusterId, owed - returned, paidIndex);
    }

    /// @inheritdoc IAccountRegistry
    function takePool(Distribution calldata distribution) external returns (uint256 networkFee, uint256 managementFee, uint256 shares) {
        _requireCaller(CLUSTER_REGISTRY);
        Pool memory pool = _pools[distribution.clusterId];
        uint256 amount = pool.amount;
        if (amount == 0) return (0, 0, 0);
        _pools[distribution.clusterId].amount = 0;
        // Below 2^224 x 10^4, and no fee is more than the whole.
        networkFee = (amount * distribution.networkFeeBps) / Units.BPS;
        managementFee = ((amount - networkFee) * distribution.managementFeeBps) / Units.BPS;
        shares = amount - networkFee - managementFee;
        if (networkFee != 0) _credit(distribution.networkAccount, pool.currencyId, networkFee);
        if (managementFee != 0) _credit(distribution.manager, pool.currencyId, managementFee);
    }

    /// @inheritdoc IAccountRegistry
    function setUnservedShare(ClusterId clusterId, CurrencyId currencyId, uint256 share) external {
        _requireCaller(CLUSTER_REGISTRY);
        _unserved[clusterId].change(_indexes[currencyId].current(), share);
        (_pools[clusterId].currencyId, _pools[clusterId].degraded) = (currencyId, true);
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
        Account storage from = _accounts[currencyId][account];
        Touched memory touched = from.touchedBalance(_indexes[currencyId]);
        uint256 scale = Units.scale(_listings[_currencies[currencyId]].decimals);
        uint256 available = touched.balance / scale;
        require(amount <= available, InsufficientBalance(available, amount));
        scaledAmount = amount * scale;
        touched.balance -= scaledAmount;
        from.store(touched);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IAccountRegistry
    function getAccount(address account, Currency currency) external view returns (AccountStatus memory status) {
        Listing storage listing = _listing(currency);
        CurrencyIndex storage currencyIndex = _indexes[listing.id];
        Touched memory touched = _accounts[listing.id][account].touched(currencyIndex);
        status.balance = touched.balance / Units.scale(listing.decimals);
        status.ratePerMonth = touched.rate;
        status.coveredUntil = touched.coveredUntil(currencyIndex.perSecond);
        status.scaledBalance = touched.balance;
        status.paidIndex = touched.paidIndex();
    }

    /// @inheritdoc IAccountRegistry
    function getStream(address payer, ClusterId clusterId) external view returns (StreamStatus memory status) {
        Stream storage stream = _streams[payer][clusterId];
        CurrencyId currencyId = stream.currencyId;
        status.currencyId = currencyId;
        status.ratePerMonth = stream.rate;
        status.settledIndex = stream.settledIndex;
        Touched memory touched = _accounts[currencyId][payer].touched(_indexes[currencyId]);
        status.scaledOwed = _owed(stream, touched.paidIndex());
        (status.scaledUnserved, ) = _unservedPart(clusterId, stream, touched, status.scaledOwed);
    }

    /// @inheritdoc IAccountRegistry
    function poolOf(ClusterId clusterId) external view returns (uint256 scaledAmount) {
        return _pools[clusterId].amount;
    }

    /// @inheritdoc IAccountRegistry
    function coverageOf(
        address account,
        CurrencyId currencyId
    ) external view returns (uint256 index, uint256 paidIndex, uint256 indexPerSecond, uint64 coveredUntil, bool dry) {
        CurrencyIndex storage currencyIndex = _indexes[currencyId];
        Touched memory touched = _accounts[currencyId][account].touched(currencyIndex);
        index = touched.index;
        paidIndex = touched.paidIndex();
        indexPerSecond = currencyIndex.perSecond;
        coveredUntil = touched.coveredUntil(indexPerSecond);
        dry = touched.isDry();
    }

    /// @inheritdoc IAccountRegistry
    function custody(Currency currency) external view returns (uint256 held, uint256 owed) {
        owed = _listing(currency).owed;
        held = currency.heldBy(address(this));
    }

    /// @inheritdoc IAccountRegistry
    function getListing(Currency currency) external view returns (ListingStatus memory status) {
        Listing storage listing = _listing(currency);
        CurrencyIndex storage currencyIndex = _indexes[listing.id];
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
        indexPerSecond = _indexes[currencyId].perSecond;
    }

    /// @inheritdoc IAccountRegistry
    function lastCurrencyId() external view returns (CurrencyId) {
        return CurrencyId.wrap(_currencyCount);
    }

    // ------------------------------------------------------------ internal

    function _listing(Currency currency) private view returns (Listing storage listing) {
        listing = _listings[currency];
        require(CurrencyId.unwrap(listing.id) != 0, CurrencyNotListed(currency));
    }

    function _deposit(address account, Currency currency, uint256 amount) private {
        require(account != address(0), AccountZero());
        require(amount != 0, AmountZero());
        Listing storage listing = _listing(currency);
        uint256 expected = currency.isNative() ? amount : 0;
        require(msg.value == expected, EtherMismatch(msg.value, expected));
        uint256 received = currency.isNative() ? amount : currency.pull(msg.sender, amount);
        require(received != 0, DepositNotReceived(currency, amount));

        uint256 decimals = listing.decimals;
        uint256 maximum = Units.maxCustody(decimals);
        require(received <= maximum - listing.owed, CustodyExceeded(currency, Math.saturatingAdd(listing.owed, received), maximum));
        // At most `maximum`, which fits.
        listing.owed += uint128(received);
        uint256 scaledBalance = _credit(account, listing.id, received * Units.scale(decimals));
        emit Deposited(account, currency, msg.sender, received, scaledBalance);
    }

    function _credit(address to, CurrencyId currencyId, uint256 scaledAmount) private returns (uint256 scaledBalance) {
        return _accounts[currencyId][to].credit(_indexes[currencyId], scaledAmount);
    }

    /// @dev Settles the stream at its old rate, then lets account and stream go on at their new ones.
    function _changeRate(
        RateChange calldata change,
        Account storage account,
        Touched memory touched,
        Stream storage stream,
        uint256 streamRate
    ) private returns (uint256 paidIndex) {
        paidIndex = touched.paidIndex();
        uint256 settled = _owed(stream, paidIndex);
        if (change.degraded) settled -= _returnUnserved(change.payer, change.clusterId, stream, touched, settled);
        if (settled != 0) _fill(change.clusterId, change.currencyId, settled);
        account.store(touched);
        // A stream's rate is a part of the account's, which fits; an index is below 2^120.
        (stream.rate, stream.settledIndex, stream.currencyId) = (uint96(streamRate), uint120(paidIndex), change.currencyId);
        stream.drySpells = touched.storedDrySpells();
        emit StreamChanged(change.payer, change.clusterId, change.currencyId, streamRate, touched.rate, settled, paidIndex);
    }

    /// @dev Gives a payer back what the cluster has not served of what it owes. Returns how much, and leaves it to the caller to write the
    /// account.
    function _returnUnserved(
        address payer,
        ClusterId clusterId,
        Stream storage stream,
        Touched memory touched,
        uint256 owed
    ) private returns (uint256 returned) {
        uint256 unserved;
        (returned, unserved) = _unservedPart(clusterId, stream, touched, owed);
        stream.unserved = unserved;
        if (returned == 0) return 0;
        touched.balance += returned;
        emit UnservedRefunded(payer, clusterId, returned);
    }

    /// @dev How much of what a payer owes its cluster has not served: nothing, if the account has been dry since the stream was last
    /// settled. Then nobody knows what of the unserved time was paid for.
    function _unservedPart(
        ClusterId clusterId,
        Stream storage stream,
        Touched memory touched,
        uint256 owed
    ) private view returns (uint256 part, uint256 unserved) {
        unserved = _unserved[clusterId].current(touched.index);
        if (owed == 0 || touched.ranDry || touched.drySpells != stream.drySpells) return (0, unserved);
        // A rate of 96 bits x an unserved index below 2^248, rounded down.
        part = Math.min(Math.mulDiv(stream.rate, unserved - stream.unserved, UNSERVED_SCALE), owed);
    }

    function _fill(ClusterId clusterId, CurrencyId currencyId, uint256 amount) private {
        Pool storage pool = _pools[clusterId];
        // A part of what is owed in the currency, which is below 2^224.
        (pool.amount, pool.currencyId) = (uint224(pool.amount + amount), currencyId);
    }

    function _owed(Stream storage stream, uint256 paidIndex) private view returns (uint256) {
        return uint256(stream.rate) * (paidIndex - stream.settledIndex);
    }

    function _requireCaller(address registry) private view {
        require(msg.sender == registry, CallerNotRegistry(msg.sender));
    }
}
