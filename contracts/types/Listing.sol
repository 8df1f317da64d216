// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyId} from "./Ids.sol";

/// @dev A listed currency as deposits and withdrawals need it, in one slot.
/// @param owed All deposits credited less all withdrawals, in base units; see {Units.maxCustody}.
/// @param decimals The token's decimals, at most 24.
/// @param id The currency's number; 0: the currency is not listed.
struct Listing {
    uint128 owed;
    uint8 decimals;
    CurrencyId id;
}
