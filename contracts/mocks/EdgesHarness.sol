// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Account, Accounts, AccruedAccount} from "../libraries/Accounts.sol";
import {PriceFeeds} from "../libraries/PriceFeeds.sol";
import {MockPriceFeed} from "./MockPriceFeed.sol";

/// @title EdgesHarness
/// @notice Lets tests call libraries with many inputs at once.
contract EdgesHarness {
    using Accounts for Account;
    using Accounts for AccruedAccount;

    /// @notice The results of the functions of OpenZeppelin's `Math` for two numbers.
    struct Results {
        uint256 max;
        uint256 min;
        uint256 ceilDiv;
        uint256 saturatingAdd;
        uint256 saturatingSub;
        uint256 saturatingMul;
    }

    uint256 private constant TICK_BITS = 72;

    Account private _account;

    /// @notice Each account at an index; and the same, touched and written back on the way.
    function touch(
        Account[] calldata accounts,
        uint256[] calldata onTheWay,
        uint256[] calldata indices
    ) external returns (AccruedAccount[] memory atOnce, AccruedAccount[] memory inSteps) {
        (atOnce, inSteps) = (new AccruedAccount[](accounts.length), new AccruedAccount[](accounts.length));
        for (uint256 i = 0; i < accounts.length; ++i) {
            _account = accounts[i];
            atOnce[i] = _account.at(indices[i], TICK_BITS);
            AccruedAccount memory value = _account.at(onTheWay[i], TICK_BITS);
            _account.store(value, value.endTicksOf(TICK_BITS));
            inSteps[i] = _account.at(indices[i], TICK_BITS);
        }
    }

    /// @notice The prices that a feed with so many decimals leads to.
    function readFeed(uint8 decimals, int256[] calldata answers) external returns (uint256[] memory prices) {
        MockPriceFeed feed = new MockPriceFeed(decimals);
        prices = new uint256[](answers.length);
        for (uint256 i = 0; i < answers.length; ++i) {
            feed.setAnswer(answers[i]);
            prices[i] = PriceFeeds.read(address(feed), 1);
        }
    }

    /// @notice As in OpenZeppelin's `Math`, for each pair; the second number of a division is one more.
    function math(uint256[] calldata a, uint256[] calldata b) external pure returns (Results[] memory results) {
        results = new Results[](a.length);
        for (uint256 i = 0; i < a.length; ++i) {
            uint256 divisor = b[i] == 0 ? 1 : b[i];
            results[i] = Results({
                max: Math.max(a[i], b[i]),
                min: Math.min(a[i], b[i]),
                ceilDiv: Math.ceilDiv(a[i], divisor),
                saturatingAdd: Math.saturatingAdd(a[i], b[i]),
                saturatingSub: Math.saturatingSub(a[i], b[i]),
                saturatingMul: Math.saturatingMul(a[i], b[i])
            });
        }
    }
}
