// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPriceRegistry} from "../../../contracts/interfaces/IPriceRegistry.sol";
import {MockPriceFeed} from "../../../contracts/mocks/MockPriceFeed.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {Calls} from "../base/Calls.sol";

/// @dev Currencies are added and paused, and their prices move, mostly as fast as they may, to a 128th or 128 times of what they were when
/// the currency was listed: the price says how fast ticks pass.
abstract contract Prices is Calls {
    uint256 private constant LOWEST = 1e10;
    uint256 private constant HIGHEST = 1e25;
    uint256 private constant FAR = 128;

    mapping(Currency currency => uint256) private _listedAt;
    mapping(Currency currency => bool) private _falling;

    function addCurrency(uint256 seed) external seeded(seed) {
        if (currencies.length < MAX_CURRENCIES) _list(false, _below(25), _between(LOWEST, HIGHEST), _oneIn(2), _mostly(ADMIN));
        else _act(ADMIN, true, address(prices), abi.encodeCall(IPriceRegistry.pauseCurrency, (_currency(), false)));
    }

    function setPrice(uint256 seed) external seeded(seed) {
        Currency currency = _currencyWith(false);
        address by = _mostly(PRICE_ORACLE);
        uint256 price = _nextPrice(currency);
        bytes memory data = abi.encodeCall(IPriceRegistry.setPrice, (currency, price));
        if (!_act(by, by == PRICE_ORACLE, address(prices), data)) return;
        _expect(_price[currency] == price, "pricesMoveWithinBounds", "not the price that was set");
    }

    /// @dev Now and then the feed's answer is stale, not positive, or of the future.
    function syncPrice(uint256 seed) external seeded(seed) {
        Currency currency = _currencyWith(true);
        MockPriceFeed feed = _feedOf[currency];
        uint256 wanted = _oneIn(4) ? _between(LOWEST / 1_000, HIGHEST * 1_000) : _nextPrice(currency);
        feed.setAnswer(int256(wanted));
        if (_oneIn(8)) feed.setRound(1, int256(_below(2)), 1, _oneIn(2) ? 1 : type(uint40).max, 1);
        _act(_person(), true, address(prices), abi.encodeCall(IPriceRegistry.syncPrice, (currency)));
    }

    /// @dev A price goes as far as it may for twelve days, twofold a day, and then back.
    function racePrice(uint256 seed) external seeded(seed) {
        Currency currency = _currencyWith(false);
        for (uint256 i = 0; i < 24; ++i) {
            uint256 price = _onwards(currency);
            _act(PRICE_ORACLE, true, address(prices), abi.encodeCall(IPriceRegistry.setPrice, (currency, price)));
            _pass(i % 2 == 0 ? 1 hours : 23 hours);
        }
    }

    function setFeed(uint256 seed) external seeded(seed) {
        Currency currency = _currency();
        address by = _mostly(ADMIN);
        address feed = _oneIn(2) ? address(_feedOf[currency]) : address(0);
        _act(by, by == ADMIN, address(prices), abi.encodeCall(IPriceRegistry.setFeed, (currency, feed, FEED_MAX_AGE)));
    }

    function pauseCurrency(uint256 seed) external seeded(seed) {
        address by = _mostly(GUARDIAN);
        _act(by, by == GUARDIAN, address(prices), abi.encodeCall(IPriceRegistry.pauseCurrency, (_currency(), _oneIn(3))));
    }

    /// @dev Adds a new currency to the registry and to the world.
    function _list(bool native, uint256 decimals, uint256 price, bool withFeed, address by) internal {
        Currency currency = _makeToken(native, decimals, price);
        address feed = withFeed ? address(_feedOf[currency]) : address(0);
        currencies.push(currency);
        (_listedAt[currency], _falling[currency]) = (price, _oneIn(2));
        _act(by, by == ADMIN, address(prices), abi.encodeCall(IPriceRegistry.addCurrency, (currency, price, feed, FEED_MAX_AGE)));
    }

    /// @dev On to where the price is heading, or to anywhere within the bounds.
    function _nextPrice(Currency currency) private returns (uint256) {
        IPriceRegistry.CurrencyStatus memory status = prices.getCurrency(currency);
        if (_oneIn(4)) return _between(status.minPrice - status.minPrice / 8, status.maxPrice + status.maxPrice / 8);
        return _onwards(currency);
    }

    /// @dev On to where the price is heading, by as much as the bounds allow.
    function _onwards(Currency currency) private returns (uint256) {
        IPriceRegistry.CurrencyStatus memory status = prices.getCurrency(currency);
        uint256 lowest = Math.max(LOWEST, _listedAt[currency] / FAR);
        uint256 highest = Math.min(HIGHEST, _listedAt[currency] * FAR);
        if (status.usdPerToken <= lowest) _falling[currency] = false;
        if (status.usdPerToken >= highest) _falling[currency] = true;
        return _falling[currency] ? Math.max(status.minPrice, lowest) : Math.min(status.maxPrice, highest);
    }

    function _currencyWith(bool feed) private returns (Currency currency) {
        uint256 start = _below(currencies.length);
        for (uint256 i = 0; i < currencies.length; ++i) {
            currency = currencies[(start + i) % currencies.length];
            if ((prices.getCurrency(currency).feed != address(0)) == feed) return currency;
        }
    }
}
