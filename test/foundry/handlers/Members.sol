// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Clusters} from "./Clusters.sol";

/// @dev Managers move vnodes to other nodes, and accept what nodes ask now.
abstract contract Members is Clusters {
    function replaceNode(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_hasMembers);
        IClusterRegistry.MemberStatus memory old = _member(clusterId);
        NodeId newNodeId = _successor(clusterId, old, 1, _oneIn(2));
        bytes memory data = abi.encodeCall(IClusterRegistry.replaceNode, (clusterId, _vnodeOf(clusterId, old.nodeId), newNodeId));
        _change(clusterId, by, entitled, address(clusters), data);
    }

    function replaceNodes(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_hasMembers);
        IClusterRegistry.MemberStatus memory old = _member(clusterId);
        NodeId newNodeId = _successor(clusterId, old, old.vnodes, false);
        _change(
            clusterId,
            by,
            entitled,
            address(clusters),
            abi.encodeCall(IClusterRegistry.replaceNodes, (clusterId, old.nodeId, newNodeId))
        );
    }

    /// @dev Mostly after a node asks less.
    function acceptRent(uint256 seed) external seeded(seed) {
        if (!_oneIn(4)) _askLess();
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_asksAcceptableRent);
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        require(members.length != 0, "no nodes");
        uint256 start = _below(members.length);
        for (uint256 i = 0; i < members.length; ++i) {
            NodeId nodeId = members[(start + i) % members.length].nodeId;
            if (i + 1 < members.length && !_isAcceptable(clusterId, members[(start + i) % members.length])) continue;
            uint128 maxRent = _oneIn(2) ? nodes.rentOf(nodeId) : type(uint128).max;
            _change(clusterId, by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.acceptRent, (clusterId, nodeId, maxRent)));
            return;
        }
    }

    /// @dev What is done to weights shares what has been earned by the weights before, and raises no rent that buckets pay.
    function _change(ClusterId clusterId, address by, bool entitled, address target, bytes memory data) internal returns (bool) {
        uint256[] memory totals = _earnedTotals(clusterId);
        IClusterRegistry.ClusterStatus memory before = clusters.getCluster(clusterId);
        if (!_act(by, entitled, target, data)) return false;
        _expectSame(totals, _earnedTotals(clusterId), "changesShareWhatWasEarnedBefore", "other weights");
        bool risen = clusters.getCluster(clusterId).rentPerUnit > before.rentPerUnit;
        _expect(!risen || before.resourceUsed == 0, "rentsOnlyFallWhileBucketsPay", "a rent rose");
        return true;
    }

    // ------------------------------------------------------------ choices

    /// @dev Lets a node of a cluster that buckets pay ask less from now on.
    function _askLess() private {
        ClusterId clusterId = _cluster(_isPaid);
        if (!_isPaid(clusterId)) return;
        IClusterRegistry.MemberStatus memory member = _member(clusterId);
        if (member.rentPerMonth == 0) return;
        uint128 rent = uint128(_below(member.rentPerMonth));
        _act(nodes.providerOf(member.nodeId), true, address(nodes), abi.encodeCall(INodeRegistry.changeNodeRent, (member.nodeId, rent)));
    }

    function _member(ClusterId clusterId) internal returns (IClusterRegistry.MemberStatus memory) {
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        require(members.length != 0, "no nodes");
        return members[_below(members.length)];
    }

    /// @dev The first vnode on a node, from a random one on.
    function _vnodeOf(ClusterId clusterId, NodeId nodeId) private returns (uint32) {
        uint32 count = clusters.getCluster(clusterId).vnodeCount;
        uint32 start = uint32(_below(count));
        for (uint32 i = 0; i < count; ++i) {
            uint32 index = (start + i) % count;
            if (NodeId.unwrap(clusters.getVnodes(clusterId, index, 1)[0]) == NodeId.unwrap(nodeId)) return index;
        }
        return count;
    }

    /// @dev A node that can take vnodes over; any if there is none.
    function _successor(
        ClusterId clusterId,
        IClusterRegistry.MemberStatus memory old,
        uint256 vnodes,
        bool knownToo
    ) private returns (NodeId nodeId) {
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(clusterId);
        uint256 start = _below(_nodeIds.length);
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            nodeId = _nodeIds[(start + i) % _nodeIds.length];
            (bool known, uint256 rent) = _rentIn(clusterId, nodeId);
            if (NodeId.unwrap(nodeId) == NodeId.unwrap(old.nodeId) || (known && !knownToo)) continue;
            if (rent > old.rentPerMonth && cluster.resourceUsed != 0) continue;
            if (!nodes.isTrusted(nodes.providerOf(nodeId), cluster.manager)) continue;
            uint256 free = nodes.getNode(nodeId).capacity - nodes.getNode(nodeId).reserved;
            if (free >= vnodes * cluster.resourcePerVnode) return nodeId;
        }
    }

    /// @dev What a vnode costs on a node: its rent in the cluster, or what it asks now if it is new there.
    function _rentIn(ClusterId clusterId, NodeId nodeId) private view returns (bool known, uint256 rent) {
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        for (uint256 i = 0; i < members.length; ++i) {
            if (NodeId.unwrap(members[i].nodeId) == NodeId.unwrap(nodeId)) return (true, members[i].rentPerMonth);
        }
        return (false, nodes.rentOf(nodeId));
    }

    function _hasMembers(ClusterId clusterId) private view returns (bool) {
        return clusters.getMembers(clusterId).length != 0;
    }

    function _asksAcceptableRent(ClusterId clusterId) private view returns (bool) {
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        for (uint256 i = 0; i < members.length; ++i) {
            if (_isAcceptable(clusterId, members[i])) return true;
        }
        return false;
    }

    function _isPaid(ClusterId clusterId) internal view returns (bool) {
        return clusters.getCluster(clusterId).resourceUsed != 0 && _hasMembers(clusterId);
    }

    function _isAcceptable(ClusterId clusterId, IClusterRegistry.MemberStatus memory member) private view returns (bool) {
        return nodes.rentOf(member.nodeId) < member.rentPerMonth || clusters.getCluster(clusterId).resourceUsed == 0;
    }
}
