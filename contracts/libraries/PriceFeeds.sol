// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LibCall} from "solady/src/utils/LibCall.sol";

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {IPriceRegistry} from "../interfaces/IPriceRegistry.sol";

/// @title PriceFeeds
/// @notice Reads a Chainlink-style feed and says precisely what is wrong with it, if anything is.
/// @dev The answers are decoded as plain words, so that whatever a feed returns leads to an error with a name.
library PriceFeeds {
    uint256 private constant PRICE_DECIMALS = 18;
    uint256 private constant MAX_FEED_DECIMALS = 36;
    uint256 private constant SEQUENCER_GRACE = 1 hours;
    int256 private constant SEQUENCER_UP = 0;

    /// @notice The feed's price in USD (18 decimals) per whole token; saturates.
    /// @param maxAge The age in seconds beyond which an answer is stale.
    function read(address feed, uint256 maxAge) internal view returns (uint256 usdPerToken) {
        (uint256 roundId, int256 answer, , uint256 updatedAt, uint256 answeredInRound) = _latestRound(feed);
        require(answer > 0, IPriceRegistry.FeedAnswerNotPositive(feed, answer));
        require(
            updatedAt != 0 && updatedAt <= block.timestamp && answeredInRound >= roundId,
            IPriceRegistry.FeedRoundIncomplete(feed, roundId, answeredInRound, updatedAt)
        );
        require(block.timestamp - updatedAt <= maxAge, IPriceRegistry.FeedAnswerStale(feed, updatedAt, maxAge));

        uint256 decimals = _decimals(feed);
        require(decimals <= MAX_FEED_DECIMALS, IPriceRegistry.FeedDecimalsTooMany(feed, decimals, MAX_FEED_DECIMALS));
        // The answer is positive, so the cast keeps its value.
        return
            decimals <= PRICE_DECIMALS
                ? Math.saturatingMul(uint256(answer), 10 ** (PRICE_DECIMALS - decimals))
                : uint256(answer) / 10 ** (decimals - PRICE_DECIMALS);
    }

    /// @notice Reverts unless the chain's sequencer has been up for an hour, by its uptime feed.
    /// @dev Prices from before an outage may be worthless, and no party could act on them:
    /// https://docs.chain.link/data-feeds/l2-sequencer-feeds.
    function requireSequencerUp(address uptimeFeed) internal view {
        (, int256 answer, uint256 startedAt, , ) = _latestRound(uptimeFeed);
        require(answer == SEQUENCER_UP && startedAt != 0, IPriceRegistry.SequencerDown());
        uint256 until = Math.saturatingAdd(startedAt, SEQUENCER_GRACE);
        require(block.timestamp >= until, IPriceRegistry.SequencerJustUp(until));
    }

    function _latestRound(address feed) private view returns (uint256, int256, uint256, uint256, uint256) {
        bytes memory data = _ask(feed, abi.encodeCall(IPriceFeed.latestRoundData, ()), 5 * 32);
        return abi.decode(data, (uint256, int256, uint256, uint256, uint256));
    }

    function _decimals(address feed) private view returns (uint256) {
        return abi.decode(_ask(feed, abi.encodeCall(IPriceFeed.decimals, ()), 32), (uint256));
    }

    /// @dev Copies no more than `length` bytes of what the feed answers, however long that is.
    function _ask(address feed, bytes memory question, uint16 length) private view returns (bytes memory data) {
        bool success;
        (success, , data) = LibCall.tryStaticCall(feed, gasleft(), length, question);
        require(success && data.length == length, IPriceRegistry.FeedUnavailable(feed));
    }
}
