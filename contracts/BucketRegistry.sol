// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ItemStore} from "./base/ItemStore.sol";
import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IBucketAccess} from "./interfaces/IBucketAccess.sol";
import {IBucketRegistry} from "./interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {AccessRights} from "./libraries/AccessRights.sol";
import {Gates} from "./libraries/Gates.sol";
import {Holdings} from "./libraries/Holdings.sol";
import {AccessState, Gate, Grant, KeyEpochState, READ, WRITE, WrappedKey} from "./types/AccessState.sol";
import {Bucket, Notices} from "./types/BucketState.sol";
import {Funding} from "./types/Funding.sol";
import {BucketId, ClusterId, CurrencyId} from "./types/Ids.sol";
import {PendingChange} from "./types/PendingChange.sol";

/// @title BucketRegistry
/// @notice Keeps the buckets: who owns and pays them, what of which cluster they hold, who may use them, and for whom their data keys are
/// wrapped.
/// @dev A bucket's rate is a part of its owner's stream to the cluster, which the account registry keeps. Only the owner, or the cluster's
/// manager within the amount and the rent that the owner agreed to, can raise it.
///
/// Grants, gates and wrapped keys belong to a *tenure*, the time between two changes of hands, and are found by the tenure's number. All of
/// them are void when the number goes up, however many they are. {KeyEpochs} alone go on over tenures.
contract BucketRegistry is IBucketRegistry, ItemStore {
    using SafeCast for uint256;

    // ------------------------------------------------------------ immutables

    /// @inheritdoc IBucketRegistry
    address public immutable CLUSTER_REGISTRY;
    /// @inheritdoc IBucketRegistry
    address public immutable ACCOUNT_REGISTRY;
    /// @inheritdoc IBucketAccess
    uint256 public immutable GATE_GAS;

    // ------------------------------------------------------------ storage

    mapping(BucketId bucketId => Bucket) private _buckets;
    mapping(BucketId bucketId => Notices) private _notices;
    mapping(BucketId bucketId => address) private _offers;
    mapping(BucketId bucketId => mapping(uint32 tenure => AccessState)) private _accessStates;
    mapping(BucketId bucketId => KeyEpochState) private _keyEpochs;

    // ------------------------------------------------------------ constructor

    constructor(address clusterRegistry, address accountRegistry, uint256 gateGas) {
        CLUSTER_REGISTRY = clusterRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
        GATE_GAS = gateGas;
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
        (uint256 rate, CurrencyId currencyId) = Holdings.take(CLUSTER_REGISTRY, clusterId, resource, maxRentPerUnit);
        // The deposit comes before the bucket, so that a token that calls back finds none.
        IAccountRegistry(ACCOUNT_REGISTRY).fundAccount{value: msg.value}(msg.sender, currencyId, funding);
        Bucket storage bucket;
        (bucketId, bucket) = _create(clusterId, params);
        bucket.grow(ACCOUNT_REGISTRY, currencyId, resource, rate);
        emit ResourceAllocated(bucketId, clusterId, msg.sender, resource, rate);
    }

    /// @inheritdoc IBucketRegistry
    function allocate(BucketId bucketId, uint32 resource, uint128 maxRentPerUnit) external {
        Bucket storage bucket = _bucket(bucketId);
        ClusterId clusterId = bucket.clusterId;
        uint256 maxRent = maxRentPerUnit;
        if (msg.sender != bucket.owner) maxRent = Math.min(maxRent, _requireWithinCap(bucketId, bucket, resource));
        (uint256 added, CurrencyId currencyId) = Holdings.take(CLUSTER_REGISTRY, clusterId, resource, maxRent);
        (uint32 held, uint256 rate) = bucket.grow(ACCOUNT_REGISTRY, currencyId, resource, added);
        emit ResourceAllocated(bucketId, clusterId, msg.sender, held, rate);
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
        // No cluster's rent per unit has more than 96 bits.
        uint96 rent = Math.min(maxRentPerUnit, type(uint96).max).toUint96();
        Notices storage notices = _notices[bucketId];
        (notices.resourceCap, notices.capRent) = (resource, rent);
        emit ResourceCapChanged(bucketId, resource, rent);
    }

    /// @inheritdoc IBucketRegistry
    function reclaim(BucketId bucketId) external {
        Bucket storage bucket = _heldBucket(bucketId);
        Notices storage notices = _notices[bucketId];
        if (bucket.rate == 0) _requireManager(bucket.clusterId);
        (uint256 index, uint256 paidIndex, uint256 duration) = bucket.requireUnpaid(bucketId, CLUSTER_REGISTRY, ACCOUNT_REGISTRY);
        PendingChange pending = notices.pendingReclaim(index, paidIndex);
        if (pending.isAnnounced()) {
            require(pending.isReady(), ChangeNotReady(bucketId, pending.effectiveAt()));
            notices.reclaim = PendingChange.wrap(0);
            _release(bucketId, bucket, bucket.resource);
            emit BucketReclaimed(bucketId, bucket.clusterId, msg.sender);
        } else {
            uint40 until = notices.announceReclaim(index, paidIndex, duration);
            emit ReclaimNoticed(bucketId, bucket.clusterId, msg.sender, until);
        }
    }

    /// @inheritdoc IBucketRegistry
    function endBucket(BucketId bucketId) external {
        Bucket storage bucket = _heldBucket(bucketId);
        Notices storage notices = _notices[bucketId];
        PendingChange pending = notices.pendingEnd();
        if (pending.isAnnounced()) {
            require(pending.isReady(), ChangeNotReady(bucketId, pending.effectiveAt()));
            notices.end = PendingChange.wrap(0);
            _release(bucketId, bucket, bucket.resource);
            emit BucketEnded(bucketId, bucket.clusterId, msg.sender);
        } else {
            _requireManager(bucket.clusterId);
            emit EndNoticed(bucketId, bucket.clusterId, notices.announceEnd());
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
        Notices storage notices = _notices[bucketId];
        bucket.movePayer(notices, CLUSTER_REGISTRY, ACCOUNT_REGISTRY, msg.sender);
        // The next tenure: all that the old owner shares is void.
        (bucket.owner, bucket.tenure) = (msg.sender, bucket.tenure + 1);
        (notices.resourceCap, notices.capRent) = (0, 0);
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
        delete _notices[bucketId];
        delete _offers[bucketId];
    }

    // ------------------------------------------------------------ functions that change state: access

    /// @inheritdoc IBucketAccess
    function grantAccess(BucketId bucketId, address[] calldata accounts, uint8 rights, uint40 until) external {
        AccessState storage access = _accessStates[bucketId][_ownBucket(bucketId).tenure];
        AccessRights.requireRights(rights);
        require(until == 0 || until > block.timestamp, GrantEnded(until, block.timestamp));
        require(accounts.length != 0, AccountsMissing());
        for (uint256 i = 0; i < accounts.length; ++i) {
            access.grant(accounts[i], rights, until);
            emit AccessGranted(bucketId, accounts[i], rights, until);
        }
    }

    /// @inheritdoc IBucketAccess
    function revokeAccess(BucketId bucketId, address[] calldata accounts) external {
        uint32 tenure = _ownBucket(bucketId).tenure;
        AccessState storage access = _accessStates[bucketId][tenure];
        require(accounts.length != 0, AccountsMissing());
        for (uint256 i = 0; i < accounts.length; ++i) {
            delete access.grants[accounts[i]];
            emit AccessRevoked(bucketId, accounts[i]);
        }
        _keyEpochs[bucketId].leave(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function setPublic(BucketId bucketId, bool isPublic) external {
        uint32 tenure = _ownBucket(bucketId).tenure;
        KeyEpochState storage epochs = _keyEpochs[bucketId];
        bool wasPublic = epochs.setPublic(tenure, isPublic);
        emit PublicAccessChanged(bucketId, isPublic);
        if (wasPublic && !isPublic) epochs.leave(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function setGate(BucketId bucketId, uint8 right, address token, uint256 id, uint256 minimum) external {
        uint32 tenure = _ownBucket(bucketId).tenure;
        AccessRights.requireRights(right);
        Gate memory gate = Gates.gateOf(token, id, minimum, msg.sender, GATE_GAS);
        bool replaced = _accessStates[bucketId][tenure].setGates(right, gate);
        emit GateChanged(bucketId, token, right, gate.byId, gate.id, gate.minimum);
        if (replaced) _keyEpochs[bucketId].leave(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function publishKeys(BucketId bucketId, uint32 epoch, address[] calldata readers, bytes[] calldata wrapped) external {
        uint32 tenure = _ownBucket(bucketId).tenure;
        require(readers.length != 0, AccountsMissing());
        require(readers.length == wrapped.length, KeyCountMismatch(readers.length, wrapped.length));
        _keyEpochs[bucketId].enter(bucketId, tenure, epoch);
        AccessState storage access = _accessStates[bucketId][tenure];
        uint32 code = _storeBlob(AccessRights.join(readers, wrapped));
        access.publish(bucketId, epoch, code, readers, wrapped);
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

    /// @inheritdoc IBucketAccess
    function canAccess(BucketId bucketId, address account, uint8 right) public view returns (bool allowed, bool funded) {
        AccessRights.requireRights(right);
        Bucket storage bucket = _buckets[bucketId];
        address owner = bucket.owner;
        if (owner == address(0)) return (false, false);
        uint32 tenure = bucket.tenure;
        allowed = account == owner || _accessStates[bucketId][tenure].allows(_keyEpochs[bucketId], tenure, account, right, GATE_GAS);
        // An empty bucket is never funded; otherwise a reclaimed bucket would be served for free.
        funded = bucket.resource != 0 && bucket.coveredUntil(CLUSTER_REGISTRY, ACCOUNT_REGISTRY) > block.timestamp;
    }

    /// @inheritdoc IBucketAccess
    function canAccessMany(AccessQuery[] calldata queries) external view returns (AccessAnswer[] memory answers) {
        answers = new AccessAnswer[](queries.length);
        for (uint256 i = 0; i < queries.length; ++i) {
            AccessQuery calldata query = queries[i];
            (answers[i].allowed, answers[i].funded) = canAccess(query.bucketId, query.account, query.right);
        }
    }

    /// @inheritdoc IBucketAccess
    function getAccess(BucketId bucketId) external view returns (AccessStatus memory status) {
        uint32 tenure = _bucket(bucketId).tenure;
        AccessState storage access = _accessStates[bucketId][tenure];
        KeyEpochState storage epochs = _keyEpochs[bucketId];
        status.isPublic = epochs.isPublicIn(tenure);
        status.epoch = epochs.current(tenure);
        status.hasKeys = epochs.hasKeys(tenure);
        status.readGate = access.gates[READ].toStatus();
        status.writeGate = access.gates[WRITE].toStatus();
    }

    /// @inheritdoc IBucketAccess
    function grantOf(BucketId bucketId, address account) external view returns (uint40 readUntil, uint40 writeUntil) {
        Grant storage grant = _accessStates[bucketId][_bucket(bucketId).tenure].grants[account];
        return (grant.readUntil, grant.writeUntil);
    }

    /// @inheritdoc IBucketAccess
    function keyOf(BucketId bucketId, address reader) external view returns (uint32 epoch, bytes memory wrapped) {
        WrappedKey storage key = _accessStates[bucketId][_bucket(bucketId).tenure].keys[reader];
        if (key.code != 0) (epoch, wrapped) = (key.epoch, _codeOf(key.code, key.start, key.end));
    }

    // ------------------------------------------------------------ internal

    /// @dev The owner of a bucket.
    function _ownerOf(uint32 id) internal view override returns (address) {
        return _buckets[BucketId.wrap(id)].owner;
    }

    /// @dev Creates an empty bucket of the caller.
    function _create(ClusterId clusterId, string calldata params) private returns (BucketId bucketId, Bucket storage bucket) {
        (uint32 id, uint32 ref) = _newItem(params);
        bucketId = BucketId.wrap(id);
        bucket = _buckets[bucketId];
        (bucket.owner, bucket.clusterId, bucket.params) = (msg.sender, clusterId, ref);
        emit BucketCreated(bucketId, msg.sender, clusterId, params);
    }

    /// @dev Gives back `resource` units. Notices stay: otherwise an owner could void them by releasing, and allocating anew.
    function _release(BucketId bucketId, Bucket storage bucket, uint32 resource) private {
        (uint32 left, uint256 rate) = bucket.shrink(CLUSTER_REGISTRY, ACCOUNT_REGISTRY, resource);
        emit ResourceDeallocated(bucketId, bucket.clusterId, msg.sender, left, rate);
    }

    /// @dev Requires that the caller manages the bucket's cluster, and that the owner allowed so much. Returns the maximum rent.
    function _requireWithinCap(BucketId bucketId, Bucket storage bucket, uint32 resource) private view returns (uint256) {
        require(
            msg.sender == IClusterRegistry(CLUSTER_REGISTRY).managerOf(bucket.clusterId),
            CallerNotOwnerOrManager(bucketId, msg.sender)
        );
        Notices storage notices = _notices[bucketId];
        uint256 wanted = uint256(bucket.resource) + resource;
        require(wanted <= notices.resourceCap, ResourceCapExceeded(bucketId, wanted, notices.resourceCap));
        return notices.capRent;
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

    function _status(BucketId bucketId, Bucket storage bucket) private view returns (BucketStatus memory status) {
        Notices storage notices = _notices[bucketId];
        status.bucketId = bucketId;
        status.owner = bucket.owner;
        status.offeredTo = _offers[bucketId];
        status.clusterId = bucket.clusterId;
        status.resource = bucket.resource;
        status.resourceCap = notices.resourceCap;
        status.capRentPerUnit = notices.capRent;
        status.ratePerMonth = bucket.rate;
        status.coveredUntil = bucket.coveredUntil(CLUSTER_REGISTRY, ACCOUNT_REGISTRY);
        status.reclaimableFrom = notices.reclaim.effectiveAt();
        status.endsAt = notices.pendingEnd().effectiveAt();
        status.params = _paramsOf(BucketId.unwrap(bucketId), bucket.params);
    }
}
