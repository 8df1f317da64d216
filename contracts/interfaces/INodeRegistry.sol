// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeId} from "../types/Ids.sol";
import {NodeSlot} from "../types/NodeSlot.sol";
import {INodeIdErrors, IParamsErrors, IProviderErrors, IRegistryErrors} from "./ISharedErrors.sol";

/// @title INodeErrors
/// @notice Errors of the node registry that also reach the users of the cluster registry.
interface INodeErrors is INodeIdErrors, IRegistryErrors, IParamsErrors {
    /// @notice The node's free capacity does not suffice.
    error NodeCapacityExceeded(NodeId nodeId, uint256 needed, uint256 free);
    /// @notice The node's provider does not trust the manager.
    error ManagerNotTrusted(NodeId nodeId, address provider, address manager);
}

/// @title INodeRegistry
/// @notice Keeps the nodes: their providers, rents, capacities and reservations; and the managers that each provider trusts.
/// @dev `resource` is counted in units of what the engine sells (by convention 1 GB).
interface INodeRegistry is INodeErrors, IProviderErrors {
    /// @notice A node.
    /// @param nodeId Its id.
    /// @param provider The account that provides it and is paid for it.
    /// @param rentPerMonth Its rent in clusters that it joins from now on (USD, 18 decimals, per unit of resource, per vnode, per
    /// month).
    /// @param capacity Its units of resource.
    /// @param reserved Units of those that clusters have reserved.
    /// @param clusters The number of clusters that it is in.
    /// @param params Its configuration, a JSON text.
    struct NodeStatus {
        NodeId nodeId;
        address provider;
        uint128 rentPerMonth;
        uint32 capacity;
        uint32 reserved;
        uint32 clusters;
        string params;
    }

    /// @notice A vnode, or several, change from one node of a cluster to another.
    /// @param from The node that gives them; 0: they were vacant.
    /// @param to The node that takes them.
    /// @param resource How much resource is reserved for them.
    /// @param fromLeaves Whether `from` leaves the cluster with them.
    /// @param toJoins Whether `to` joins the cluster with them.
    /// @param manager The manager. The provider of `to` has to trust it.
    struct ReservationTransfer {
        NodeId from;
        NodeId to;
        uint256 resource;
        bool fromLeaves;
        bool toJoins;
        address manager;
    }

    /// @notice A node is registered.
    event NodeCreated(NodeId indexed nodeId, address indexed provider, uint256 rentPerMonth, uint32 capacity, string params);
    /// @notice A node's configuration changes.
    event NodeParamsChanged(NodeId indexed nodeId, string params);
    /// @notice A provider changes the rent of a node in clusters that the node joins from now on.
    event NodeRentChanged(NodeId indexed nodeId, uint256 rentPerMonth);
    /// @notice A node's capacity changes.
    event NodeCapacityChanged(NodeId indexed nodeId, uint32 capacity);
    /// @notice A provider removes a node.
    event NodeRemoved(NodeId indexed nodeId);
    /// @notice A provider lets a manager use its nodes.
    event ManagerTrusted(address indexed provider, address indexed manager);
    /// @notice A provider gives a manager no more vnodes.
    event ManagerDistrusted(address indexed provider, address indexed manager);

    /// @notice The rent is more than the registry can count.
    error NodeRentTooHigh(uint256 rentPerMonth, uint256 maximum);
    /// @notice The capacity would be below what clusters have reserved.
    error NodeCapacityBelowReserved(NodeId nodeId, uint256 capacity, uint256 reserved);
    /// @notice Clusters use the node.
    error NodeInUse(NodeId nodeId, uint256 clusters);
    /// @notice The manager is the zero address.
    error ManagerZero();

    /// @notice Registers a node; the caller is its provider.
    /// @param rentPerMonth USD (18 decimals) per unit of resource, per vnode, per month; below 2^88 (about 309 million USD).
    /// @param capacity Units of resource.
    /// @param params A JSON text of at most 24,000 bytes; see the schema of nodes.
    /// @return nodeId Its id.
    function createNode(uint128 rentPerMonth, uint32 capacity, string calldata params) external returns (NodeId nodeId);

    /// @notice Changes a node's configuration. For its provider.
    function changeNodeParams(NodeId nodeId, string calldata params) external;

    /// @notice Changes what a node asks. A cluster that it is in keeps the old rent until its manager accepts the new one. For the node's
    /// provider.
    /// @param rentPerMonth USD (18 decimals) per unit of resource, per vnode, per month.
    function changeNodeRent(NodeId nodeId, uint128 rentPerMonth) external;

    /// @notice Changes a node's capacity, not below what clusters have reserved. For its provider.
    /// @param capacity Units of resource.
    function changeNodeCapacity(NodeId nodeId, uint32 capacity) external;

    /// @notice Removes a node that no cluster uses. For its provider.
    function removeNode(NodeId nodeId) external;

    /// @notice Lets a manager give vnodes to the caller's nodes.
    function trustManager(address manager) external;

    /// @notice Lets a manager give no more vnodes to the caller's nodes; those that they have stay.
    function distrustManager(address manager) external;

    /// @notice Adds nodes to a cluster. All their providers have to trust its manager. For the cluster registry.
    /// @return rents The present rent of each node (USD, 18 decimals, per unit of resource, per vnode, per month).
    function addToCluster(NodeId[] calldata nodeIds, address manager) external returns (uint88[] memory rents);

    /// @notice Reserves `perVnode` units of resource for each vnode of a cluster. For the cluster registry.
    /// @param slots The cluster's nodes, and how many vnodes are on each.
    function reserveFor(NodeSlot[] calldata slots, uint32 perVnode) external;

    /// @notice Frees `perVnode` units of resource for each vnode of a cluster. For the cluster registry.
    /// @param slots The cluster's nodes, and how many vnodes are on each.
    /// @param leaves Whether the nodes leave the cluster, too.
    function releaseFrom(NodeSlot[] calldata slots, uint32 perVnode, bool leaves) external;

    /// @notice Moves vnodes of a cluster with their reservation from one node to another. For the cluster registry.
    /// @return rent The present rent of a node that joins the cluster (USD, 18 decimals, per unit of resource, per vnode, per month).
    function transferReservation(ReservationTransfer calldata transfer) external returns (uint88 rent);

    /// @notice A node. Reverts if there is none.
    function getNode(NodeId nodeId) external view returns (NodeStatus memory);

    /// @notice The nodes with ids in [offset, offset + limit), of one provider or (zero) of all.
    /// @return items The nodes.
    /// @return lastId The highest id given so far; 0 if none.
    function listNodes(uint32 offset, uint32 limit, address provider) external view returns (NodeStatus[] memory items, uint256 lastId);

    /// @notice Whether a provider lets a manager use its nodes.
    function isTrusted(address provider, address manager) external view returns (bool);

    /// @notice The provider of a node. Reverts if there is no such node.
    function providerOf(NodeId nodeId) external view returns (address);

    /// @notice The rent of a node in clusters that it joins from now on. Reverts if there is no such node.
    function rentOf(NodeId nodeId) external view returns (uint88 rentPerMonth);

    /// @notice The registry that may reserve capacity.
    function CLUSTER_REGISTRY() external view returns (address);
}
