// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Funding} from "../../../contracts/types/Funding.sol";
import {BucketId, ClusterId} from "../../../contracts/types/Ids.sol";
import {Sharings} from "../base/Sharings.sol";

/// @dev Owners make buckets and hold resource for them.
abstract contract Buckets is Sharings {
    uint256 private constant MAX_BUCKETS = 18;
    /// @dev What a cluster's buckets may pay together (contracts/ClusterRegistry.sol).
    uint256 private constant MAX_CLUSTER_RATE = 2 ** 90;

    uint32 private _bucketsCreated;

    function createBucket(uint256 seed) external seeded(seed) {
        require(_bucketIds.length < MAX_BUCKETS, "enough buckets");
        bytes memory data = abi.encodeCall(IBucketRegistry.createBucket, (_popular(), _params()));
        if (_act(_person(), true, address(buckets), data)) _bucketIds.push(BucketId.wrap(++_bucketsCreated));
    }

    /// @dev What is deposited, created and allocated at once.
    function openBucket(uint256 seed) external seeded(seed) {
        require(_bucketIds.length < MAX_BUCKETS, "enough buckets");
        (ClusterId clusterId, address by) = (_popular(), _person());
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(clusterId);
        Funding memory funding = Funding({amount: _between(1, 1e9), deadline: 0, v: 0, r: 0, s: 0});
        uint256 free = cluster.resourcePerVnode - cluster.resourceUsed;
        uint32 resource = uint32(_between(1, free + free / 16 + 1));
        (_consenting, _consent) = (by, uint256(resource) * cluster.rentPerUnit);
        _fund(by, cluster.currency, funding.amount);
        uint256 sent = cluster.currency.isNative() ? funding.amount : 0;
        uint128 maxRent = uint128(cluster.rentPerUnit);
        bytes memory data = abi.encodeCall(IBucketRegistry.openBucket, (clusterId, _params(), resource, maxRent, funding));
        if (_send(by, true, address(buckets), sent, data)) _bucketIds.push(BucketId.wrap(++_bucketsCreated));
    }

    function allocate(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_canGrow);
        address owner = buckets.getBucket(bucketId).owner;
        address by = _mostly(owner);
        (uint32 resource, uint256 rent) = _growth(bucketId, type(uint32).max);
        uint128 maxRent = uint128(_oneIn(8) ? rent - rent / 8 : rent + _below(2) * rent);
        // Anyone else has the manager's right at most.
        if (by == owner) (_consenting, _consent) = (owner, uint256(resource) * maxRent);
        bool entitled = by == owner || _allowsManager(bucketId, by, resource, maxRent);
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.allocate, (bucketId, resource, maxRent)));
    }

    function allocateByManager(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_isCapped);
        address by = _mostly(_agreement[buckets.getBucket(bucketId).clusterId].manager);
        (uint32 resource, uint256 rent) = _growth(bucketId, _cap[bucketId].resource);
        uint128 maxRent = uint128(rent + _below(2) * rent);
        bool entitled = by == buckets.getBucket(bucketId).owner || _allowsManager(bucketId, by, resource, maxRent);
        if (by == buckets.getBucket(bucketId).owner) (_consenting, _consent) = (by, uint256(resource) * maxRent);
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.allocate, (bucketId, resource, maxRent)));
    }

    function setResourceCap(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_isInCluster);
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        uint256 rent = clusters.getCluster(bucket.clusterId).rentPerUnit;
        uint32 resource = uint32(_between(0, type(uint32).max));
        uint128 maxRent = _oneIn(8) ? type(uint128).max : uint128(_between(rent - rent / 16, 2 * rent));
        bytes memory data = abi.encodeCall(IBucketRegistry.setResourceCap, (bucketId, resource, maxRent));
        if (_act(by, entitled, address(buckets), data)) _cap[bucketId] = Cap({resource: resource, rent: maxRent});
    }

    function release(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_isHeld);
        uint256 held = buckets.getBucket(bucketId).resource;
        uint32 resource = uint32(_between(1, held + held / 16));
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.release, (bucketId, resource)));
    }

    function changeBucketParams(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_anyBucket);
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.changeBucketParams, (bucketId, _params())));
    }

    function offerBucket(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_anyBucket);
        address to = _oneIn(16) ? address(0) : _person();
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.offerBucket, (bucketId, to)));
    }

    function acceptBucket(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_isOffered);
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        address by = _mostly(bucket.offeredTo);
        uint128 maxRate = uint128(_oneIn(8) ? bucket.ratePerMonth / 2 : bucket.ratePerMonth);
        (_consenting, _consent) = (by, maxRate);
        bytes memory data = abi.encodeCall(IBucketRegistry.acceptBucket, (bucketId, maxRate));
        if (!_act(by, by == bucket.offeredTo, address(buckets), data)) return;
        delete _cap[bucketId];
        _noteOwner(bucketId, by);
    }

    function closeBucket(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_anyBucket);
        if (!_act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.closeBucket, (bucketId)))) return;
        for (uint256 i = 0; i < _bucketIds.length; ++i) {
            if (BucketId.unwrap(_bucketIds[i]) == BucketId.unwrap(bucketId)) _bucketIds[i] = _bucketIds[_bucketIds.length - 1];
        }
        _bucketIds.pop();
    }

    /// @dev Gives notice, or acts on it.
    function reclaim(uint256 seed) external seeded(seed) {
        BucketId bucketId = _oneIn(4) ? _bucket(_isHeld) : _bucket(_isReclaimable);
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        Agreement memory agreement = _agreement[bucket.clusterId];
        bool free = bucket.ratePerMonth == 0;
        address by = free ? _mostly(agreement.manager) : _person();
        bool dry = _balance[bucket.owner][agreement.currency] < _rate[bucket.owner][agreement.currency];
        bool entitled = free ? by == agreement.manager : dry;
        _act(by, entitled, address(buckets), abi.encodeCall(IBucketRegistry.reclaim, (bucketId)));
    }

    /// @dev Gives notice, or acts on it.
    function endBucket(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_isEndable);
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        address manager = _agreement[bucket.clusterId].manager;
        address by = _mostly(manager);
        _act(by, by == manager || bucket.endsAt != 0, address(buckets), abi.encodeCall(IBucketRegistry.endBucket, (bucketId)));
    }

    function bucketMulticall(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _bucketAndCaller(_isHeld);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IBucketRegistry.settlePayment, (bucketId));
        calls[1] = abi.encodeCall(IBucketRegistry.release, (bucketId, 1));
        calls[2] = abi.encodeCall(IBucketRegistry.settlePayment, (bucketId));
        _act(by, entitled, address(buckets), abi.encodeCall(Multicall.multicall, (calls)));
    }

    // ------------------------------------------------------------ choices

    /// @dev Some clusters have more buckets than others.
    function _popular() private returns (ClusterId) {
        return _clusterIds[_below(1 + _below(_clusterIds.length))];
    }

    function _bucketAndCaller(
        function(BucketId) internal view returns (bool) suits
    ) private returns (BucketId bucketId, address by, bool entitled) {
        bucketId = _bucket(suits);
        address owner = buckets.getBucket(bucketId).owner;
        by = _mostly(owner);
        entitled = by == owner;
    }

    /// @dev How much to allocate, at what rent: what the cluster has free, what the owner's rates leave room for, and at most up to `most`.
    function _growth(BucketId bucketId, uint256 most) private returns (uint32 resource, uint256 rent) {
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(bucket.clusterId);
        rent = cluster.rentPerUnit;
        uint256 room = most > bucket.resource ? most - bucket.resource : 0;
        if (cluster.resourcePerVnode - cluster.resourceUsed < room) room = cluster.resourcePerVnode - cluster.resourceUsed;
        uint256 ratesLeft = type(uint96).max - _rate[bucket.owner][cluster.currency];
        if (rent != 0 && ratesLeft / rent < room) room = ratesLeft / rent;
        if (rent != 0 && _leftOf(cluster) < room) room = _leftOf(cluster);
        resource = uint32(_between(1, room + room / 16));
    }

    /// @dev How much more may be allocated in a cluster at its present rent, whatever it has reserved.
    function _leftOf(IClusterRegistry.ClusterStatus memory cluster) private pure returns (uint256 left) {
        uint256 all = cluster.rentPerUnit == 0 ? type(uint32).max : MAX_CLUSTER_RATE / cluster.rentPerUnit;
        return all > cluster.resourceUsed ? all - cluster.resourceUsed : 0;
    }

    /// @dev What the owner agreed to; notes the consent if so.
    function _allowsManager(BucketId bucketId, address by, uint256 resource, uint256 maxRent) private returns (bool) {
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        Cap memory cap = _cap[bucketId];
        if (by != _agreement[bucket.clusterId].manager || bucket.resource + resource > cap.resource) return false;
        (_consenting, _consent) = (bucket.owner, resource * (cap.rent < maxRent ? cap.rent : maxRent));
        return true;
    }

    function _canGrow(BucketId bucketId) private view returns (bool) {
        if (!_isInCluster(bucketId)) return false;
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(buckets.getBucket(bucketId).clusterId);
        if (cluster.closed || _leftOf(cluster) == 0) return false;
        return cluster.resourcePerVnode > cluster.resourceUsed && !accounts.getListing(cluster.currency).paused;
    }

    function _isCapped(BucketId bucketId) private view returns (bool) {
        if (!_canGrow(bucketId)) return false;
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        bool affordable = _cap[bucketId].rent >= clusters.getCluster(bucket.clusterId).rentPerUnit;
        return affordable && _cap[bucketId].resource > bucket.resource;
    }

    function _isHeld(BucketId bucketId) private view returns (bool) {
        return buckets.getBucket(bucketId).resource != 0;
    }

    function _isOffered(BucketId bucketId) private view returns (bool) {
        return buckets.getBucket(bucketId).offeredTo != address(0);
    }

    function _isReclaimable(BucketId bucketId) private view returns (bool) {
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        bool dry = bucket.ratePerMonth == 0 || bucket.coveredUntil <= block.timestamp;
        return bucket.resource != 0 && dry && bucket.reclaimableFrom <= block.timestamp;
    }

    function _isEndable(BucketId bucketId) private view returns (bool) {
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        return bucket.resource != 0 && bucket.endsAt <= block.timestamp;
    }
}
