// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {ItemStore} from "./base/ItemStore.sol";
import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {ClusterResources} from "./libraries/ClusterResources.sol";
import {ClusterViews} from "./libraries/ClusterViews.sol";
import {Coverage} from "./libraries/Coverage.sol";
import {Fees} from "./libraries/Fees.sol";
import {Management, Managements} from "./libraries/Managements.sol";
import {Memberships} from "./libraries/Memberships.sol";
import {Revenues} from "./libraries/Revenues.sol";
import {Weights} from "./libraries/Weights.sol";
import {Cluster, ClusterContext, Member, NetworkFee} from "./types/Cluster.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "./types/Ids.sol";
import {VacantNode} from "./types/VacantNode.sol";

/// @title ClusterRegistry
/// @notice Keeps the clusters: their managers, their nodes, what they reserve, what buckets use, and what they earn.
/// @dev {ClusterResources} counts what is reserved and used, {Memberships} changes nodes and weights, {Weights} counts what is served,
/// {Revenues} shares what is earned. Nothing loops over vnodes or buckets.
contract ClusterRegistry is IClusterRegistry, AccessManaged, ItemStore {
    using ClusterResources for Cluster;
    using ClusterViews for Cluster;
    using Coverage for Member;
    using Fees for NetworkFee;
    using Managements for Management;
    using Memberships for Cluster;
    using Revenues for Cluster;
    using VacantNode for NodeId;
    using Weights for Cluster;
    using Weights for Member;

    // ------------------------------------------------------------ immutables

    /// @inheritdoc IClusterRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable ACCOUNT_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable BUCKET_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable TERMS_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Cluster) private _clusters;
    mapping(ClusterId clusterId => Management) private _managements;
    NetworkFee private _networkFee;

    // ------------------------------------------------------------ constructor

    constructor(
        address authority,
        address nodeRegistry,
        address accountRegistry,
        address bucketRegistry,
        address termsRegistry,
        address networkAccount
    ) AccessManaged(authority) {
        NODE_REGISTRY = nodeRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
        BUCKET_REGISTRY = bucketRegistry;
        TERMS_REGISTRY = termsRegistry;
        _networkFee.set(0, networkAccount);
    }

    // ------------------------------------------------------------ functions that change state: for managers

    /// @inheritdoc IClusterRegistry
    function createCluster(
        Currency currency,
        uint32 vnodeCount,
        NodeId[] calldata nodeIds,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId) {
        clusterId = _create(msg.sender, currency, vnodeCount, managementFeeBps, params, 0);
        uint88[] memory rents = _clusters[clusterId].fill(_context(clusterId), nodeIds);
        emit ClusterCreated(clusterId, msg.sender, currency, vnodeCount, managementFeeBps, nodeIds, rents, params);
    }

    /// @inheritdoc IClusterRegistry
    function reserveResource(ClusterId clusterId, uint32 perVnode) external {
        _managedCluster(clusterId).reserve(_context(clusterId), perVnode);
    }

    /// @inheritdoc IClusterRegistry
    function releaseResource(ClusterId clusterId, uint32 perVnode) external {
        _managedCluster(clusterId).release(_context(clusterId), perVnode);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNode(ClusterId clusterId, uint32 vnodeIndex, NodeId newNodeId) external {
        _managedCluster(clusterId).replaceVnode(_context(clusterId), _networkFee, vnodeIndex, newNodeId);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNodes(ClusterId clusterId, NodeId oldNodeId, NodeId newNodeId) external {
        _managedCluster(clusterId).replaceNode(_context(clusterId), _networkFee, oldNodeId, newNodeId);
    }

    /// @inheritdoc IClusterRegistry
    function acceptRent(ClusterId clusterId, NodeId nodeId, uint128 maxRent) external {
        Cluster storage cluster = _managedCluster(clusterId);
        cluster.memberOf(clusterId, nodeId);
        uint88 newRent = INodeRegistry(NODE_REGISTRY).rentOf(nodeId);
        require(newRent <= maxRent, NodeRentAboveMaximum(nodeId, newRent, maxRent));
        cluster.setRent(_context(clusterId), _networkFee, nodeId, newRent);
        emit RentAccepted(clusterId, nodeId, newRent, cluster.rentPerUnit);
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
        _managedCluster(clusterId).lowerManagementFee(_context(clusterId), _networkFee, managementFeeBps);
    }

    /// @inheritdoc IClusterRegistry
    function offerManagement(ClusterId clusterId, address manager) external {
        _managedCluster(clusterId);
        _managements[clusterId].offer(clusterId, manager);
    }

    /// @inheritdoc IClusterRegistry
    function acceptManagement(ClusterId clusterId) external {
        Cluster storage cluster = _cluster(clusterId);
        _managements[clusterId].requireOffered(clusterId);
        cluster.distribute(_context(clusterId), _networkFee, true);
        _managements[clusterId].accept(cluster, clusterId);
    }

    /// @inheritdoc IClusterRegistry
    function removeCluster(ClusterId clusterId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(cluster.resourceUsed == 0, ClusterInUse(clusterId, cluster.resourceUsed));
        ClusterContext memory context = _context(clusterId);
        cluster.distribute(context, _networkFee, true);
        cluster.removeAll(context);
        address networkAccount = _networkFee.account;
        uint256 leftover = cluster.giveUpLeftover(context, networkAccount);
        _forgetParams(ClusterId.unwrap(clusterId), cluster.params);
        _managements[clusterId].end();
        delete _clusters[clusterId];
        emit ClusterRemoved(clusterId, networkAccount, leftover);
    }

    // ------------------------------------------------------------ functions that change state: for anyone and for the fee manager

    /// @inheritdoc IClusterRegistry
    function distributeRevenues(ClusterId clusterId) external {
        _cluster(clusterId).distribute(_context(clusterId), _networkFee, false);
    }

    /// @inheritdoc IClusterRegistry
    function claimRevenues(ClusterId clusterId, NodeId nodeId) external {
        Cluster storage cluster = _clusters[clusterId];
        cluster.memberOf(clusterId, nodeId);
        cluster.pay(_context(clusterId), nodeId);
    }

    /// @inheritdoc IClusterRegistry
    function setNetworkFee(uint16 networkFeeBps, address networkAccount) external restricted {
        _networkFee.set(networkFeeBps, networkAccount);
    }

    // ------------------------------------------------------------ functions that change state: for the other registries

    /// @inheritdoc IClusterRegistry
    function createVacant(
        address manager,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params,
        uint24 leavingNotice
    ) external returns (ClusterId clusterId) {
        _requireCaller(TERMS_REGISTRY);
        clusterId = _create(manager, currency, vnodeCount, managementFeeBps, params, leavingNotice);
        emit ClusterCreated(clusterId, manager, currency, vnodeCount, managementFeeBps, new NodeId[](0), new uint88[](0), params);
    }

    /// @inheritdoc IClusterRegistry
    function fillCluster(ClusterId clusterId, NodeId[] calldata nodeIds) external {
        _requireCaller(TERMS_REGISTRY);
        Cluster storage cluster = _cluster(clusterId);
        require(cluster.slotCount == 0, ClusterAlreadyFilled(clusterId));
        uint88[] memory rents = cluster.fill(_context(clusterId), nodeIds);
        emit ClusterFilled(clusterId, nodeIds, rents, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function coverVnodes(ClusterId clusterId, NodeId nodeId, uint16 vnodes, bool isNew) external {
        _requireCaller(TERMS_REGISTRY);
        _clusters[clusterId].members[nodeId].cover(vnodes, isNew);
        emit VnodesCovered(clusterId, nodeId, vnodes);
    }

    /// @inheritdoc IClusterRegistry
    function setQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps) external {
        _requireCaller(TERMS_REGISTRY);
        _cluster(clusterId).setQuality(_context(clusterId), _networkFee, nodeId, qualityBps);
        emit QualityChanged(clusterId, nodeId, qualityBps);
    }

    /// @inheritdoc IClusterRegistry
    function vacate(ClusterId clusterId, NodeId nodeId) external {
        _requireCaller(TERMS_REGISTRY);
        _cluster(clusterId).vacate(_context(clusterId), _networkFee, nodeId);
    }

    /// @inheritdoc IClusterRegistry
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool allVacant) external {
        _requireCaller(TERMS_REGISTRY);
        _cluster(clusterId).fillVacancy(_context(clusterId), _networkFee, vnodeIndex, nodeId, allVacant);
    }

    /// @inheritdoc IClusterRegistry
    function allocateResource(ClusterId clusterId, uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId) {
        _requireCaller(BUCKET_REGISTRY);
        return _clusters[clusterId].allocate(clusterId, resource);
    }

    /// @inheritdoc IClusterRegistry
    function deallocateResource(ClusterId clusterId, uint32 resource) external returns (CurrencyId currencyId) {
        _requireCaller(BUCKET_REGISTRY);
        return _clusters[clusterId].deallocate(resource);
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
        // The statuses overwrite the ids, which have 32 bits: another array would begin with as many empty statuses.
        assembly ("memory-safe") {
            items := ids
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            ClusterId clusterId = ClusterId.wrap(uint32(ids[i]));
            items[i] = _status(clusterId, _clusters[clusterId]);
        }
    }

    /// @inheritdoc IClusterRegistry
    function getVnodes(ClusterId clusterId, uint32 offset, uint32 limit) external view returns (NodeId[] memory nodeIds) {
        return _cluster(clusterId).vnodesOf(clusterId, offset, limit);
    }

    /// @inheritdoc IClusterRegistry
    function getMembers(ClusterId clusterId) external view returns (MemberStatus[] memory items) {
        return _cluster(clusterId).membersOf(IAccountRegistry(ACCOUNT_REGISTRY));
    }

    /// @inheritdoc IClusterRegistry
    function claimable(ClusterId clusterId, NodeId nodeId) external view returns (uint256 amount) {
        Cluster storage cluster = _cluster(clusterId);
        return cluster.owed(cluster.memberOf(clusterId, nodeId)) / cluster.scaleOf(IAccountRegistry(ACCOUNT_REGISTRY));
    }

    /// @inheritdoc IClusterRegistry
    function previewDistribution(
        ClusterId clusterId
    ) external view returns (uint256 networkShare, uint256 managementFee, uint256 shares, uint256 revenuePerWeight) {
        uint256 pool = IAccountRegistry(ACCOUNT_REGISTRY).poolOf(clusterId);
        return _cluster(clusterId).preview(pool, _networkFee.bps);
    }

    /// @inheritdoc IClusterRegistry
    function quote(ClusterId clusterId, uint32 resource) external view returns (uint256 usdPerMonth, uint256 tokensPerMonth) {
        return _cluster(clusterId).quote(resource, IAccountRegistry(ACCOUNT_REGISTRY));
    }

    /// @inheritdoc IClusterRegistry
    function managerOf(ClusterId clusterId) external view returns (address) {
        return _cluster(clusterId).manager;
    }

    /// @inheritdoc IClusterRegistry
    function partiesOf(ClusterId clusterId) external view returns (address manager, address founder) {
        manager = _clusters[clusterId].manager;
        founder = _managements[clusterId].founderOf(manager);
    }

    /// @inheritdoc IClusterRegistry
    function hasManaged(ClusterId clusterId, address account) external view returns (bool) {
        return _clusters[clusterId].manager == account || _managements[clusterId].managedBefore[account];
    }

    /// @inheritdoc IClusterRegistry
    function currencyIdOf(ClusterId clusterId) external view returns (CurrencyId) {
        return _clusters[clusterId].currencyId;
    }

    /// @inheritdoc IClusterRegistry
    function membershipOf(
        ClusterId clusterId,
        NodeId nodeId
    )
        external
        view
        returns (uint88 rentPerMonth, uint16 vnodes, uint16 qualityBps, uint16 coveredVnodes, uint40 leftAt, uint16 liableVnodes)
    {
        Cluster storage cluster = _clusters[clusterId];
        Member storage member = cluster.members[nodeId.unwrapOrZero()];
        liableVnodes = member.liableVnodesOf(cluster.leavingNotice);
        return (member.rent, member.vnodes, member.qualityOf(), member.coveredVnodes, member.leftAt, liableVnodes);
    }

    /// @inheritdoc IClusterRegistry
    function servedOf(ClusterId clusterId) external view returns (uint256 served, uint256 nominal) {
        return _cluster(clusterId).weightsOf();
    }

    /// @inheritdoc IClusterRegistry
    function undistributedOf(ClusterId clusterId) external view returns (uint256 scaledAmount) {
        return _clusters[clusterId].undistributed;
    }

    /// @inheritdoc IClusterRegistry
    function networkFee() external view returns (uint16 networkFeeBps, address networkAccount) {
        return (_networkFee.bps, _networkFee.account);
    }

    // ------------------------------------------------------------ internal

    /// @dev A cluster whose vnodes are all vacant.
    function _create(
        address manager,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params,
        uint24 leavingNotice
    ) private returns (ClusterId clusterId) {
        (uint32 id, uint32 ref) = _newItem(params);
        clusterId = ClusterId.wrap(id);
        CurrencyId currencyId = IAccountRegistry(ACCOUNT_REGISTRY).currencyIdOf(currency);
        _clusters[clusterId].create(manager, currencyId, vnodeCount, managementFeeBps, ref, leavingNotice);
    }

    /// @dev The owner of a cluster, as of an item, is its manager.
    function _ownerOf(uint32 id) internal view override returns (address) {
        return _clusters[ClusterId.wrap(id)].manager;
    }

    function _cluster(ClusterId clusterId) private view returns (Cluster storage cluster) {
        cluster = _clusters[clusterId];
        require(cluster.manager != address(0), ClusterUnknown(clusterId));
    }

    function _managedCluster(ClusterId clusterId) private view returns (Cluster storage cluster) {
        cluster = _cluster(clusterId);
        require(msg.sender == cluster.manager, CallerNotManager(clusterId, msg.sender, cluster.manager));
    }

    function _context(ClusterId clusterId) private view returns (ClusterContext memory) {
        return ClusterContext(clusterId, IAccountRegistry(ACCOUNT_REGISTRY), INodeRegistry(NODE_REGISTRY));
    }

    function _status(ClusterId clusterId, Cluster storage cluster) private view returns (ClusterStatus memory status) {
        status = cluster.statusOf(clusterId, IAccountRegistry(ACCOUNT_REGISTRY));
        status.offeredTo = _managements[clusterId].offeredTo;
        status.params = _paramsOf(ClusterId.unwrap(clusterId), cluster.params);
    }

    function _requireCaller(address registry) private view {
        require(msg.sender == registry, CallerNotRegistry(msg.sender));
    }
}
