// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {NodeId} from "../../../contracts/types/Ids.sol";
import {Calls} from "../base/Calls.sol";

/// @dev Providers run nodes and trust managers.
abstract contract Nodes is Calls {
    uint256 private constant MAX_NODES = 14;

    uint32 private _nodesCreated;

    function createNode(uint256 seed) external seeded(seed) {
        require(_nodeIds.length < MAX_NODES, "enough nodes");
        uint32 capacity = _oneIn(2) ? type(uint32).max : uint32(_between(1, type(uint32).max));
        bytes memory data = abi.encodeCall(INodeRegistry.createNode, (_rent(), capacity, _params()));
        if (_act(_person(), true, address(nodes), data)) _nodeIds.push(NodeId.wrap(++_nodesCreated));
    }

    function changeNodeParams(uint256 seed) external seeded(seed) {
        (NodeId nodeId, address by, bool entitled) = _nodeAndCaller();
        _act(by, entitled, address(nodes), abi.encodeCall(INodeRegistry.changeNodeParams, (nodeId, _params())));
    }

    function changeNodeRent(uint256 seed) external seeded(seed) {
        (NodeId nodeId, address by, bool entitled) = _nodeAndCaller();
        _act(by, entitled, address(nodes), abi.encodeCall(INodeRegistry.changeNodeRent, (nodeId, _rent())));
    }

    function changeNodeCapacity(uint256 seed) external seeded(seed) {
        (NodeId nodeId, address by, bool entitled) = _nodeAndCaller();
        uint256 reserved = nodes.getNode(nodeId).reserved;
        uint32 capacity = uint32(_between(reserved - reserved / 8, type(uint32).max));
        _act(by, entitled, address(nodes), abi.encodeCall(INodeRegistry.changeNodeCapacity, (nodeId, capacity)));
    }

    function removeNode(uint256 seed) external seeded(seed) {
        NodeId nodeId = _node(_isUnused);
        address provider = nodes.providerOf(nodeId);
        address by = _mostly(provider);
        if (!_act(by, by == provider, address(nodes), abi.encodeCall(INodeRegistry.removeNode, (nodeId)))) return;
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            if (NodeId.unwrap(_nodeIds[i]) == NodeId.unwrap(nodeId)) _nodeIds[i] = _nodeIds[_nodeIds.length - 1];
        }
        _nodeIds.pop();
    }

    function trustManager(uint256 seed) external seeded(seed) {
        _act(_person(), true, address(nodes), abi.encodeCall(INodeRegistry.trustManager, (_person())));
    }

    function distrustManager(uint256 seed) external seeded(seed) {
        _act(_person(), true, address(nodes), abi.encodeCall(INodeRegistry.distrustManager, (_person())));
    }

    function nodeMulticall(uint256 seed) external seeded(seed) {
        (NodeId nodeId, address by, bool entitled) = _nodeAndCaller();
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(INodeRegistry.trustManager, (_person()));
        calls[1] = abi.encodeCall(INodeRegistry.changeNodeRent, (nodeId, _rent()));
        calls[2] = abi.encodeCall(INodeRegistry.changeNodeParams, (nodeId, _params()));
        _act(by, entitled, address(nodes), abi.encodeCall(Multicall.multicall, (calls)));
    }

    /// @dev What people ask, or anything from nothing, or 1 wei, to the largest.
    function _rent() private returns (uint128) {
        if (_oneIn(16)) return 0;
        return uint128(_oneIn(2) ? _between(1, type(uint88).max) : _between(1e15, 1e20));
    }

    function _nodeAndCaller() private returns (NodeId nodeId, address by, bool entitled) {
        nodeId = _node(_anyNode);
        address provider = nodes.providerOf(nodeId);
        by = _mostly(provider);
        entitled = by == provider;
    }

    function _isUnused(NodeId nodeId) private view returns (bool) {
        return nodes.getNode(nodeId).clusters == 0;
    }
}
