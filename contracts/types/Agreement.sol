// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev The agreement of a node's provider in a cluster. Amounts are in base units, of which no more than 2^128 are in custody.
/// @param provider The provider that accepted the terms; zero: none did.
/// @param exitAnnouncedAt When the node's exit was announced (unix seconds); 0: it was not.
/// @param shortSince Since when the bond does not cover the node's vnodes (unix seconds), unless it does again by now; 0: it does.
/// @param exitOffice The number of the office whose validator judges the node since its exit was announced, see {StoredTerms}.
/// @param bond The bond in force.
/// @param slashableLeft How much of the bond can still be slashed before the budget is renewed.
/// @param renewsAt When the budget is renewed: seven days after the last slash (unix seconds); 0: there was none.
/// @param leftBefore When the node had last left the cluster as its provider accepted (unix seconds); 0: never. That service is over.
/// @param mayLeaveEarly Whether the node's quality was below half at some time since its exit was announced.
struct Agreement {
    address provider;
    uint40 exitAnnouncedAt;
    uint40 shortSince;
    uint16 exitOffice;
    uint128 bond;
    uint128 slashableLeft;
    uint40 renewsAt;
    uint40 leftBefore;
    bool mayLeaveEarly;
}
