// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Governance} from "./clusters/Governance.sol";
import {Revenues} from "./clusters/Revenues.sol";
import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {ItemStore} from "./base/ItemStore.sol";
import {Units} from "./libraries/Units.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "./types/Ids.sol";

/// @title ClusterRegistry
/// @notice Keeps the clusters: who manages them, what they reserve, what buckets use. Their nodes are kept by {Memberships}, what they
/// earn by {Revenues}, and what their nodes are worth is changed by {Governance}.
/// @dev For every cluster: resourceUsed <= resourcePerVnode, and resourceUsed = the sum of its buckets' resources. Nothing here loops over
/// vnodes or buckets.
contract ClusterRegistry is Governance, ItemStore {
    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MAX_MANAGEMENT_FEE = 3_000;
    /// @dev What the buckets of a cluster pay together at its present rent (USD, 18 decimals, per month). Rents only fall while anything is
    /// allocated, so that what is still paid at earlier ones adds up to less than 23 times this: the sum of 1 / n up to 2^32.
    uint256 private constant MAX_CLUSTER_RATE = 2 ** 90;

    /// @inheritdoc IClusterRegistry
    address public immutable BUCKET_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => address) private _offers;
    /// @dev Kept only of clusters that have been handed over.
    mapping(ClusterId clusterId => address) private _founders;
    /// @dev Whether an account managed a cluster before it handed it over or removed it.
    mapping(ClusterId clusterId => mapping(address account => bool)) private _managedBefore;

    // ------------------------------------------------------------ constructor

    constructor(
        address authority,
        address nodeRegistry,
        address accountRegistry,
        address bucketRegistry,
        address termsRegistry,
        address networkAccount
    ) Revenues(authority, nodeRegistry, accountRegistry, networkAccount) Governance(termsRegistry) {
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
        Cluster storage cluster;
        (clusterId, cluster) = _create(msg.sender, currency, vnodeCount, managementFeeBps, params, 0);
        uint88[] memory rents = _fill(clusterId, cluster, nodeIds);
        emit ClusterCreated(clusterId, msg.sender, currency, vnodeCount, managementFeeBps, nodeIds, rents, params);
    }

    /// @inheritdoc IClusterRegistry
    function reserveResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint256 reserved = uint256(cluster.resourcePerVnode) + perVnode;
        require(cluster.placeCount != 0, ClusterNotFilled(clusterId));
        require(reserved <= type(uint32).max, ClusterResourceTooLarge(clusterId, reserved, type(uint32).max));
        INodeRegistry(NODE_REGISTRY).reserveFor(_placesOf(clusterId, cluster), perVnode);
        cluster.resourcePerVnode = uint32(reserved);
        emit ResourceReserved(clusterId, uint32(reserved));
    }

    /// @inheritdoc IClusterRegistry
    function releaseResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint32 free = cluster.resourcePerVnode - cluster.resourceUsed;
        require(perVnode <= free, ClusterResourceInUse(clusterId, perVnode, free));
        INodeRegistry(NODE_REGISTRY).releaseFrom(_placesOf(clusterId, cluster), perVnode, false);
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
        _distribute(clusterId, cluster, true);
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
        _distribute(clusterId, cluster, true);
        address oldManager = cluster.manager;
        cluster.manager = msg.sender;
        _managedBefore[clusterId][oldManager] = true;
        if (_founders[clusterId] == address(0)) _founders[clusterId] = oldManager;
        delete _offers[clusterId];
        emit ManagementAccepted(clusterId, oldManager, msg.sender);
    }

    /// @inheritdoc IClusterRegistry
    function removeCluster(ClusterId clusterId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(cluster.resourceUsed == 0, ClusterInUse(clusterId, cluster.resourceUsed));
        _distribute(clusterId, cluster, true);

        _removeMembers(clusterId, cluster);
        (address networkAccount, uint256 leftover) = _giveUpLeftover(clusterId, cluster);

        _forgetParams(ClusterId.unwrap(clusterId), cluster.params);
        _managedBefore[clusterId][msg.sender] = true;
        delete _clusters[clusterId];
        delete _offers[clusterId];
        emit ClusterRemoved(clusterId, networkAccount, leftover);
    }

    // ------------------------------------------------------------ functions that change state: the other registries'

    /// @inheritdoc IClusterRegistry
    function createVacant(
        address manager,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params,
        uint24 leavingNotice
    ) external returns (ClusterId clusterId) {
        _requireTermsRegistry();
        (clusterId, ) = _create(manager, currency, vnodeCount, managementFeeBps, params, leavingNotice);
        emit ClusterCreated(clusterId, manager, currency, vnodeCount, managementFeeBps, new NodeId[](0), new uint88[](0), params);
    }

    /// @inheritdoc IClusterRegistry
    function allocateResource(ClusterId clusterId, uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId) {
        _requireBucketRegistry();
        require(resource != 0, ResourceZero());
        Cluster storage cluster = _clusters[clusterId];
        (uint256 vnodeCount, uint32 reserved, uint32 used) = (cluster.vnodeCount, cluster.resourcePerVnode, cluster.resourceUsed);
        (rentPerUnit, currencyId) = (cluster.rentPerUnit, cluster.currencyId);
        (bool closed, bool filled) = (cluster.closed, cluster.placeCount != 0);
        require(vnodeCount != 0, ClusterUnknown(clusterId));
        require(filled, ClusterNotFilled(clusterId));
        require(!closed, ClusterClosed(clusterId));
        require(resource <= reserved - used, ClusterResourceExceeded(clusterId, resource, reserved - used));
        uint256 rate = uint256(rentPerUnit) * (used + resource);
        require(rate <= MAX_CLUSTER_RATE, ClusterRateTooHigh(clusterId, rate, MAX_CLUSTER_RATE));
        cluster.resourceUsed = used + resource;
    }

    /// @inheritdoc IClusterRegistry
    function deallocateResource(ClusterId clusterId, uint32 resource) external returns (CurrencyId currencyId) {
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
    ) external view returns (ClusterStatus[] memory items, uint256 lastId) {
        uint256[] memory ids;
        (ids, lastId) = _page(offset, limit, manager);
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
        (, uint256 scale, uint256 indexPerSecond) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        usdPerMonth = uint256(cluster.rentPerUnit) * resource;
        // 2^128 x 2^88 x 2^22 fits.
        tokensPerMonth = (usdPerMonth * indexPerSecond * Units.MONTH) / scale;
    }

    /// @inheritdoc IClusterRegistry
    function managerOf(ClusterId clusterId) external view returns (address) {
        return _cluster(clusterId).manager;
    }

    /// @inheritdoc IClusterRegistry
    function partiesOf(ClusterId clusterId) external view returns (address manager, address founder) {
        (manager, founder) = (_clusters[clusterId].manager, _founders[clusterId]);
        if (founder == address(0)) founder = manager;
    }

    /// @inheritdoc IClusterRegistry
    function hasManaged(ClusterId clusterId, address account) external view returns (bool) {
        return _clusters[clusterId].manager == account || _managedBefore[clusterId][account];
    }

    /// @inheritdoc IClusterRegistry
    function currencyIdOf(ClusterId clusterId) external view returns (CurrencyId) {
        return _clusters[clusterId].currencyId;
    }

    // ------------------------------------------------------------ internal

    /// @dev A cluster is its manager's.
    function _ownerOf(uint32 id) internal view override returns (address) {
        return _clusters[ClusterId.wrap(id)].manager;
    }

    /// @dev A cluster whose vnodes are all vacant.
    function _create(
        address manager,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params,
        uint24 leavingNotice
    ) private returns (ClusterId clusterId, Cluster storage cluster) {
        require(vnodeCount != 0 && vnodeCount <= type(uint16).max, ClusterVnodeCountInvalid(vnodeCount, type(uint16).max));
        require(managementFeeBps <= MAX_MANAGEMENT_FEE, ManagementFeeTooHigh(managementFeeBps, MAX_MANAGEMENT_FEE));
        (uint32 id, uint32 ref) = _newItem(params);
        clusterId = ClusterId.wrap(id);
        cluster = _clusters[clusterId];
        (cluster.manager, cluster.managementFeeBps, cluster.params, cluster.leavingNotice) = (
            manager,
            managementFeeBps,
            ref,
            leavingNotice
        );
        // Checked to fit.
        cluster.vnodeCount = uint16(vnodeCount);
        cluster.currencyId = IAccountRegistry(ACCOUNT_REGISTRY).currencyIdOf(currency);
    }

    function _status(ClusterId clusterId, Cluster storage cluster) private view returns (ClusterStatus memory status) {
        IAccountRegistry accounts = IAccountRegistry(ACCOUNT_REGISTRY);
        (Currency currency, uint256 scale, ) = accounts.currencyOf(cluster.currencyId);
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
        status.revenues = (accounts.poolOf(clusterId) + cluster.undistributed) / scale;
        status.closed = cluster.closed;
        status.managementFeeBps = cluster.managementFeeBps;
        status.params = _paramsOf(ClusterId.unwrap(clusterId), cluster.params);
    }

    function _requireBucketRegistry() private view {
        require(msg.sender == BUCKET_REGISTRY, CallerNotRegistry(msg.sender));
    }
}
