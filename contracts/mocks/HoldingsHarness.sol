// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Holdings} from "../libraries/Holdings.sol";
import {Bucket, Notices} from "../types/BucketState.sol";
import {BucketId, ClusterId, CurrencyId} from "../types/Ids.sol";

/// @title HoldingsHarness
/// @notice For tests: opens {Holdings}, over one bucket and registries that answer as they are told to.
contract HoldingsHarness {
    address private immutable _CLUSTER_REGISTRY;
    address private immutable _ACCOUNT_REGISTRY;

    Bucket private _bucket;
    Notices private _notices;

    /// @notice Works with two registries.
    constructor(address clusterRegistry, address accountRegistry) {
        _CLUSTER_REGISTRY = clusterRegistry;
        _ACCOUNT_REGISTRY = accountRegistry;
    }

    /// @notice Makes this the bucket.
    function setBucket(Bucket calldata bucket) external {
        _bucket = bucket;
    }

    /// @notice Makes these the notices.
    function setNotices(Notices calldata notices) external {
        _notices = notices;
    }

    /// @notice See {Holdings.take}.
    function take(ClusterId clusterId, uint32 resource, uint256 maxRent) external returns (uint256 rate, CurrencyId currencyId) {
        return Holdings.take(_CLUSTER_REGISTRY, clusterId, resource, maxRent);
    }

    /// @notice See {Holdings.grow}.
    function grow(CurrencyId currencyId, uint32 resource, uint256 rate) external returns (uint32 newResource, uint256 newRate) {
        return _bucket.grow(_ACCOUNT_REGISTRY, currencyId, resource, rate);
    }

    /// @notice See {Holdings.shrink}.
    function shrink(uint32 resource) external returns (uint32 left, uint256 newRate) {
        return _bucket.shrink(_CLUSTER_REGISTRY, _ACCOUNT_REGISTRY, resource);
    }

    /// @notice See {Holdings.movePayer}.
    function movePayer(address newOwner) external {
        _bucket.movePayer(_notices, _CLUSTER_REGISTRY, _ACCOUNT_REGISTRY, newOwner);
    }

    /// @notice See {Holdings.requireUnpaid}.
    function requireUnpaid(BucketId bucketId) external view returns (uint256 index, uint256 paidIndex, uint256 duration) {
        return _bucket.requireUnpaid(bucketId, _CLUSTER_REGISTRY, _ACCOUNT_REGISTRY);
    }

    /// @notice See {Holdings.coveredUntil}.
    function coveredUntil() external view returns (uint64) {
        return _bucket.coveredUntil(_CLUSTER_REGISTRY, _ACCOUNT_REGISTRY);
    }

    /// @notice The bucket and its notices as they are stored.
    function stored() external view returns (Bucket memory bucket, Notices memory notices) {
        return (_bucket, _notices);
    }
}
