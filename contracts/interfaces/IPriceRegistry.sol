// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../types/Currency.sol";
import {CurrencyId} from "../types/Ids.sol";
import {IListingErrors} from "./ISharedErrors.sol";

/// @title IPriceRegistry
/// @notice Decides which currencies are listed, what they are worth and whether they are paused, and tells the account registry.
/// @dev The account registry keeps what streams need to know. Deposits, withdrawals and streams never call the price registry.
interface IPriceRegistry is IListingErrors {
    /// @notice A currency and its price.
    /// @param currency The token, zero for the native currency.
    /// @param currencyId Its number, given in order from 1.
    /// @param decimals The token's decimals.
    /// @param paused Whether streams may neither start nor grow in it.
    /// @param usdPerToken USD (18 decimals) per whole token, in force.
    /// @param minPrice The lowest price that a change could set now.
    /// @param maxPrice The highest price that a change could set now.
    /// @param feed Where the price comes from; zero: it is set by hand.
    /// @param maxAge The age in seconds beyond which the feed's answer is stale.
    /// @param index The currency's index now.
    /// @param scale How many scaled units one base unit is.
    struct CurrencyStatus {
        Currency currency;
        CurrencyId currencyId;
        uint8 decimals;
        bool paused;
        uint256 usdPerToken;
        uint256 minPrice;
        uint256 maxPrice;
        address feed;
        uint32 maxAge;
        uint256 index;
        uint256 scale;
    }

    /// @notice A currency is listed.
    /// @param currency The token, zero for the native currency.
    /// @param currencyId Its number.
    event CurrencyAdded(Currency indexed currency, CurrencyId indexed currencyId);

    /// @notice A price takes effect.
    /// @param currency The currency.
    /// @param usdPerToken USD (18 decimals) per whole token.
    /// @param index The currency's index at that moment.
    event PriceChanged(Currency indexed currency, uint256 usdPerToken, uint256 index);

    /// @notice The source of a currency's price changes.
    /// @param currency The currency.
    /// @param feed The feed; zero: the price is set by hand.
    /// @param maxAge The age in seconds beyond which its answers are stale.
    event FeedChanged(Currency indexed currency, address indexed feed, uint32 maxAge);

    /// @notice A currency is paused or resumed.
    /// @param currency The currency.
    /// @param paused Whether streams may neither start nor grow in it.
    event CurrencyPauseChanged(Currency indexed currency, bool paused);

    /// @notice The price is outside what the registries can count exactly.
    error PriceOutOfRange(uint256 usdPerToken, uint256 minimum, uint256 maximum);
    /// @notice The price moves further than its budget allows now. It may be set between the bounds. If it stays as it is, they hold
    /// this price (when it is synced: another price in this direction) from `until` on (unix seconds), or, where they never will, the
    /// budget is full from then on.
    error PriceMoveTooLarge(Currency currency, uint256 usdPerToken, uint256 minimum, uint256 maximum, uint256 until);
    /// @notice The price stated by hand is not within a factor of two of the feed's.
    error PriceFarFromFeed(uint256 usdPerToken, uint256 feedPrice);
    /// @notice The price of this currency comes from its feed.
    error CurrencyHasFeed(Currency currency, address feed);
    /// @notice The price of this currency is set by hand.
    error CurrencyHasNoFeed(Currency currency);
    /// @notice The feed does not answer as a feed does.
    error FeedUnavailable(address feed);
    /// @notice The feed's answer is not positive.
    error FeedAnswerNotPositive(address feed, int256 answer);
    /// @notice The feed's newest round has no answer of its own yet.
    error FeedRoundIncomplete(address feed, uint256 roundId, uint256 answeredInRound, uint256 updatedAt);
    /// @notice The feed's answer is older than the currency allows.
    error FeedAnswerStale(address feed, uint256 updatedAt, uint256 maxAge);
    /// @notice The feed has more decimals than can be scaled.
    error FeedDecimalsTooMany(address feed, uint256 decimals, uint256 maximum);
    /// @notice A feed whose answers may have no age would never be fresh.
    error FeedMaxAgeZero(address feed);
    /// @notice The sequencer of this chain is down.
    error SequencerDown();
    /// @notice The sequencer of this chain has been up for less than an hour.
    error SequencerJustUp(uint256 until);

    /// @notice Lists a currency, with a full budget. For the administrator.
    /// @param currency An ERC-20 of 0 to 24 decimals, or zero for the native currency (18 decimals).
    /// @param usdPerToken USD (18 decimals) per whole token, from 10^10 to 10^25.
    /// @param feed Where the price comes from, zero: set by hand. With a feed its answer is taken, and `usdPerToken` has to be
    /// within a factor of two of it.
    /// @param maxAge The age in seconds beyond which the feed's answers are stale.
    function addCurrency(Currency currency, uint256 usdPerToken, address feed, uint32 maxAge) external;

    /// @notice Changes where the price comes from; the price itself stays until it is next set or synced. For the administrator.
    /// @param currency The currency.
    /// @param feed The feed; zero: set by hand.
    /// @param maxAge The age in seconds beyond which the feed's answers are stale.
    function setFeed(Currency currency, address feed, uint32 maxAge) external;

    /// @notice Sets the price of a currency without a feed, within its budget: twofold at once, and about twofold more a day, up and
    /// down alike (see {PriceBudgets}). For the price role.
    /// @param currency The currency.
    /// @param usdPerToken USD (18 decimals) per whole token.
    function setPrice(Currency currency, uint256 usdPerToken) external;

    /// @notice Takes the price from the currency's feed, as far as its budget allows. For anyone.
    /// @dev A bad answer is refused, and the last good price stays in force.
    /// @param currency The currency.
    /// @return usdPerToken The price now in force.
    function syncPrice(Currency currency) external returns (uint256 usdPerToken);

    /// @notice Keeps streams from starting or growing in a currency, or lets them again. For the guardian.
    /// @param currency The currency.
    /// @param paused Which of the two.
    function pauseCurrency(Currency currency, bool paused) external;

    /// @notice A currency and its price. Reverts if it is not listed.
    function getCurrency(Currency currency) external view returns (CurrencyStatus memory);

    /// @notice The currencies with numbers in [offset, offset + limit).
    /// @return items The currencies.
    /// @return lastId The highest number given so far, 0 if none.
    function listCurrencies(uint32 offset, uint32 limit) external view returns (CurrencyStatus[] memory items, uint256 lastId);

    /// @notice The registry that is told.
    function ACCOUNT_REGISTRY() external view returns (address);

    /// @notice The uptime feed of the chain's sequencer; zero where the chain has none.
    function SEQUENCER_FEED() external view returns (address);
}
