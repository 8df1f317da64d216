// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @title MockPriceFeed
/// @notice A price feed, or a sequencer uptime feed, of development chains: anyone may set what it answers.
/// @dev Until the first answer its round is incomplete.
contract MockPriceFeed is IPriceFeed {
    struct Round {
        uint80 roundId;
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
        uint80 answeredInRound;
    }

    uint8 private immutable DECIMALS;

    /// @inheritdoc IPriceFeed
    Round public latestRoundData;

    /// @notice Makes a feed without an answer.
    /// @param answerDecimals The number of decimals of its answers.
    constructor(uint8 answerDecimals) {
        DECIMALS = answerDecimals;
    }

    /// @notice Answers in a new round, now.
    /// @param answer USD per whole token, with `decimals` decimals; of an uptime feed, 0 for up and 1 for down.
    function setAnswer(int256 answer) external {
        uint80 roundId = latestRoundData.roundId + 1;
        latestRoundData = Round(roundId, answer, block.timestamp, block.timestamp, roundId);
    }

    /// @notice Answers with a round of any kind: an old one, an incomplete one, one that began in the future.
    function setRound(uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound) external {
        latestRoundData = Round(roundId, answer, startedAt, updatedAt, answeredInRound);
    }

    /// @inheritdoc IPriceFeed
    function decimals() external view returns (uint8) {
        return DECIMALS;
    }
}
