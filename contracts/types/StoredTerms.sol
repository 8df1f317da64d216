// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyId} from "./Ids.sol";

/// @dev The terms of a cluster. Without notices they are the default ones.
/// @param validator The validator in office; zero: the manager who created the cluster.
/// @param maxSlashBps The largest share of a bond that can be lost in any seven days, in basis points.
/// @param leavingNotice How long before it leaves a node announces it, in seconds.
/// @param validatorNotice How long before it takes effect a change of the validator is announced, in seconds.
/// @param bondPerVnode The bond for each vnode, in base units.
/// @param validatorSince When the validator took office; 0: when the cluster was created (unix seconds).
/// @param currencyId The cluster's currency; bonds outlive the cluster.
/// @param office How many validators were in office before. At most one changes in an hour, so 16 bits last for seven years of hourly
/// changes; after that many the validator stays in office.
struct StoredTerms {
    address validator;
    uint16 maxSlashBps;
    uint24 leavingNotice;
    uint24 validatorNotice;
    uint128 bondPerVnode;
    uint40 validatorSince;
    CurrencyId currencyId;
    uint16 office;
}
