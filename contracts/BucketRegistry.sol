// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {BucketAccess} from "./buckets/BucketAccess.sol";
import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "./interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {Funding} from "./types/Funding.sol";
import {BucketId, ClusterId, CurrencyId} from "./types/Ids.sol";

/// @title BucketRegistry
/// @notice Keeps the buckets: who owns and pays them, and what of which cluster they hold.
/// @dev A bucket's rate is a part of its owner's stream to the cluster, which the account registry keeps. Only the owner, or the cluster's
/// manager within the amount and the rent that the owner agreed to, can raise it.
contract BucketRegistry is BucketAccess {
    // ------------------------------------------------------------ types

    /// @param tenure How many owners it had before.
    /// @param rate What it pays (USD, 18 decimals, per month): a part of the owner's sum of rates, which has 96 bits.
    /// @param lastGrowthIndex The owner's paid index when the bucket last grew or changed hands, below 2^120.
    struct Bucket {
        address owner;
        ClusterId clusterId;
        uint32 params;
        uint32 tenure;
        uint96 rate;
        uint32 resource;
        uint128 lastGrowthIndex;
    }

    /// @dev What is not needed to allocate and to pay.
    /// @param resourceCap Up to how much the manager may allocate, and `capRent` at what rent per unit.
    /// @param reclaimableFrom When the notice for not paying is over (unix seconds); 0: there is none.
    /// @param endsAt When the manager's notice is over (unix seconds); 0: there is none.
    /// @param noticeIndex The currency's index when the notice for not paying was given, below 2^120; 0: to a bucket with a rate of zero.
    /// @param noticePaidIndex The owner's paid index then; of another owner's account, moved so that the progress since stays the same.
    struct Terms {
        uint32 resourceCap;
        uint96 capRent;
        uint40 reclaimableFrom;
        uint40 endsAt;
        uint120 noticeIndex;
        int128 noticePaidIndex;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MIN_RECLAIM_NOTICE = 1 hours;
    uint256 private constant MAX_RECLAIM_NOTICE = 7 days;
    uint256 private constant END_NOTICE = 30 days;
    /// @dev How long after its end the manager's notice can be acted on: or all buckets could be under notice for good.
    uint256 private constant END_NOTICE_LAPSE = 30 days;

    /// @inheritdoc IBucketRegistry
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc IBucketRegistry
    address public immutable ACCOUNT_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(BucketId bucketId => Bucket) private _buckets;
    mapping(BucketId bucketId => Terms) private _terms;
    mapping(BucketId bucketId => address) private _offers;

    // ------------------------------------------------------------ constructor

    constructor(address clusterRegistry, address accountRegistry) {
        CLUSTER_REGISTRY = clusterRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
    }

    // ------------------------------------------------------------ functions that change state: resource

    /// @inheritdoc IBucketRegistry
    function createBucket(ClusterId clusterId, string calldata params) external returns (BucketId bucketId) {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        (bucketId, ) = _create(clusterId, params);
    }

    /// @inheritdoc IBucketRegistry
    function openBucket(
        ClusterId clusterId,
        string calldata params,
        uint32 resource,
        uint128 maxRentPerUnit,
        Funding calldata funding
    ) external payable returns (BucketId bucketId) {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(clusterId);
        // First, so that a token that calls back finds no bucket.
        IAccountRegistry(ACCOUNT_REGISTRY).fundAccount{value: msg.value}(msg.sender, currencyId, funding);
        Bucket storage bucket;
        (bucketId, bucket) = _create(clusterId, params);
        (uint256 rate, uint256 paidIndex) = _rent(clusterId, msg.sender, resource, maxRentPerUnit);
        _set(bucket, rate, resource, paidIndex);
        emit ResourceAllocated(bucketId, clusterId, msg.sender, resource, rate);
    }

    /// @inheritdoc IBucketRegistry
    function allocate(BucketId bucketId, uint32 resource, uint128 maxRentPerUnit) external {
        Bucket storage bucket = _bucket(bucketId);
        (ClusterId clusterId, address owner) = (bucket.clusterId, bucket.owner);
        uint256 maxRent = maxRentPerUnit;
        if (msg.sender != owner) maxRent = Math.min(maxRent, _requireWithinCap(bucketId, bucket, resource));
        (uint256 added, uint256 paidIndex) = _rent(clusterId, owner, resource, maxRent);

        (uint256 rate, uint32 held) = (bucket.rate, bucket.resource);
        // What a manager adds does not make the owner's notices shorter.
        if (msg.sender != owner && held != 0) paidIndex = bucket.lastGrowthIndex;
        // The rate is a part of the owner's sum of rates, the resource of what the cluster's buckets use; both were checked to fit.
        _set(bucket, rate + added, held + resource, paidIndex);
        emit ResourceAllocated(bucketId, clusterId, msg.sender, held + resource, rate + added);
    }

    /// @inheritdoc IBucketRegistry
    function release(BucketId bucketId, uint32 resource) external {
        Bucket storage bucket = _ownBucket(bucketId);
        require(resource != 0, ResourceZero());
        require(resource <= bucket.resource, BucketResourceExceeded(bucketId, resource, bucket.resource));
        _release(bucketId, bucket, resource);
    }

    /// @inheritdoc IBucketRegistry
    function setResourceCap(BucketId bucketId, uint32 resource, uint128 maxRentPerUnit) external {
        _ownBucket(bucketId);
        Terms storage terms = _terms[bucketId];
        terms.resourceCap = resource;
        // No cluster's rent per unit has more than 96 bits.
        terms.capRent = uint96(Math.min(maxRentPerUnit, type(uint96).max));
        emit ResourceCapChanged(bucketId, resource, terms.capRent);
    }

    /// @inheritdoc IBucketRegistry
    function reclaim(BucketId bucketId) external {
        Bucket storage bucket = _heldBucket(bucketId);
        Terms storage terms = _terms[bucketId];
        uint256 until = terms.reclaimableFrom;
        uint256 notice = MAX_RECLAIM_NOTICE;
        uint256 index = 0;
        uint256 funded = 0;
        if (bucket.rate == 0) {
            _requireManager(bucket.clusterId);
            if (terms.noticeIndex != 0) until = 0;
        } else {
            CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(bucket.clusterId);
            uint256 indexPerSecond;
            uint256 coveredUntil;
            bool depleted;
            (index, funded, indexPerSecond, coveredUntil, depleted) = IAccountRegistry(ACCOUNT_REGISTRY).coverageOf(
                bucket.owner,
                currencyId
            );
            require(depleted, BucketCovered(bucketId, coveredUntil));
            if (terms.noticeIndex == 0 || _hasPaidSince(terms, index, funded)) until = 0;
            notice = (funded - bucket.lastGrowthIndex) / indexPerSecond;
            notice = Math.min(Math.max(notice, MIN_RECLAIM_NOTICE), MAX_RECLAIM_NOTICE);
        }
        if (until != 0) {
            require(block.timestamp >= until, ChangeNotReady(bucketId, until));
            terms.reclaimableFrom = 0;
            _release(bucketId, bucket, bucket.resource);
            emit BucketReclaimed(bucketId, bucket.clusterId, msg.sender);
        } else {
            // 40 bits of seconds last for 34,000 years; both indices are below 2^120.
            terms.reclaimableFrom = uint40(block.timestamp + notice);
            (terms.noticeIndex, terms.noticePaidIndex) = (uint120(index), int128(int256(funded)));
            emit ReclaimNoticed(bucketId, bucket.clusterId, msg.sender, terms.reclaimableFrom);
        }
    }

    /// @inheritdoc IBucketRegistry
    function endBucket(BucketId bucketId) external {
        Bucket storage bucket = _heldBucket(bucketId);
        Terms storage terms = _terms[bucketId];
        uint256 until = _endOf(terms);
        if (until != 0) {
            require(block.timestamp >= until, ChangeNotReady(bucketId, until));
            terms.endsAt = 0;
            _release(bucketId, bucket, bucket.resource);
            emit BucketEnded(bucketId, bucket.clusterId, msg.sender);
        } else {
            _requireManager(bucket.clusterId);
            // 40 bits of seconds last for 34,000 years.
            terms.endsAt = uint40(block.timestamp + END_NOTICE);
            emit EndNoticed(bucketId, bucket.clusterId, terms.endsAt);
        }
    }

    // ------------------------------------------------------------ functions that change state: payment

    /// @inheritdoc IBucketRegistry
    function settlePayment(BucketId bucketId) external {
        Bucket storage bucket = _bucket(bucketId);
        IAccountRegistry(ACCOUNT_REGISTRY).settlePayment(bucket.owner, bucket.clusterId);
    }

    /// @inheritdoc IBucketRegistry
    function settlePayments(BucketId[] calldata bucketIds) external {
        for (uint256 i = 0; i < bucketIds.length; ++i) {
            Bucket storage bucket = _buckets[bucketIds[i]];
            if (bucket.resource == 0) continue;
            IAccountRegistry(ACCOUNT_REGISTRY).settlePayment(bucket.owner, bucket.clusterId);
        }
    }

    // ------------------------------------------------------------ functions that change state: the bucket itself

    /// @inheritdoc IBucketRegistry
    function changeBucketParams(BucketId bucketId, string calldata params) external {
        Bucket storage bucket = _ownBucket(bucketId);
        bucket.params = _replaceParams(BucketId.unwrap(bucketId), bucket.params, params);
        emit BucketParamsChanged(bucketId, params);
    }

    /// @inheritdoc IBucketRegistry
    function offerBucket(BucketId bucketId, address owner) external {
        _ownBucket(bucketId);
        _offers[bucketId] = owner;
        emit BucketOffered(bucketId, msg.sender, owner);
    }

    /// @inheritdoc IBucketRegistry
    function acceptBucket(BucketId bucketId, uint128 maxRatePerMonth) external {
        Bucket storage bucket = _bucket(bucketId);
        address offeredTo = _offers[bucketId];
        require(msg.sender == offeredTo, BucketNotOffered(bucketId, msg.sender, offeredTo));
        require(bucket.rate <= maxRatePerMonth, RateAboveMaximum(bucketId, bucket.rate, maxRatePerMonth));

        address oldOwner = bucket.owner;
        Terms storage terms = _terms[bucketId];
        if (bucket.rate != 0) {
            _moveRate(bucket, terms, oldOwner);
        } else if (terms.reclaimableFrom != 0 && terms.noticeIndex != 0) {
            // Otherwise an owner could void the notice by releasing everything, and allocating it again as another account.
            CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(bucket.clusterId);
            (, uint256 oldPaid, , , ) = IAccountRegistry(ACCOUNT_REGISTRY).coverageOf(oldOwner, currencyId);
            (, uint256 newPaid, , , ) = IAccountRegistry(ACCOUNT_REGISTRY).coverageOf(msg.sender, currencyId);
            _moveNotice(terms, oldPaid, newPaid);
        }
        // Voids all access that the old owner gave.
        (bucket.owner, bucket.tenure) = (msg.sender, bucket.tenure + 1);
        (terms.resourceCap, terms.capRent) = (0, 0);
        delete _offers[bucketId];
        emit BucketAccepted(bucketId, oldOwner, msg.sender);
    }

    /// @inheritdoc IBucketRegistry
    function closeBucket(BucketId bucketId) external {
        Bucket storage bucket = _ownBucket(bucketId);
        if (bucket.resource != 0) _release(bucketId, bucket, bucket.resource);
        _forgetParams(BucketId.unwrap(bucketId), bucket.params);
        emit BucketClosed(bucketId, msg.sender, bucket.clusterId);
        delete _buckets[bucketId];
        delete _terms[bucketId];
        delete _offers[bucketId];
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IBucketRegistry
    function getBucket(BucketId bucketId) external view returns (BucketStatus memory) {
        return _status(bucketId, _bucket(bucketId));
    }

    /// @inheritdoc IBucketRegistry
    function listBuckets(uint32 offset, uint32 limit, address owner) external view returns (BucketStatus[] memory items, uint256 lastId) {
        uint256[] memory ids;
        (ids, lastId) = _page(offset, limit, owner);
        // The statuses take the places of the ids: another array would begin with as many empty statuses.
        assembly ("memory-safe") {
            items := ids
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            // Ids are 32 bits wide.
            BucketId bucketId = BucketId.wrap(uint32(ids[i]));
            items[i] = _status(bucketId, _buckets[bucketId]);
        }
    }

    // ------------------------------------------------------------ internal

    /// @dev A bucket is its owner's.
    function _ownerOf(uint32 id) internal view override returns (address) {
        return _buckets[BucketId.wrap(id)].owner;
    }

    /// @dev The tenure is the number of owners that a bucket had before.
    function _holding(BucketId bucketId) internal view override returns (address owner, uint32 tenure) {
        Bucket storage bucket = _buckets[bucketId];
        return (bucket.owner, bucket.tenure);
    }

    /// @dev Reverts for an unknown bucket.
    function _tenure(BucketId bucketId) internal view override returns (uint32) {
        return _bucket(bucketId).tenure;
    }

    /// @dev Reverts for callers other than the owner.
    function _ownTenure(BucketId bucketId) internal view override returns (uint32) {
        return _ownBucket(bucketId).tenure;
    }

    /// @dev A bucket that holds nothing is not served, though it pays nothing, or one that was reclaimed would be served for nothing.
    function _isFunded(BucketId bucketId) internal view override returns (bool) {
        Bucket storage bucket = _buckets[bucketId];
        return bucket.resource != 0 && _coveredUntil(bucket) > block.timestamp;
    }

    /// @dev A bucket of the caller's that holds nothing.
    function _create(ClusterId clusterId, string calldata params) private returns (BucketId bucketId, Bucket storage bucket) {
        (uint32 id, uint32 ref) = _newItem(params);
        bucketId = BucketId.wrap(id);
        bucket = _buckets[bucketId];
        (bucket.owner, bucket.clusterId, bucket.params) = (msg.sender, clusterId, ref);
        emit BucketCreated(bucketId, msg.sender, clusterId, params);
    }

    /// @dev Gives back `resource` units, at most what the bucket holds. Notices stay, or an owner could void them by allocating anew.
    function _release(BucketId bucketId, Bucket storage bucket, uint32 resource) private {
        (uint256 rate, uint32 held, ClusterId clusterId) = (bucket.rate, bucket.resource, bucket.clusterId);
        uint32 left = held - resource;
        uint256 newRate = Math.ceilDiv(rate * left, held);
        CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).deallocateResource(clusterId, resource);
        if (newRate != rate) {
            IAccountRegistry(ACCOUNT_REGISTRY).lowerRate(
                IAccountRegistry.RateChange({payer: bucket.owner, clusterId: clusterId, currencyId: currencyId, rate: rate - newRate})
            );
        }
        _set(bucket, newRate, left, bucket.lastGrowthIndex);
        emit ResourceDeallocated(bucketId, clusterId, msg.sender, left, newRate);
    }

    /// @dev Lets the caller pay what the old owner paid. A notice stays: the new account's payments go on where the old one's stopped.
    function _moveRate(Bucket storage bucket, Terms storage terms, address oldOwner) private {
        IAccountRegistry.RateChange memory change = IAccountRegistry.RateChange({
            payer: oldOwner,
            clusterId: bucket.clusterId,
            currencyId: IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(bucket.clusterId),
            rate: bucket.rate
        });
        uint256 oldFunded = IAccountRegistry(ACCOUNT_REGISTRY).lowerRate(change);
        change.payer = msg.sender;
        uint256 newFunded = IAccountRegistry(ACCOUNT_REGISTRY).raiseRate(change);
        // Below 2^120, as are all indices.
        bucket.lastGrowthIndex = uint128(newFunded);
        if (terms.reclaimableFrom != 0) _moveNotice(terms, oldFunded, newFunded);
    }

    /// @dev Lets the progress of a new owner's account since the notice go on where that of the old owner's stopped.
    function _moveNotice(Terms storage terms, uint256 oldPaid, uint256 newPaid) private {
        // Within 2^120 on either side of zero, as the progress is not below zero and not above 2^120.
        terms.noticePaidIndex += int128(int256(newPaid)) - int128(int256(oldPaid));
    }

    /// @dev The rate is part of a sum that has 96 bits, and indices are below 2^120.
    function _set(Bucket storage bucket, uint256 rate, uint32 resource, uint256 lastGrowthIndex) private {
        (bucket.rate, bucket.resource, bucket.lastGrowthIndex) = (uint96(rate), resource, uint128(lastGrowthIndex));
    }

    /// @dev Whether the account has paid for at least nine tenths of the time since the notice, in terms of the index.
    function _hasPaidSince(Terms storage terms, uint256 index, uint256 funded) private view returns (bool) {
        // All are below 2^121, so nothing overflows.
        int256 passed = int256(index - terms.noticeIndex);
        int256 paid = int256(funded) - terms.noticePaidIndex;
        return passed != 0 && 10 * paid >= 9 * passed;
    }

    /// @dev When the manager's notice is over; 0: there is none, or it has lapsed.
    function _endOf(Terms storage terms) private view returns (uint40 endsAt) {
        endsAt = terms.endsAt;
        if (block.timestamp >= uint256(endsAt) + END_NOTICE_LAPSE) endsAt = 0;
    }

    /// @dev Takes so much of a cluster, and lets the owner pay for it. Returns what it pays more, and its paid index.
    function _rent(ClusterId clusterId, address owner, uint32 resource, uint256 maxRent) private returns (uint256 rate, uint256 paidIndex) {
        (uint256 rent, CurrencyId currencyId) = IClusterRegistry(CLUSTER_REGISTRY).allocateResource(clusterId, resource);
        require(rent <= maxRent, RentAboveMaximum(clusterId, rent, maxRent));
        rate = rent * resource;
        paidIndex = IAccountRegistry(ACCOUNT_REGISTRY).raiseRate(
            IAccountRegistry.RateChange({payer: owner, clusterId: clusterId, currencyId: currencyId, rate: rate})
        );
    }

    /// @dev Requires that the caller manages the bucket's cluster, and that the owner allowed so much. Returns up to what rent.
    function _requireWithinCap(BucketId bucketId, Bucket storage bucket, uint32 resource) private view returns (uint256) {
        require(
            msg.sender == IClusterRegistry(CLUSTER_REGISTRY).managerOf(bucket.clusterId),
            CallerNotOwnerOrManager(bucketId, msg.sender)
        );
        Terms storage terms = _terms[bucketId];
        uint256 wanted = uint256(bucket.resource) + resource;
        require(wanted <= terms.resourceCap, ResourceCapExceeded(bucketId, wanted, terms.resourceCap));
        return terms.capRent;
    }

    function _requireManager(ClusterId clusterId) private view {
        address manager = IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(msg.sender == manager, CallerNotManager(clusterId, msg.sender, manager));
    }

    function _bucket(BucketId bucketId) private view returns (Bucket storage bucket) {
        bucket = _buckets[bucketId];
        require(bucket.owner != address(0), BucketUnknown(bucketId));
    }

    function _ownBucket(BucketId bucketId) private view returns (Bucket storage bucket) {
        bucket = _bucket(bucketId);
        require(msg.sender == bucket.owner, CallerNotOwner(bucketId, msg.sender, bucket.owner));
    }

    function _heldBucket(BucketId bucketId) private view returns (Bucket storage bucket) {
        bucket = _bucket(bucketId);
        require(bucket.resource != 0, BucketEmpty(bucketId));
    }

    /// @dev Until when the owner's account covers all that it pays; the largest value if this bucket pays nothing.
    function _coveredUntil(Bucket storage bucket) private view returns (uint64 coveredUntil) {
        if (bucket.rate == 0) return type(uint64).max;
        CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(bucket.clusterId);
        (, , , coveredUntil, ) = IAccountRegistry(ACCOUNT_REGISTRY).coverageOf(bucket.owner, currencyId);
    }

    function _status(BucketId bucketId, Bucket storage bucket) private view returns (BucketStatus memory status) {
        Terms storage terms = _terms[bucketId];
        status.bucketId = bucketId;
        status.owner = bucket.owner;
        status.offeredTo = _offers[bucketId];
        status.clusterId = bucket.clusterId;
        status.resource = bucket.resource;
        status.resourceCap = terms.resourceCap;
        status.capRentPerUnit = terms.capRent;
        status.ratePerMonth = bucket.rate;
        status.coveredUntil = _coveredUntil(bucket);
        status.reclaimableFrom = terms.reclaimableFrom;
        status.endsAt = _endOf(terms);
        status.params = _paramsOf(BucketId.unwrap(bucketId), bucket.params);
    }
}
