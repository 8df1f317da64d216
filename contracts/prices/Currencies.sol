// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {CurrencyIndex, CurrencyIndexes} from "../libraries/CurrencyIndexes.sol";
import {PriceFeeds} from "../libraries/PriceFeeds.sol";
import {PriceWindow, PriceWindows} from "../libraries/PriceWindows.sol";
import {Units} from "../libraries/Units.sol";
import {Currency} from "../types/Currency.sol";
import {CurrencyId} from "../types/Ids.sol";

/// @title Currencies
/// @notice Keeps the listed currencies, their prices and where those come from.
abstract contract Currencies is IAccountRegistry, AccessManaged {
    using CurrencyIndexes for CurrencyIndex;
    using PriceWindows for PriceWindow;

    // ------------------------------------------------------------ types

    /// @dev What a deposit or a withdrawal needs of a currency, in one slot.
    /// @param owed All deposits credited less all withdrawals, in base units; see {Units.maxCustody}.
    /// @param usdPerToken USD (18 decimals) per whole token, at most 10^25 < 2^88; 0: the currency is not listed.
    struct Listing {
        uint128 owed;
        uint88 usdPerToken;
        uint8 decimals;
        CurrencyId id;
    }

    /// @dev Where a price comes from; a feed of zero: it is set by hand.
    struct PriceSource {
        address feed;
        uint32 maxAge;
    }

    // ------------------------------------------------------------ constants and immutables

    uint8 private constant NATIVE_DECIMALS = 18;

    /// @inheritdoc IAccountRegistry
    address public immutable SEQUENCER_FEED;

    // ------------------------------------------------------------ storage

    mapping(Currency currency => Listing) internal _listings;
    mapping(CurrencyId currencyId => CurrencyIndex) internal _indexes;
    mapping(CurrencyId currencyId => PriceWindow) private _windows;
    mapping(CurrencyId currencyId => PriceSource) private _sources;
    mapping(CurrencyId currencyId => Currency) internal _currencies;
    uint16 private _currencyCount;

    // ------------------------------------------------------------ constructor

    constructor(address authority, address sequencerFeed) AccessManaged(authority) {
        SEQUENCER_FEED = sequencerFeed;
    }

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IAccountRegistry
    function addCurrency(Currency currency, uint256 usdPerToken, address feed, uint32 maxAge) external restricted {
        require(_listings[currency].usdPerToken == 0, CurrencyAlreadyListed(currency));
        require(_currencyCount < type(uint16).max, CurrencyLimitReached(type(uint16).max));
        uint8 decimals = _decimalsOf(currency);
        _requireInRange(usdPerToken);
        if (feed != address(0)) {
            require(maxAge != 0, FeedMaxAgeZero(feed));
            uint256 feedPrice = _readFeed(feed, maxAge);
            _requireInRange(feedPrice);
            require(usdPerToken <= 2 * feedPrice && feedPrice <= 2 * usdPerToken, PriceFarFromFeed(usdPerToken, feedPrice));
            usdPerToken = feedPrice;
        }

        CurrencyId id = CurrencyId.wrap(++_currencyCount);
        _currencies[id] = currency;
        // The price is in range, so it fits 88 bits.
        _listings[currency] = Listing({owed: 0, usdPerToken: uint88(usdPerToken), decimals: decimals, id: id});
        _sources[id] = PriceSource({feed: feed, maxAge: maxAge});
        _windows[id].open(usdPerToken);

        emit CurrencyAdded(currency, id, decimals);
        emit FeedChanged(currency, feed, maxAge);
        emit PriceChanged(currency, usdPerToken, _indexes[id].setPrice(usdPerToken));
    }

    /// @inheritdoc IAccountRegistry
    function setFeed(Currency currency, address feed, uint32 maxAge) external restricted {
        CurrencyId id = _listing(currency).id;
        require(feed == address(0) || maxAge != 0, FeedMaxAgeZero(feed));
        _sources[id] = PriceSource({feed: feed, maxAge: maxAge});
        emit FeedChanged(currency, feed, maxAge);
    }

    /// @inheritdoc IAccountRegistry
    function setPrice(Currency currency, uint256 usdPerToken) external restricted {
        Listing storage listing = _listing(currency);
        address feed = _sources[listing.id].feed;
        require(feed == address(0), CurrencyHasFeed(currency, feed));
        _requireInRange(usdPerToken);
        (uint256 minimum, uint256 maximum) = _windows[listing.id].bounds(listing.usdPerToken);
        require(
            usdPerToken >= minimum && usdPerToken <= maximum,
            PriceMoveTooLarge(currency, usdPerToken, minimum, maximum, _windows[listing.id].boundUntil(listing.usdPerToken, usdPerToken))
        );
        _changePrice(currency, listing, usdPerToken);
    }

    /// @inheritdoc IAccountRegistry
    function syncPrice(Currency currency) external returns (uint256 usdPerToken) {
        Listing storage listing = _listing(currency);
        PriceSource memory source = _sources[listing.id];
        require(source.feed != address(0), CurrencyHasNoFeed(currency));
        uint256 current = listing.usdPerToken;
        uint256 wanted = _clamp(_readFeed(source.feed, source.maxAge), Units.MIN_PRICE, Units.MAX_PRICE);
        (uint256 minimum, uint256 maximum) = _windows[listing.id].bounds(current);
        usdPerToken = _clamp(wanted, minimum, maximum);
        if (usdPerToken == current && wanted != current) {
            // Until it can move at all, not until it can go all the way.
            uint256 nextStep = wanted > current ? current + 1 : current - 1;
            uint256 until = _windows[listing.id].boundUntil(current, nextStep);
            revert PriceMoveTooLarge(currency, wanted, minimum, maximum, until);
        }
        _changePrice(currency, listing, usdPerToken);
    }

    /// @inheritdoc IAccountRegistry
    function pauseCurrency(Currency currency, bool paused) external restricted {
        _indexes[_listing(currency).id].paused = paused;
        emit CurrencyPauseChanged(currency, paused);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IAccountRegistry
    function getCurrency(Currency currency) public view returns (CurrencyStatus memory status) {
        Listing storage listing = _listing(currency);
        CurrencyId id = listing.id;
        PriceSource storage source = _sources[id];
        status.currency = currency;
        status.currencyId = id;
        status.decimals = listing.decimals;
        status.paused = _indexes[id].paused;
        status.usdPerToken = listing.usdPerToken;
        (status.minPrice, status.maxPrice) = _windows[id].bounds(listing.usdPerToken);
        status.feed = source.feed;
        status.maxAge = source.maxAge;
        status.index = _indexes[id].current();
        status.scale = Units.scale(listing.decimals);
    }

    /// @inheritdoc IAccountRegistry
    function listCurrencies(uint32 offset, uint32 limit) external view returns (CurrencyStatus[] memory items, uint256 total) {
        total = uint256(_currencyCount) + 1;
        uint256 first = Math.max(offset, 1);
        uint256 end = Math.min(uint256(offset) + limit, total);
        items = new CurrencyStatus[](Math.saturatingSub(end, first));
        for (uint256 i = 0; i < items.length; ++i) {
            // Below `total`, so the cast fits.
            items[i] = getCurrency(_currencies[CurrencyId.wrap(uint16(first + i))]);
        }
    }

    /// @inheritdoc IAccountRegistry
    function custody(Currency currency) external view returns (uint256 held, uint256 owed) {
        owed = _listing(currency).owed;
        held = currency.heldBy(address(this));
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

    // ------------------------------------------------------------ internal

    function _listing(Currency currency) internal view returns (Listing storage listing) {
        listing = _listings[currency];
        require(listing.usdPerToken != 0, CurrencyNotListed(currency));
    }

    function _changePrice(Currency currency, Listing storage listing, uint256 usdPerToken) private {
        uint256 current = listing.usdPerToken;
        if (usdPerToken == current) return;
        _windows[listing.id].reopen(current);
        // The price is in range, so it fits 88 bits.
        listing.usdPerToken = uint88(usdPerToken);
        emit PriceChanged(currency, usdPerToken, _indexes[listing.id].setPrice(usdPerToken));
    }

    function _readFeed(address feed, uint32 maxAge) private view returns (uint256) {
        if (SEQUENCER_FEED != address(0)) PriceFeeds.requireSequencerUp(SEQUENCER_FEED);
        return PriceFeeds.read(feed, maxAge);
    }

    function _decimalsOf(Currency currency) private view returns (uint8) {
        if (currency.isNative()) return NATIVE_DECIMALS;
        bytes memory question = abi.encodeCall(IERC20Metadata.decimals, ());
        (bool success, bytes32 answer, ) = LowLevelCall.staticcallReturn64Bytes(Currency.unwrap(currency), question);
        require(success && LowLevelCall.returnDataSize() >= 32, CurrencyNotToken(currency));
        uint256 decimals = uint256(answer);
        require(decimals <= Units.MAX_DECIMALS, CurrencyDecimalsTooMany(currency, decimals, Units.MAX_DECIMALS));
        // At most 24.
        return uint8(decimals);
    }

    function _requireInRange(uint256 usdPerToken) private pure {
        require(
            usdPerToken >= Units.MIN_PRICE && usdPerToken <= Units.MAX_PRICE,
            PriceOutOfRange(usdPerToken, Units.MIN_PRICE, Units.MAX_PRICE)
        );
    }

    function _clamp(uint256 value, uint256 minimum, uint256 maximum) private pure returns (uint256) {
        return Math.max(minimum, Math.min(value, maximum));
    }
}
