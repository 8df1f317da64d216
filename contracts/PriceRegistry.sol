// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IPriceRegistry} from "./interfaces/IPriceRegistry.sol";
import {PriceBudget, PriceBudgets} from "./libraries/PriceBudgets.sol";
import {PriceFeeds} from "./libraries/PriceFeeds.sol";
import {Units} from "./libraries/Units.sol";
import {Currency} from "./types/Currency.sol";
import {CurrencyId} from "./types/Ids.sol";
import {Price} from "./types/Price.sol";

/// @title PriceRegistry
/// @notice Keeps the prices of the listed currencies, where they come from, and how far they may move.
contract PriceRegistry is IPriceRegistry, AccessManaged, Multicall {
    using PriceBudgets for PriceBudget;

    // ------------------------------------------------------------ constants and immutables

    /// @inheritdoc IPriceRegistry
    address public immutable ACCOUNT_REGISTRY;

    /// @inheritdoc IPriceRegistry
    address public immutable SEQUENCER_FEED;

    // ------------------------------------------------------------ storage

    mapping(Currency currency => Price) private _prices;

    // ------------------------------------------------------------ constructor

    constructor(address authority, address accountRegistry, address sequencerFeed) AccessManaged(authority) {
        ACCOUNT_REGISTRY = accountRegistry;
        SEQUENCER_FEED = sequencerFeed;
    }

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IPriceRegistry
    function addCurrency(Currency currency, uint256 usdPerToken, address feed, uint32 maxAge) external restricted {
        _requireInRange(usdPerToken);
        if (feed != address(0)) {
            require(maxAge != 0, FeedMaxAgeZero(feed));
            uint256 feedPrice = _readFeed(feed, maxAge);
            _requireInRange(feedPrice);
            require(usdPerToken <= 2 * feedPrice && feedPrice <= 2 * usdPerToken, PriceFarFromFeed(usdPerToken, feedPrice));
            usdPerToken = feedPrice;
        }

        CurrencyId currencyId = IAccountRegistry(ACCOUNT_REGISTRY).listCurrency(currency, _indexPerSecond(usdPerToken));
        Price storage price = _prices[currency];
        // The price is in range, so it fits 88 bits.
        (price.usdPerToken, price.currencyId, price.feed, price.maxAge) = (uint88(usdPerToken), currencyId, feed, maxAge);
        price.budget.fill(usdPerToken);

        emit CurrencyAdded(currency, currencyId);
        emit FeedChanged(currency, feed, maxAge);
        emit PriceChanged(currency, usdPerToken, 0);
    }

    /// @inheritdoc IPriceRegistry
    function setFeed(Currency currency, address feed, uint32 maxAge) external restricted {
        Price storage price = _price(currency);
        require(feed == address(0) || maxAge != 0, FeedMaxAgeZero(feed));
        (price.feed, price.maxAge) = (feed, maxAge);
        emit FeedChanged(currency, feed, maxAge);
    }

    /// @inheritdoc IPriceRegistry
    function setPrice(Currency currency, uint256 usdPerToken) external restricted {
        Price storage price = _price(currency);
        require(price.feed == address(0), CurrencyHasFeed(currency, price.feed));
        _requireInRange(usdPerToken);
        uint256 current = price.usdPerToken;
        (uint256 minimum, uint256 maximum) = price.budget.bounds(current);
        require(
            usdPerToken >= minimum && usdPerToken <= maximum,
            PriceMoveTooLarge(currency, usdPerToken, minimum, maximum, price.budget.allowedFrom(current, usdPerToken))
        );
        _changePrice(currency, price, usdPerToken);
    }

    /// @inheritdoc IPriceRegistry
    function syncPrice(Currency currency) external returns (uint256 usdPerToken) {
        Price storage price = _price(currency);
        require(price.feed != address(0), CurrencyHasNoFeed(currency));
        uint256 current = price.usdPerToken;
        uint256 wanted = _clamp(_readFeed(price.feed, price.maxAge), Units.MIN_PRICE, Units.MAX_PRICE);
        (uint256 minimum, uint256 maximum) = price.budget.bounds(current);
        usdPerToken = _clamp(wanted, minimum, maximum);
        if (usdPerToken == current && wanted != current) {
            // Until it can move at all, not until it can go all the way.
            uint256 nextStep = wanted > current ? current + 1 : current - 1;
            revert PriceMoveTooLarge(currency, wanted, minimum, maximum, price.budget.allowedFrom(current, nextStep));
        }
        _changePrice(currency, price, usdPerToken);
    }

    /// @inheritdoc IPriceRegistry
    function pauseCurrency(Currency currency, bool paused) external restricted {
        IAccountRegistry(ACCOUNT_REGISTRY).setPaused(_price(currency).currencyId, paused);
        emit CurrencyPauseChanged(currency, paused);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IPriceRegistry
    function getCurrency(Currency currency) public view returns (CurrencyStatus memory status) {
        Price storage price = _price(currency);
        IAccountRegistry.ListingStatus memory listing = IAccountRegistry(ACCOUNT_REGISTRY).getListing(currency);
        status.currency = currency;
        status.currencyId = price.currencyId;
        status.decimals = listing.decimals;
        status.paused = listing.paused;
        status.usdPerToken = price.usdPerToken;
        (status.minPrice, status.maxPrice) = price.budget.bounds(price.usdPerToken);
        status.feed = price.feed;
        status.maxAge = price.maxAge;
        status.index = listing.index;
        status.scale = listing.scale;
    }

    /// @inheritdoc IPriceRegistry
    function listCurrencies(uint32 offset, uint32 limit) external view returns (CurrencyStatus[] memory items, uint256 lastId) {
        IAccountRegistry accounts = IAccountRegistry(ACCOUNT_REGISTRY);
        lastId = CurrencyId.unwrap(accounts.lastCurrencyId());
        uint256 first = Math.max(offset, 1);
        uint256 end = Math.min(uint256(offset) + limit, lastId + 1);
        items = new CurrencyStatus[](Math.saturatingSub(end, first));
        for (uint256 i = 0; i < items.length; ++i) {
            // At most `lastId`, so the cast fits.
            (Currency currency, , ) = accounts.currencyOf(CurrencyId.wrap(uint16(first + i)));
            items[i] = getCurrency(currency);
        }
    }

    // ------------------------------------------------------------ internal

    function _price(Currency currency) private view returns (Price storage price) {
        price = _prices[currency];
        require(CurrencyId.unwrap(price.currencyId) != 0, CurrencyNotListed(currency));
    }

    function _changePrice(Currency currency, Price storage price, uint256 usdPerToken) private {
        uint256 current = price.usdPerToken;
        if (usdPerToken == current) return;
        price.budget.move(current, usdPerToken);
        // The price is in range, so it fits 88 bits.
        price.usdPerToken = uint88(usdPerToken);
        uint256 index = IAccountRegistry(ACCOUNT_REGISTRY).setIndexSpeed(price.currencyId, _indexPerSecond(usdPerToken));
        emit PriceChanged(currency, usdPerToken, index);
    }

    function _readFeed(address feed, uint32 maxAge) private view returns (uint256) {
        if (SEQUENCER_FEED != address(0)) PriceFeeds.requireSequencerUp(SEQUENCER_FEED);
        return PriceFeeds.read(feed, maxAge);
    }

    function _indexPerSecond(uint256 usdPerToken) private pure returns (uint256) {
        return Units.INDEX_SCALE / usdPerToken;
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
