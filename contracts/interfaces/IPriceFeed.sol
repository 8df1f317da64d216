// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title IPriceFeed
/// @notice The part of Chainlink's `AggregatorV3Interface` that the registries read.
/// @dev https://docs.chain.link/data-feeds/api-reference. A sequencer uptime feed has the same shape: its `answer` is 0
/// while the sequencer is up, and `startedAt` says since when.
interface IPriceFeed {
    /// @notice The number of decimals of `answer`.
    function decimals() external view returns (uint8);

    /// @notice The newest round.
    /// @return roundId The number of the round.
    /// @return answer USD per whole token, with `decimals()` decimals.
    /// @return startedAt When the round started (unix seconds).
    /// @return updatedAt When the answer was computed (unix seconds), 0 while it is not.
    /// @return answeredInRound The round in which the answer was computed.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
