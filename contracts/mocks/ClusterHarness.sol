// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {ClusterResources} from "../libraries/ClusterResources.sol";
import {ClusterViews} from "../libraries/ClusterViews.sol";
import {Management, Managements} from "../libraries/Managements.sol";
import {Memberships} from "../libraries/Memberships.sol";
import {Revenues} from "../libraries/Revenues.sol";
import {Cluster, ClusterContext, NetworkFee} from "../types/Cluster.sol";
import {Currency} from "../types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";
import {NodeSlot} from "../types/NodeSlot.sol";

/// @title ClusterHarness
/// @notice Shows the libraries of clusters on one cluster, with id 7, and stands in for the registries that they call: nodes ask
/// `rent`, have this contract as their provider, and the pool is what it is set to.
contract ClusterHarness {
    using ClusterResources for Cluster;
    using ClusterViews for Cluster;
    using Managements for Management;
    using Memberships for Cluster;
    using Revenues for Cluster;

    ClusterId private constant ID = ClusterId.wrap(7);

    /// @notice The rent that each node asks.
    uint88 public rent = 10;
    /// @notice The pool that the next distribution takes.
    uint256 public pool;
    /// @notice The unserved share set last, in 2^-32.
    uint256 public unservedShare;
    /// @notice Scaled amounts credited to an account.
    mapping(address account => uint256) public credited;
    /// @notice Resource reserved on a node.
    mapping(NodeId nodeId => uint256) public reserved;

    Cluster private _cluster;
    Management private _management;
    NetworkFee private _networkFee;

    // ------------------------------------------------------------ what a test sets

    /// @notice Sets the rent that each node asks from now on.
    function setRent(uint88 newRent) external {
        rent = newRent;
    }

    /// @notice Sets what the next distribution takes.
    function setPool(uint256 newPool) external {
        pool = newPool;
    }

    /// @notice Sets the network fee, which goes to the caller.
    function setNetworkFee(uint16 bps) external {
        (_networkFee.bps, _networkFee.account) = (bps, msg.sender);
    }

    // ------------------------------------------------------------ the libraries

    /// @notice {Memberships.create}, with the caller as manager.
    function create(uint256 vnodeCount, uint16 managementFeeBps, uint24 leavingNotice) external {
        _cluster.create(msg.sender, CurrencyId.wrap(1), vnodeCount, managementFeeBps, 0, leavingNotice);
    }

    /// @notice {Memberships.fill}.
    function fill(NodeId[] calldata nodeIds) external {
        _cluster.fill(_context(), nodeIds);
    }

    /// @notice {Memberships.removeAll}.
    function removeAll() external {
        _cluster.removeAll(_context());
    }

    /// @notice {Memberships.vacate}.
    function vacate(NodeId nodeId) external {
        _cluster.vacate(_context(), _networkFee, nodeId);
    }

    /// @notice {Memberships.replaceVnode}.
    function replaceVnode(uint32 vnodeIndex, NodeId newNodeId) external {
        _cluster.replaceVnode(_context(), _networkFee, vnodeIndex, newNodeId);
    }

    /// @notice {Memberships.replaceNode}.
    function replaceNode(NodeId oldNodeId, NodeId newNodeId) external {
        _cluster.replaceNode(_context(), _networkFee, oldNodeId, newNodeId);
    }

    /// @notice {Memberships.fillVacancy}.
    function fillVacancy(uint32 vnodeIndex, NodeId nodeId, bool allVacant) external {
        _cluster.fillVacancy(_context(), _networkFee, vnodeIndex, nodeId, allVacant);
    }

    /// @notice {Memberships.setQuality}.
    function setQuality(NodeId nodeId, uint16 qualityBps) external {
        _cluster.setQuality(_context(), _networkFee, nodeId, qualityBps);
    }

    /// @notice {Memberships.setRent}.
    function acceptRent(NodeId nodeId, uint88 newRent) external {
        _cluster.setRent(_context(), _networkFee, nodeId, newRent);
    }

    /// @notice {ClusterResources.reserve}.
    function reserve(uint32 perVnode) external {
        _cluster.reserve(_context(), perVnode);
    }

    /// @notice {ClusterResources.release}.
    function release(uint32 perVnode) external {
        _cluster.release(_context(), perVnode);
    }

    /// @notice {ClusterResources.allocate}.
    function allocate(uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId) {
        return _cluster.allocate(ID, resource);
    }

    /// @notice {ClusterResources.deallocate}.
    function deallocate(uint32 resource) external returns (CurrencyId) {
        return _cluster.deallocate(resource);
    }

    /// @notice {Revenues.distribute}.
    function distribute() external {
        _cluster.distribute(_context(), _networkFee, false);
    }

    /// @notice {Revenues.pay}.
    function pay(NodeId nodeId) external {
        _cluster.pay(_context(), nodeId);
    }

    /// @notice {Revenues.lowerManagementFee}.
    function lowerManagementFee(uint16 bps) external {
        _cluster.lowerManagementFee(_context(), _networkFee, bps);
    }

    /// @notice {Revenues.giveUpLeftover}.
    function giveUpLeftover(address networkAccount) external {
        _cluster.giveUpLeftover(_context(), networkAccount);
    }

    /// @notice {Managements.offer}.
    function offer(address manager) external {
        _management.offer(ID, manager);
    }

    /// @notice {Managements.requireOffered} and {Managements.accept}.
    function accept() external {
        _management.requireOffered(ID);
        _management.accept(_cluster, ID);
    }

    /// @notice {Managements.end}.
    function end() external {
        _management.end();
    }

    // ------------------------------------------------------------ the registries

    /// @notice As {INodeRegistry.addToCluster}.
    function addToCluster(NodeId[] calldata nodeIds, address) external view returns (uint88[] memory rents) {
        rents = new uint88[](nodeIds.length);
        for (uint256 i = 0; i < rents.length; ++i) rents[i] = rent;
    }

    /// @notice As {INodeRegistry.reserveFor}.
    function reserveFor(NodeSlot[] calldata slots, uint32 perVnode) external {
        for (uint256 i = 0; i < slots.length; ++i) reserved[slots[i].node()] += uint256(slots[i].vnodes()) * perVnode;
    }

    /// @notice As {INodeRegistry.releaseFrom}.
    function releaseFrom(NodeSlot[] calldata slots, uint32 perVnode, bool) external {
        for (uint256 i = 0; i < slots.length; ++i) reserved[slots[i].node()] -= uint256(slots[i].vnodes()) * perVnode;
    }

    /// @notice As {INodeRegistry.transferReservation}.
    function transferReservation(INodeRegistry.ReservationTransfer calldata transfer) external returns (uint88) {
        if (NodeId.unwrap(transfer.from) != 0) reserved[transfer.from] -= transfer.resource;
        reserved[transfer.to] += transfer.resource;
        return rent;
    }

    /// @notice As {IAccountRegistry.takePool}: a network fee alone is credited.
    function takePool(
        IAccountRegistry.Distribution calldata distribution
    ) external returns (uint256 networkFee, uint256 managementFee, uint256 shares) {
        networkFee = (pool * distribution.networkFeeBps) / 10_000;
        (shares, pool) = (pool - networkFee, 0);
        credited[distribution.networkAccount] += networkFee;
        return (networkFee, managementFee, shares);
    }

    /// @notice As {IAccountRegistry.setUnservedShare}.
    function setUnservedShare(ClusterId, CurrencyId, uint256 share) external {
        unservedShare = share;
    }

    /// @notice As {IAccountRegistry.credit}.
    function credit(address account, CurrencyId, uint256 scaledAmount) external {
        credited[account] += scaledAmount;
    }

    /// @notice As {INodeRegistry.providerOf}.
    function providerOf(NodeId) external view returns (address) {
        return address(this);
    }

    /// @notice As {IAccountRegistry.poolOf}.
    function poolOf(ClusterId) external view returns (uint256) {
        return pool;
    }

    /// @notice As {IAccountRegistry.currencyOf}: two scaled units are a base unit.
    function currencyOf(CurrencyId) external pure returns (Currency currency, uint256 scale, uint256 indexPerSecond) {
        return (Currency.wrap(address(1)), 2, 3);
    }

    // ------------------------------------------------------------ views

    /// @notice {ClusterViews.statusOf}.
    function status() external view returns (IClusterRegistry.ClusterStatus memory) {
        return _cluster.statusOf(ID, IAccountRegistry(address(this)));
    }

    /// @notice {ClusterViews.membersOf}.
    function members() external view returns (IClusterRegistry.MemberStatus[] memory) {
        return _cluster.membersOf(IAccountRegistry(address(this)));
    }

    /// @notice {ClusterViews.vnodesOf}.
    function vnodes(uint32 offset, uint32 limit) external view returns (NodeId[] memory) {
        return _cluster.vnodesOf(ID, offset, limit);
    }

    /// @notice {ClusterViews.quote}.
    function quote(uint32 resource) external view returns (uint256 usdPerMonth, uint256 tokensPerMonth) {
        return _cluster.quote(resource, IAccountRegistry(address(this)));
    }

    /// @notice {Revenues.preview}.
    function preview() external view returns (uint256 networkFee, uint256 managementFee, uint256 shares, uint256 revenuePerWeight) {
        return _cluster.preview(pool, _networkFee.bps);
    }

    /// @notice The manager, the founder, and whether the caller managed the cluster before.
    function management() external view returns (address manager, address founder, bool before) {
        manager = _cluster.manager;
        return (manager, _management.founderOf(manager), _management.managedBefore[msg.sender]);
    }

    function _context() private view returns (ClusterContext memory) {
        return ClusterContext(ID, IAccountRegistry(address(this)), INodeRegistry(address(this)));
    }
}
