// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ItemStore} from "./base/ItemStore.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {NodeId} from "./types/Ids.sol";
import {Node} from "./types/Node.sol";
import {NodeSlot} from "./types/NodeSlot.sol";

/// @title NodeRegistry
/// @notice Keeps the nodes, and which managers a provider trusts.
/// @dev For every node: reserved <= capacity, and reserved = the sum over its clusters of its vnodes there x the resource per vnode.
contract NodeRegistry is INodeRegistry, ItemStore {
    // ------------------------------------------------------------ immutables

    /// @inheritdoc INodeRegistry
    address public immutable CLUSTER_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(NodeId nodeId => Node) private _nodes;
    mapping(address provider => mapping(address manager => bool)) private _trusted;

    // ------------------------------------------------------------ constructor

    constructor(address clusterRegistry) {
        CLUSTER_REGISTRY = clusterRegistry;
    }

    // ------------------------------------------------------------ functions that change state: providers'

    /// @inheritdoc INodeRegistry
    function createNode(uint128 rentPerMonth, uint32 capacity, string calldata params) external returns (NodeId nodeId) {
        uint88 rent = _checkedRent(rentPerMonth);
        (uint32 id, uint32 ref) = _newItem(params);
        nodeId = NodeId.wrap(id);
        _nodes[nodeId] = Node({provider: msg.sender, capacity: capacity, reserved: 0, clusters: 0, rentPerMonth: rent, params: ref});
        emit NodeCreated(nodeId, msg.sender, rentPerMonth, capacity, params);
    }

    /// @inheritdoc INodeRegistry
    function changeNodeParams(NodeId nodeId, string calldata params) external {
        Node storage node = _ownNode(nodeId);
        node.params = _replaceParams(NodeId.unwrap(nodeId), node.params, params);
        emit NodeParamsChanged(nodeId, params);
    }

    /// @inheritdoc INodeRegistry
    function changeNodeRent(NodeId nodeId, uint128 rentPerMonth) external {
        _ownNode(nodeId).rentPerMonth = _checkedRent(rentPerMonth);
        emit NodeRentChanged(nodeId, rentPerMonth);
    }

    /// @inheritdoc INodeRegistry
    function changeNodeCapacity(NodeId nodeId, uint32 capacity) external {
        Node storage node = _ownNode(nodeId);
        require(capacity >= node.reserved, NodeCapacityBelowReserved(nodeId, capacity, node.reserved));
        node.capacity = capacity;
        emit NodeCapacityChanged(nodeId, capacity);
    }

    /// @inheritdoc INodeRegistry
    function removeNode(NodeId nodeId) external {
        Node storage node = _ownNode(nodeId);
        require(node.clusters == 0, NodeInUse(nodeId, node.clusters));
        _forgetParams(NodeId.unwrap(nodeId), node.params);
        delete _nodes[nodeId];
        emit NodeRemoved(nodeId);
    }

    /// @inheritdoc INodeRegistry
    function trustManager(address manager) external {
        require(manager != address(0), ManagerZero());
        _trusted[msg.sender][manager] = true;
        emit ManagerTrusted(msg.sender, manager);
    }

    /// @inheritdoc INodeRegistry
    function distrustManager(address manager) external {
        require(manager != address(0), ManagerZero());
        _trusted[msg.sender][manager] = false;
        emit ManagerDistrusted(msg.sender, manager);
    }

    // ------------------------------------------------------------ functions that change state: the cluster registry's

    /// @inheritdoc INodeRegistry
    function addToCluster(NodeId[] calldata nodeIds, address manager) external returns (uint88[] memory rents) {
        _requireClusterRegistry();
        rents = new uint88[](nodeIds.length);
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            NodeId nodeId = nodeIds[i];
            Node storage node = _node(nodeId);
            _requireTrust(nodeId, node.provider, manager);
            ++node.clusters;
            rents[i] = node.rentPerMonth;
        }
    }

    /// @inheritdoc INodeRegistry
    function reserveFor(NodeSlot[] calldata slots, uint32 perVnode) external {
        _requireClusterRegistry();
        for (uint256 i = 0; i < slots.length; ++i) {
            NodeSlot slot = slots[i];
            _reserve(_nodes[slot.node()], slot.node(), _resourceOf(slot, perVnode));
        }
    }

    /// @inheritdoc INodeRegistry
    function releaseFrom(NodeSlot[] calldata slots, uint32 perVnode, bool leaves) external {
        _requireClusterRegistry();
        for (uint256 i = 0; i < slots.length; ++i) {
            NodeSlot slot = slots[i];
            _release(_nodes[slot.node()], _resourceOf(slot, perVnode), leaves);
        }
    }

    /// @inheritdoc INodeRegistry
    function transferReservation(ReservationTransfer calldata transfer) external returns (uint88 rent) {
        _requireClusterRegistry();
        Node storage to = _node(transfer.to);
        _requireTrust(transfer.to, to.provider, transfer.manager);
        // Nothing is reserved for a vacancy.
        if (transfer.from != NodeId.wrap(0)) _release(_nodes[transfer.from], transfer.resource, transfer.fromLeaves);
        _reserve(to, transfer.to, transfer.resource);
        if (!transfer.toJoins) return 0;
        ++to.clusters;
        return to.rentPerMonth;
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc INodeRegistry
    function getNode(NodeId nodeId) external view returns (NodeStatus memory) {
        return _status(nodeId, _node(nodeId));
    }

    /// @inheritdoc INodeRegistry
    function listNodes(uint32 offset, uint32 limit, address provider) external view returns (NodeStatus[] memory items, uint256 lastId) {
        uint256[] memory ids;
        (ids, lastId) = _page(offset, limit, provider);
        // The statuses overwrite the ids: another array would begin with as many empty statuses.
        assembly ("memory-safe") {
            items := ids
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            // Ids are 32 bits wide.
            NodeId nodeId = NodeId.wrap(uint32(ids[i]));
            items[i] = _status(nodeId, _nodes[nodeId]);
        }
    }

    /// @inheritdoc INodeRegistry
    function isTrusted(address provider, address manager) external view returns (bool) {
        return _trusted[provider][manager];
    }

    /// @inheritdoc INodeRegistry
    function providerOf(NodeId nodeId) external view returns (address) {
        return _node(nodeId).provider;
    }

    /// @inheritdoc INodeRegistry
    function rentOf(NodeId nodeId) external view returns (uint88 rentPerMonth) {
        return _node(nodeId).rentPerMonth;
    }

    // ------------------------------------------------------------ internal

    /// @dev A node is its provider's.
    function _ownerOf(uint32 id) internal view override returns (address) {
        return _nodes[NodeId.wrap(id)].provider;
    }

    function _reserve(Node storage node, NodeId nodeId, uint256 resource) private {
        (uint256 capacity, uint256 reserved) = (node.capacity, node.reserved);
        // The reservation is at most the capacity, before and after, so it fits 32 bits.
        unchecked {
            require(resource <= capacity - reserved, NodeCapacityExceeded(nodeId, resource, capacity - reserved));
            node.reserved = uint32(reserved + resource);
        }
    }

    function _release(Node storage node, uint256 resource, bool leaves) private {
        // At most the reservation, so it fits.
        node.reserved -= uint32(resource);
        if (leaves) --node.clusters;
    }

    function _node(NodeId nodeId) private view returns (Node storage node) {
        node = _nodes[nodeId];
        require(node.provider != address(0), NodeUnknown(nodeId));
    }

    function _ownNode(NodeId nodeId) private view returns (Node storage node) {
        node = _node(nodeId);
        require(msg.sender == node.provider, CallerNotProvider(nodeId, msg.sender, node.provider));
    }

    function _status(NodeId nodeId, Node storage node) private view returns (NodeStatus memory) {
        return
            NodeStatus({
                nodeId: nodeId,
                provider: node.provider,
                rentPerMonth: node.rentPerMonth,
                capacity: node.capacity,
                reserved: node.reserved,
                clusters: node.clusters,
                params: _paramsOf(NodeId.unwrap(nodeId), node.params)
            });
    }

    function _requireTrust(NodeId nodeId, address provider, address manager) private view {
        require(_trusted[provider][manager], ManagerNotTrusted(nodeId, provider, manager));
    }

    function _resourceOf(NodeSlot slot, uint32 perVnode) private pure returns (uint256) {
        // 16 bits x 32 bits.
        unchecked {
            return uint256(slot.vnodes()) * perVnode;
        }
    }

    function _requireClusterRegistry() private view {
        require(msg.sender == CLUSTER_REGISTRY, CallerNotRegistry(msg.sender));
    }

    function _checkedRent(uint128 rentPerMonth) private pure returns (uint88) {
        require(rentPerMonth <= type(uint88).max, NodeRentTooHigh(rentPerMonth, type(uint88).max));
        return uint88(rentPerMonth);
    }
}
