// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BucketNotices} from "../libraries/BucketNotices.sol";
import {Holdings} from "../libraries/Holdings.sol";
import {ClusterId} from "./Ids.sol";
import {PendingChange} from "./PendingChange.sol";

using BucketNotices for Notices global;
using Holdings for Bucket global;

/// @notice A bucket as the bucket registry stores it.
/// @param params Where the registry keeps its configuration, see {ItemStore}.
/// @param tenure How many owners the bucket had before this one.
/// @param rate Its rate (USD, 18 decimals, per month). It is a part of the owner's sum of rates, which has 96 bits.
/// @param resource How many units of resource the bucket holds on each vnode.
/// @param lastGrowthIndex The owner's paid index when the owner last let the bucket grow or took it over.
struct Bucket {
    address owner;
    ClusterId clusterId;
    uint32 params;
    uint32 tenure;
    uint96 rate;
    uint32 resource;
    uint128 lastGrowthIndex;
}

/// @notice The notices on a bucket; and the cap up to which the cluster's manager may allocate, which shares a slot with them.
/// @param resourceCap Up to how many units the manager may allocate.
/// @param capRent Up to what rent per unit the manager may allocate (USD, 18 decimals, per month).
/// @param reclaim The notice for not paying.
/// @param end The manager's notice, which lapses.
/// @param noticeIndex The currency's index when the notice for not paying was given; 0: the bucket's rate was zero.
/// @param noticePaidIndex The owner's paid index at that time. A change of hands moves it, so that the progress since the notice stays the
/// same; therefore it can be negative.
struct Notices {
    uint32 resourceCap;
    uint96 capRent;
    PendingChange reclaim;
    PendingChange end;
    uint120 noticeIndex;
    int128 noticePaidIndex;
}
