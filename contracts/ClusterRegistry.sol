// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Memberships} from "./clusters/Memberships.sol";
import {Revenues} from "./clusters/Revenues.sol";
import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {Items} from "./items/Items.sol";
import {Units} from "./libraries/Units.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "./types/Ids.sol";

/// @title ClusterRegistry
/// @notice Keeps the clusters: who manages them, what they reserve, what buckets use. Their nodes are kept by {Memberships}, what they
/// earn by {Revenues}.
/// @dev For every cluster: resourceUsed <= resourcePerVnode, and resourceUsed = the sum of its buckets' resources. Nothing here loops over
/// vnodes or buckets.
contract ClusterRegistry is Memberships, Items {
    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MAX_MANAGEMENT_FEE = 3_000;

    /// @inheritdoc IClusterRegistry
    address public immutable BUCKET_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => address) private _offers;

    // ------------------------------------------------------------ constructor

    constructor(
        address authority,
        address nodeRegistry,
        address accountRegistry,
        address bucketRegistry,
        address networkAccount
    ) Revenues(authority, nodeRegistry, accountRegistry, networkAccount) {
        BUCKET_REGISTRY = bucketRegistry;
    }

    // ------------------------------------------------------------ functions that change state: managers'

    /// @inheritdoc IClusterRegistry
    function createCluster(
        Currency currency,
        uint32 vnodeCount,
        NodeId[] calldata nodeIds,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId) {
        require(vnodeCount != 0 && vnodeCount <= type(uint16).max, ClusterVnodeCountInvalid(vnodeCount, type(uint16).max));
        uint256 maxNodes = Math.min(vnodeCount, MAX_NODES);
        require(nodeIds.length != 0 && nodeIds.length <= maxNodes, ClusterNodeCountInvalid(nodeIds.length, maxNodes));
        require(managementFeeBps <= MAX_MANAGEMENT_FEE, ManagementFeeTooHigh(managementFeeBps, MAX_MANAGEMENT_FEE));

        Cluster memory cluster;
        cluster.manager = msg.sender;
        cluster.managementFeeBps = managementFeeBps;
        // Both were checked to fit.
        cluster.vnodeCount = uint16(vnodeCount);
        cluster.placeCount = uint16(nodeIds.length);
        cluster.stride = cluster.placeCount;
        cluster.currencyId = IAccountRegistry(ACCOUNT_REGISTRY).currencyIdOf(currency);
        uint88[] memory rents = INodeRegistry(NODE_REGISTRY).join(nodeIds, msg.sender);
        uint32 id;
        (id, cluster.params) = _newItem(params);
        clusterId = ClusterId.wrap(id);
        cluster.rentPerUnit = _checkedRentPerUnit(_addMembers(clusterId, vnodeCount, nodeIds, rents));
        _store(_clusters[clusterId], cluster);

        emit ClusterCreated(clusterId, msg.sender, currency, vnodeCount, managementFeeBps, nodeIds, rents, params);
    }

    /// @inheritdoc IClusterRegistry
    function reserveResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint256 reserved = uint256(cluster.resourcePerVnode) + perVnode;
        require(reserved <= type(uint32).max, ClusterResourceTooLarge(clusterId, reserved, type(uint32).max));
        INodeRegistry(NODE_REGISTRY).reserve(_placesOf(clusterId, cluster), perVnode);
        cluster.resourcePerVnode = uint32(reserved);
        emit ResourceReserved(clusterId, uint32(reserved));
    }

    /// @inheritdoc IClusterRegistry
    function releaseResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint32 free = cluster.resourcePerVnode - cluster.resourceUsed;
        require(perVnode <= free, ClusterResourceInUse(clusterId, perVnode, free));
        INodeRegistry(NODE_REGISTRY).release(_placesOf(clusterId, cluster), perVnode, false);
        cluster.resourcePerVnode -= perVnode;
        emit ResourceReleased(clusterId, cluster.resourcePerVnode);
    }

    /// @inheritdoc IClusterRegistry
    function closeCluster(ClusterId clusterId, bool closed) external {
        _managedCluster(clusterId).closed = closed;
        emit ClusterClosureChanged(clusterId, closed);
    }

    /// @inheritdoc IClusterRegistry
    function changeClusterParams(ClusterId clusterId, string calldata params) external {
        Cluster storage cluster = _managedCluster(clusterId);
        cluster.params = _replaceParams(ClusterId.unwrap(clusterId), cluster.params, params);
        emit ClusterParamsChanged(clusterId, params);
    }

    /// @inheritdoc IClusterRegistry
    function lowerManagementFee(ClusterId clusterId, uint16 managementFeeBps) external {
        Cluster storage cluster = _managedCluster(clusterId);
        uint256 current = cluster.managementFeeBps;
        require(managementFeeBps < current, ManagementFeeNotLower(clusterId, managementFeeBps, current));
        _distribute(clusterId, cluster);
        cluster.managementFeeBps = managementFeeBps;
        emit ManagementFeeLowered(clusterId, managementFeeBps);
    }

    /// @inheritdoc IClusterRegistry
    function offerManagement(ClusterId clusterId, address manager) external {
        _managedCluster(clusterId);
        _offers[clusterId] = manager;
        emit ManagementOffered(clusterId, msg.sender, manager);
    }

    /// @inheritdoc IClusterRegistry
    function acceptManagement(ClusterId clusterId) external {
        Cluster storage cluster = _cluster(clusterId);
        address offeredTo = _offers[clusterId];
        require(msg.sender == offeredTo, ManagementNotOffered(clusterId, msg.sender, offeredTo));
        _distribute(clusterId, cluster);
        address oldManager = cluster.manager;
        cluster.manager = msg.sender;
        delete _offers[clusterId];
        emit ManagementAccepted(clusterId, oldManager, msg.sender);
    }

    /// @inheritdoc IClusterRegistry
    function removeCluster(ClusterId clusterId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(cluster.resourceUsed == 0, ClusterInUse(clusterId, cluster.resourceUsed));
        _distribute(clusterId, cluster);

        _removeMembers(clusterId, cluster);
        (address networkAccount, uint256 leftover) = _giveUpLeftover(clusterId, cluster);

        _forgetParams(ClusterId.unwrap(clusterId), cluster.params);
        delete _clusters[clusterId];
        delete _offers[clusterId];
        emit ClusterRemoved(clusterId, networkAccount, leftover);
    }

    // ------------------------------------------------------------ functions that change state: the bucket registry's

    /// @inheritdoc IClusterRegistry
    function allocate(ClusterId clusterId, uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId) {
        _requireBucketRegistry();
        require(resource != 0, ResourceZero());
        Cluster storage cluster = _clusters[clusterId];
        (uint256 vnodeCount, uint32 reserved, uint32 used) = (cluster.vnodeCount, cluster.resourcePerVnode, cluster.resourceUsed);
        (rentPerUnit, currencyId) = (cluster.rentPerUnit, cluster.currencyId);
        bool closed = cluster.closed;
        require(vnodeCount != 0, ClusterUnknown(clusterId));
        require(!closed, ClusterClosed(clusterId));
        require(resource <= reserved - used, ClusterResourceExceeded(clusterId, resource, reserved - used));
        cluster.resourceUsed = used + resource;
    }

    /// @inheritdoc IClusterRegistry
    function release(ClusterId clusterId, uint32 resource) external returns (CurrencyId currencyId) {
        _requireBucketRegistry();
        Cluster storage cluster = _clusters[clusterId];
        cluster.resourceUsed -= resource;
        return cluster.currencyId;
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function getCluster(ClusterId clusterId) external view returns (ClusterStatus memory) {
        return _status(clusterId, _cluster(clusterId));
    }

    /// @inheritdoc IClusterRegistry
    function listClusters(
        uint32 offset,
        uint32 limit,
        address manager
    ) external view returns (ClusterStatus[] memory items, uint256 total) {
        uint256[] memory ids;
        (ids, total) = _page(offset, limit, manager);
        // The statuses take the places of the ids: another array would begin with as many empty statuses.
        assembly ("memory-safe") {
            items := ids
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            // Ids are 32 bits wide.
            ClusterId clusterId = ClusterId.wrap(uint32(ids[i]));
            items[i] = _status(clusterId, _clusters[clusterId]);
        }
    }

    /// @inheritdoc IClusterRegistry
    function quote(ClusterId clusterId, uint32 resource) external view returns (uint256 usdPerMonth, uint256 tokensPerMonth) {
        Cluster storage cluster = _cluster(clusterId);
        (, uint256 finePerBaseUnit, uint256 indexPerSecond) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        usdPerMonth = uint256(cluster.rentPerUnit) * resource;
        // 2^128 x 2^88 x 2^22 fits.
        tokensPerMonth = (usdPerMonth * indexPerSecond * Units.MONTH) / finePerBaseUnit;
    }

    /// @inheritdoc IClusterRegistry
    function managerOf(ClusterId clusterId) external view returns (address) {
        return _cluster(clusterId).manager;
    }

    /// @inheritdoc IClusterRegistry
    function currencyIdOf(ClusterId clusterId) external view returns (CurrencyId) {
        return _clusters[clusterId].currencyId;
    }

    // ------------------------------------------------------------ internal

    /// @dev A cluster is its manager's.
    function _holderOf(uint32 id) internal view override returns (address) {
        return _clusters[ClusterId.wrap(id)].manager;
    }

    /// @dev Writes the two slots of a new cluster that are not zero.
    function _store(Cluster storage self, Cluster memory cluster) private {
        self.manager = cluster.manager;
        self.managementFeeBps = cluster.managementFeeBps;
        self.params = cluster.params;
        self.rentPerUnit = cluster.rentPerUnit;
        self.vnodeCount = cluster.vnodeCount;
        self.currencyId = cluster.currencyId;
        self.placeCount = cluster.placeCount;
        self.stride = cluster.stride;
    }

    function _status(ClusterId clusterId, Cluster storage cluster) private view returns (ClusterStatus memory status) {
        IAccountRegistry accounts = IAccountRegistry(ACCOUNT_REGISTRY);
        (Currency currency, uint256 finePerBaseUnit, ) = accounts.currencyOf(cluster.currencyId);
        status.clusterId = clusterId;
        status.manager = cluster.manager;
        status.offeredTo = _offers[clusterId];
        status.currency = currency;
        status.vnodeCount = cluster.vnodeCount;
        // At most 256.
        status.nodeCount = uint32(_placesOf(clusterId, cluster).length);
        status.resourcePerVnode = cluster.resourcePerVnode;
        status.resourceUsed = cluster.resourceUsed;
        status.rentPerUnit = cluster.rentPerUnit;
        status.revenues = (accounts.poolOf(clusterId) + cluster.undivided) / finePerBaseUnit;
        status.closed = cluster.closed;
        status.managementFeeBps = cluster.managementFeeBps;
        status.params = _paramsOf(ClusterId.unwrap(clusterId), cluster.params);
    }

    function _requireBucketRegistry() private view {
        require(msg.sender == BUCKET_REGISTRY, CallerNotRegistry(msg.sender));
    }
}
