// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PriceFeeds} from "../libraries/PriceFeeds.sol";

/// @title PriceFeedsHarness
/// @notice Lets tests call {PriceFeeds}.
contract PriceFeedsHarness {
    /// @notice As in {PriceFeeds}.
    function read(address feed, uint256 maxAge) external view returns (uint256 usdPerToken) {
        return PriceFeeds.read(feed, maxAge);
    }

    /// @notice As in {PriceFeeds}.
    function requireSequencerUp(address uptimeFeed) external view {
        PriceFeeds.requireSequencerUp(uptimeFeed);
    }
}
