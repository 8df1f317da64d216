// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";
import {IClusterErrors, IMembershipErrors} from "./IClusterErrors.sol";
import {INodeErrors} from "./INodeRegistry.sol";
import {IManagerErrors, IStreamErrors} from "./ISharedErrors.sol";

/// @title IClusterRegistry
/// @notice Keeps the clusters: their managers, the node of each vnode, their reserved and used resource, and their revenue.
/// @dev A node's *weight* in a cluster is its rent there times its vnodes there times its quality there, in basis points. The cluster
/// serves the sum of those weights. With all its vnodes at full quality it would serve its rent per unit x 10,000.
/// Shares of revenue are counted in scaled units (see {IAccountRegistry}).
interface IClusterRegistry is IClusterErrors, IMembershipErrors, IManagerErrors, INodeErrors, IStreamErrors {
    /// @notice A cluster.
    /// @param clusterId Its id.
    /// @param manager Its manager.
    /// @param offeredTo The account that may take over its management; zero: none.
    /// @param currency The currency in which it is paid.
    /// @param vnodeCount Its number of vnodes, which never changes.
    /// @param nodeCount The number of distinct nodes that serve it.
    /// @param resourcePerVnode Units of resource that are reserved for each vnode.
    /// @param resourceUsed Units of those that buckets use.
    /// @param rentPerUnit The price of a unit of resource (USD, 18 decimals, per month): the sum over all vnodes of the rent of their
    /// node in this cluster.
    /// @param revenues Its undistributed revenue, in base units, rounded down: now, or as far as one call can settle the cluster.
    /// @param closed Whether buckets may allocate no more.
    /// @param managementFeeBps The manager's fee, in basis points of what the network fee leaves.
    /// @param params Its configuration, a JSON text.
    struct ClusterStatus {
        ClusterId clusterId;
        address manager;
        address offeredTo;
        Currency currency;
        uint32 vnodeCount;
        uint32 nodeCount;
        uint32 resourcePerVnode;
        uint32 resourceUsed;
        uint256 rentPerUnit;
        uint256 revenues;
        bool closed;
        uint16 managementFeeBps;
        string params;
    }

    /// @notice A node in a cluster.
    /// @param nodeId The node.
    /// @param vnodes The number of the cluster's vnodes that it serves.
    /// @param rentPerMonth Its rent in the cluster (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param qualityBps Its quality, in basis points.
    /// @param claimable Its distributed and unclaimed share, in base units, rounded down. The undistributed pool is not part of it.
    /// @param scaledClaimable The same in scaled units, exact.
    struct MemberStatus {
        NodeId nodeId;
        uint32 vnodes;
        uint256 rentPerMonth;
        uint16 qualityBps;
        uint256 claimable;
        uint256 scaledClaimable;
    }

    /// @notice A cluster is created: vnode `i` is on `nodeIds[i % nodeIds.length]`, or vacant if there are none yet.
    event ClusterCreated(
        ClusterId indexed clusterId,
        address indexed manager,
        Currency indexed currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        NodeId[] nodeIds,
        uint88[] rents,
        string params
    );
    /// @notice The manager reserves more for each vnode: `resourcePerVnode` units now.
    event ResourceReserved(ClusterId indexed clusterId, uint32 resourcePerVnode);
    /// @notice The manager reserves less for each vnode: `resourcePerVnode` units now.
    event ResourceReleased(ClusterId indexed clusterId, uint32 resourcePerVnode);
    /// @notice The vnodes of a cluster that was created vacant get their nodes: vnode `i` is on `nodeIds[i % nodeIds.length]`.
    /// @param rents Their rents in it (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param rentPerUnit The cluster's rent per unit (USD, 18 decimals, per month).
    event ClusterFilled(ClusterId indexed clusterId, NodeId[] nodeIds, uint88[] rents, uint256 rentPerUnit);
    /// @notice A vnode moves from one node to another.
    /// @param rentPerMonth The rent of the new node in this cluster (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param rentPerUnit The cluster's new rent per unit (USD, 18 decimals, per month).
    event VnodeReplaced(
        ClusterId indexed clusterId,
        NodeId indexed oldNodeId,
        NodeId indexed newNodeId,
        uint32 vnodeIndex,
        uint256 rentPerMonth,
        uint256 rentPerUnit
    );
    /// @notice All vnodes of a node move to another node, which was not in the cluster.
    /// @param vnodes How many they are.
    /// @param rentPerMonth The rent of the new node in this cluster (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param rentPerUnit The cluster's new rent per unit (USD, 18 decimals, per month).
    event NodeReplaced(
        ClusterId indexed clusterId,
        NodeId indexed oldNodeId,
        NodeId indexed newNodeId,
        uint32 vnodes,
        uint256 rentPerMonth,
        uint256 rentPerUnit
    );
    /// @notice Vacant vnodes move to a node.
    /// @param vnodeIndex The vnode that was named.
    /// @param vnodes 1, or the number of all vnodes that became vacant together with it and still were.
    /// @param rentPerMonth The node's rent in this cluster (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param rentPerUnit The cluster's new rent per unit (USD, 18 decimals, per month).
    event VacancyFilled(
        ClusterId indexed clusterId,
        NodeId indexed nodeId,
        uint32 vnodeIndex,
        uint32 vnodes,
        uint256 rentPerMonth,
        uint256 rentPerUnit
    );
    /// @notice A node leaves, and its vnodes are vacant.
    /// @param vnodes How many they are.
    event NodeVacated(ClusterId indexed clusterId, NodeId indexed nodeId, uint32 vnodes);
    /// @notice A node may serve up to `vnodes` vnodes of a cluster that has terms of its own; in any cluster none (0), as its exit is
    /// announced.
    event VnodesCovered(ClusterId indexed clusterId, NodeId indexed nodeId, uint32 vnodes);
    /// @notice A node's quality in a cluster changes (basis points).
    event QualityChanged(ClusterId indexed clusterId, NodeId indexed nodeId, uint16 qualityBps);
    /// @notice The manager accepts another rent of a node, which applies in the cluster from now on.
    /// @param rentPerMonth The node's rent there (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @param rentPerUnit The cluster's new rent per unit (USD, 18 decimals, per month).
    event RentAccepted(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 rentPerMonth, uint256 rentPerUnit);
    /// @notice A pool is distributed; amounts in scaled units.
    /// @param networkAccount The account that received the network fee.
    /// @param manager The account that received the management fee.
    /// @param networkFee The network fee.
    /// @param managementFee The management fee.
    /// @param shares The amount that the nodes share, by their weights.
    /// @param revenuePerWeight The revenue of a unit of weight since the cluster was created.
    event RevenuesDistributed(
        ClusterId indexed clusterId,
        address indexed networkAccount,
        address indexed manager,
        uint256 networkFee,
        uint256 managementFee,
        uint256 shares,
        uint256 revenuePerWeight
    );
    /// @notice A node's share is credited to its provider's account, in scaled units.
    event RevenuesClaimed(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed provider, uint256 scaledAmount);
    /// @notice A cluster is closed, or opened again.
    /// @param closed Whether buckets may allocate no more.
    event ClusterClosureChanged(ClusterId indexed clusterId, bool closed);
    /// @notice A cluster's configuration changes.
    event ClusterParamsChanged(ClusterId indexed clusterId, string params);
    /// @notice The manager takes a lower fee from now on.
    event ManagementFeeLowered(ClusterId indexed clusterId, uint16 managementFeeBps);
    /// @notice The manager offers the management to an account; zero: the manager withdraws the offer.
    event ManagementOffered(ClusterId indexed clusterId, address indexed manager, address indexed offeredTo);
    /// @notice The management passes to another account.
    event ManagementAccepted(ClusterId indexed clusterId, address indexed oldManager, address indexed newManager);
    /// @notice A cluster is gone.
    /// @param networkAccount The account that received the leftover.
    /// @param leftover The part of the pool that could not be shared, in scaled units.
    event ClusterRemoved(ClusterId indexed clusterId, address indexed networkAccount, uint256 leftover);
    /// @notice The network fee of all clusters changes; it applies to pools that are distributed from now on.
    event NetworkFeeChanged(uint16 networkFeeBps, address indexed networkAccount);

    /// @notice No node serves the vnode: a vacancy is filled, not replaced.
    error VnodeVacant(ClusterId clusterId, uint256 vnodeIndex);
    /// @notice The vnode is on this node already.
    error VnodeAlreadyOnNode(ClusterId clusterId, uint256 vnodeIndex, NodeId nodeId);
    /// @notice The node asks more than the manager agreed to.
    error NodeRentAboveMaximum(NodeId nodeId, uint256 rentPerMonth, uint256 maximum);
    /// @notice More would be reserved for each vnode than the registry can count.
    error ClusterResourceTooLarge(ClusterId clusterId, uint256 resourcePerVnode, uint256 maximum);
    /// @notice More is to be released than is reserved and not used by buckets.
    error ClusterResourceInUse(ClusterId clusterId, uint256 requested, uint256 free);
    /// @notice Buckets use the cluster.
    error ClusterInUse(ClusterId clusterId, uint256 resourceUsed);
    /// @notice A management fee can only be lowered (basis points).
    error ManagementFeeNotLower(ClusterId clusterId, uint256 managementFeeBps, uint256 current);
    /// @notice The fee is above its cap (basis points).
    error NetworkFeeTooHigh(uint256 networkFeeBps, uint256 maximum);
    /// @notice The network fee needs an account to go to.
    error NetworkAccountZero();
    /// @notice The management is not offered to the caller.
    error ManagementNotOffered(ClusterId clusterId, address caller, address offeredTo);

    /// @notice Creates a cluster. The caller is its manager. Every node's provider has to trust the caller.
    /// @param currency The currency in which it is paid.
    /// @param vnodeCount 1 to 65,535; they can never become more or fewer.
    /// @param nodeIds 1 to 256 distinct nodes, no more than vnodes: vnode `i` goes to `nodeIds[i % nodeIds.length]`.
    /// @param managementFeeBps The manager's fee: at most 3,000 basis points of what the network fee leaves.
    /// @param params A JSON text of at most 24,000 bytes; see the schema of clusters.
    /// @return clusterId Its id.
    function createCluster(
        Currency currency,
        uint32 vnodeCount,
        NodeId[] calldata nodeIds,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId);

    /// @notice Reserves more resource for each vnode, from nodes in the cluster. For the manager.
    /// @dev Costs grow with the number of distinct nodes.
    /// @param perVnode Units of resource to add.
    function reserveResource(ClusterId clusterId, uint32 perVnode) external;

    /// @notice Gives back resource of each vnode that buckets do not use. For the manager.
    /// @dev Costs grow with the number of distinct nodes.
    /// @param perVnode Units of resource to give back.
    function releaseResource(ClusterId clusterId, uint32 perVnode) external;

    /// @notice Moves a vnode, with its reservation, to another node. For the manager; the new node's provider has to trust it.
    /// @dev Settles and distributes the pool, and pays both nodes first. While buckets are allocated, the rent cannot rise by it.
    /// @param vnodeIndex Counted from 0.
    function replaceNode(ClusterId clusterId, uint32 vnodeIndex, NodeId newNodeId) external;

    /// @notice Moves all vnodes of a node to a node that is not in the cluster yet. For the manager; the new node's provider has to trust
    /// it.
    /// @dev Settles and distributes the pool, and pays the old node first. Costs the same for 1 as for 65,535 vnodes.
    function replaceNodes(ClusterId clusterId, NodeId oldNodeId, NodeId newNodeId) external;

    /// @notice Accepts the rent that a node now asks, which applies at once. For the manager.
    /// @dev Settles and distributes the pool, and pays the node first. While buckets are allocated, only a lower rent is accepted.
    /// @param maxRent The most that the manager agrees to (USD, 18 decimals, per unit of resource, per vnode, per month).
    function acceptRent(ClusterId clusterId, NodeId nodeId, uint128 maxRent) external;

    /// @notice Settles a cluster and distributes its pool: the network fee, the management fee, and the rest to the nodes by their weights.
    /// For anyone.
    /// @dev Costs the same for any number of nodes and payers. With no weight at all the pool waits. It settles at most 2,000 ticks: after
    /// a longer time call {IAccountRegistry.settleCluster} first, or call this again.
    function distributeRevenues(ClusterId clusterId) external;

    /// @notice Credits what a node has earned to its provider's account. For anyone.
    function claimRevenues(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Closes a cluster, so that its buckets keep what they hold and can allocate no more, or opens it again. For the manager.
    /// @dev A closed cluster makes notices final. In an open one, an owner under notice can release and allocate in one transaction, again
    /// and again, from other buckets and other accounts.
    function closeCluster(ClusterId clusterId, bool closed) external;

    /// @notice Changes a cluster's configuration. For the manager.
    function changeClusterParams(ClusterId clusterId, string calldata params) external;

    /// @notice Lowers the management fee, after distributing at the old one. For the manager.
    /// @dev While all rents are zero nothing is distributed: the pool waits, and its fee is the lower one when it is shared.
    /// @param managementFeeBps Basis points.
    function lowerManagementFee(ClusterId clusterId, uint16 managementFeeBps) external;

    /// @notice Offers the management to an account, which becomes the manager by accepting; zero withdraws the offer. For the manager.
    function offerManagement(ClusterId clusterId, address manager) external;

    /// @notice Takes over the management, after distributing to the old manager. For the account to which it is offered.
    /// @dev While all rents are zero nothing is distributed: the pool waits, and its fee goes to the manager in office when it is shared.
    function acceptManagement(ClusterId clusterId) external;

    /// @notice Removes a cluster that no bucket uses, after settling and distributing its pool and paying its nodes. For the manager.
    /// @dev Costs grow with the number of distinct nodes. The leftover that cannot be shared goes to the network's account.
    function removeCluster(ClusterId clusterId) external;

    /// @notice Sets the network fee of all clusters. For the fee manager.
    /// @param networkFeeBps At most 1,000 basis points.
    /// @param networkAccount The account that receives it.
    function setNetworkFee(uint16 networkFeeBps, address networkAccount) external;

    /// @notice Marks resource of a cluster as used by a bucket. For the bucket registry.
    /// @param resource Units of resource, per vnode.
    /// @return rentPerUnit The price of a unit (USD, 18 decimals, per month).
    /// @return currencyId The cluster's currency.
    function allocateResource(ClusterId clusterId, uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId);

    /// @notice Marks resource of a cluster as no longer used by a bucket. For the bucket registry.
    /// @return currencyId The cluster's currency.
    function deallocateResource(ClusterId clusterId, uint32 resource) external returns (CurrencyId currencyId);

    /// @notice Creates a cluster without nodes, which has terms of its own. For the terms registry.
    /// @param manager Its manager.
    /// @param leavingNotice How long a node's bond answers for vnodes that the node no longer serves (seconds, not zero).
    function createVacant(
        address manager,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params,
        uint24 leavingNotice
    ) external returns (ClusterId clusterId);

    /// @notice Gives a cluster that was created vacant its nodes. Their providers have to trust the manager. For the terms registry.
    /// @param nodeIds 1 to 256 distinct nodes, no more than vnodes: vnode `i` goes to `nodeIds[i % nodeIds.length]`.
    function fillCluster(ClusterId clusterId, NodeId[] calldata nodeIds) external;

    /// @notice Sets how many vnodes a node may serve in a cluster that has terms of its own. Zero keeps it from vnodes of any cluster. For
    /// the terms registry.
    /// @param isNew Whether an agreement begins: vnodes that the node gave up before are no liability of the new bond.
    function coverVnodes(ClusterId clusterId, NodeId nodeId, uint16 vnodes, bool isNew) external;

    /// @notice Changes a node's quality, after settling and distributing the pool and paying the node. For the terms registry.
    /// @param qualityBps At most 10,000 basis points.
    function setQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps) external;

    /// @notice Lets a node leave, after settling and distributing the pool and paying the node: its vnodes are vacant. For the terms
    /// registry.
    /// @dev Costs the same for 1 as for 65,535 vnodes.
    function vacate(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Lets a node take over a vacant vnode. For the terms registry.
    /// @param vnodeIndex Counted from 0.
    /// @param allVacant All the vnodes that became vacant with this one and still are; the node is then not in the cluster yet.
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool allVacant) external;

    /// @notice A cluster. Reverts if there is none.
    function getCluster(ClusterId clusterId) external view returns (ClusterStatus memory);

    /// @notice The node of each vnode with an index in [offset, offset + limit), counted from 0; 0 for a vacant one. {getCluster} gives the
    /// number of vnodes.
    function getVnodes(ClusterId clusterId, uint32 offset, uint32 limit) external view returns (NodeId[] memory nodeIds);

    /// @notice The nodes that serve a cluster (at most 256), in no particular order.
    function getMembers(ClusterId clusterId) external view returns (MemberStatus[] memory);

    /// @notice The clusters with ids in [offset, offset + limit), of one manager or (zero) of all.
    /// @return items The clusters.
    /// @return lastId The highest id given so far; 0 if none.
    function listClusters(
        uint32 offset,
        uint32 limit,
        address manager
    ) external view returns (ClusterStatus[] memory items, uint256 lastId);

    /// @notice The distributed and unclaimed share of a node, in base units, rounded down. Reverts if the node is not in the cluster: a
    /// node that leaves is paid.
    function claimable(ClusterId clusterId, NodeId nodeId) external view returns (uint256 amount);

    /// @notice The amounts that {RevenuesDistributed} would report if the cluster were distributed now, in scaled units.
    /// @return networkShare The network fee; 0, as are the next two, if there is nothing to distribute or no weight to share it by.
    /// @return managementFee The management fee.
    /// @return shares The amount that the nodes would share, by their weights.
    /// @return revenuePerWeight The revenue of a unit of weight since the cluster was created, with this distribution.
    function previewDistribution(
        ClusterId clusterId
    ) external view returns (uint256 networkShare, uint256 managementFee, uint256 shares, uint256 revenuePerWeight);

    /// @notice The price of a bucket of `resource` units.
    /// @return usdPerMonth USD, 18 decimals, per month.
    /// @return tokensPerMonth Base units of the cluster's currency per month at the present price, rounded down.
    function quote(ClusterId clusterId, uint32 resource) external view returns (uint256 usdPerMonth, uint256 tokensPerMonth);

    /// @notice The network fee in force.
    /// @return networkFeeBps Basis points.
    /// @return networkAccount The account that receives it.
    function networkFee() external view returns (uint16 networkFeeBps, address networkAccount);

    /// @notice The manager of a cluster. Reverts if there is no such cluster.
    function managerOf(ClusterId clusterId) external view returns (address);

    /// @notice The manager and the first manager of a cluster. The manager is zero if there is no such cluster.
    function partiesOf(ClusterId clusterId) external view returns (address manager, address founder);

    /// @notice Whether an account manages a cluster, or managed it before it handed the cluster over or removed it.
    function hasManaged(ClusterId clusterId, address account) external view returns (bool);

    /// @notice The number of a cluster's currency; 0 if there is no such cluster.
    function currencyIdOf(ClusterId clusterId) external view returns (CurrencyId);

    /// @notice A node in a cluster; if it is not in it, rent and vnodes are zero and its quality is 10,000.
    /// @return rentPerMonth Its rent there (USD, 18 decimals, per unit of resource, per vnode, per month).
    /// @return vnodes The number of vnodes that it serves.
    /// @return qualityBps Its quality, in basis points.
    /// @return coveredVnodes The number of vnodes that it may serve in a cluster that has terms of its own.
    /// @return leftAt When it last left (unix seconds).
    /// @return liableVnodes For how many vnodes the bond of a node that serves answers: at least those that it serves; until a leaving
    /// notice after it last gave one up, the most that it served since a leaving notice before.
    function membershipOf(
        ClusterId clusterId,
        NodeId nodeId
    )
        external
        view
        returns (uint88 rentPerMonth, uint16 vnodes, uint16 qualityBps, uint16 coveredVnodes, uint40 leftAt, uint16 liableVnodes);

    /// @notice The weight that a cluster serves, and the weight that its owners pay for.
    /// @dev The rest is refunded. Where all rents are zero both are zero, and the unserved share is counted in vnodes; see
    /// {IAccountRegistry.getLine}.
    function servedOf(ClusterId clusterId) external view returns (uint256 served, uint256 nominal);

    /// @notice The part of earlier distributions that did not divide by the weight of the nodes, in scaled units. The next distribution
    /// shares it, free of fees. It is part of {ClusterStatus}.revenues.
    function undistributedOf(ClusterId clusterId) external view returns (uint256 scaledAmount);

    /// @notice The registry of nodes.
    function NODE_REGISTRY() external view returns (address);

    /// @notice The registry of accounts.
    function ACCOUNT_REGISTRY() external view returns (address);

    /// @notice The registry that may use resource.
    function BUCKET_REGISTRY() external view returns (address);

    /// @notice The registry that keeps the terms of clusters.
    function TERMS_REGISTRY() external view returns (address);
}
