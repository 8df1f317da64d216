// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PriceBudget} from "../libraries/PriceBudgets.sol";
import {CurrencyId} from "./Ids.sol";

/// @dev The price of a currency as the price registry stores it.
/// @param usdPerToken USD (18 decimals) per whole token, at most 10^25 < 2^88.
/// @param currencyId The currency's number; 0: it is not listed.
/// @param feed The feed from which the price comes; zero: it is set by hand.
/// @param maxAge The age in seconds beyond which the feed's answer is stale.
/// @param budget How far the price may move.
struct Price {
    uint88 usdPerToken;
    CurrencyId currencyId;
    address feed;
    uint32 maxAge;
    PriceBudget budget;
}
