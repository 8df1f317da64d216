// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {NodeSlots, NodeSlotsLib} from "../libraries/NodeSlots.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {NodeSlot} from "../types/NodeSlot.sol";
import {VacantNode} from "../types/VacantNode.sol";
import {Revenues} from "./Revenues.sol";

/// @title Memberships
/// @notice Keeps which vnode of a cluster is on which node, and at what rent.
/// @dev For every cluster: rentPerUnit = the sum over its vnodes of their node's rent (of a vacant vnode, that of the node that left it),
/// and what is served = the sum of its nodes' weights (rent x vnodes x quality).
abstract contract Memberships is Revenues {
    using NodeSlotsLib for NodeSlots;
    using VacantNode for NodeId;

    // ------------------------------------------------------------ types

    /// @dev Some vnodes of a cluster go from one node to another.
    struct VnodeTransfer {
        NodeId from;
        NodeId to;
        uint256 vnodes;
        bool fromLeaves;
    }

    /// @dev What some vnodes cost and serve before and after something changes: rent x vnodes, and that x quality in basis points.
    struct WeightChange {
        uint256 oldRent;
        uint256 newRent;
        uint256 oldWeight;
        uint256 newWeight;
    }

    // ------------------------------------------------------------ constants

    uint256 internal constant MAX_NODES = 256;

    /// @dev A share of what is served is counted in 2^-32.
    uint256 private constant SHARE_BITS = 32;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => NodeSlots) internal _places;

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IClusterRegistry
    function replaceNode(ClusterId clusterId, uint32 vnodeIndex, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        NodeId oldNodeId = _nodeAt(clusterId, cluster, vnodeIndex);
        require(!oldNodeId.isVacant(), VnodeVacant(clusterId, vnodeIndex));
        require(oldNodeId != newNodeId, VnodeAlreadyOnNode(clusterId, vnodeIndex, newNodeId));
        _replaceOne(clusterId, cluster, vnodeIndex, oldNodeId, newNodeId);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNodes(ClusterId clusterId, NodeId oldNodeId, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(!oldNodeId.isVacant(), NodeNotInCluster(clusterId, oldNodeId));
        _replaceAll(clusterId, cluster, oldNodeId, newNodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function getVnodes(ClusterId clusterId, uint32 offset, uint32 limit) external view returns (NodeId[] memory nodeIds) {
        Cluster storage cluster = _cluster(clusterId);
        NodeSlots storage places = _places[clusterId];
        // Before the cluster is filled, all its vnodes are vacant.
        nodeIds = new NodeId[](Math.saturatingSub(Math.min(uint256(offset) + limit, cluster.vnodeCount), offset));
        if (cluster.placeCount == 0) return nodeIds;
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            NodeId nodeId = places.nodeAt(places.numberOf(offset + i, cluster.stride));
            if (!nodeId.isVacant()) nodeIds[i] = nodeId;
        }
    }

    /// @inheritdoc IClusterRegistry
    function getMembers(ClusterId clusterId) external view returns (MemberStatus[] memory items) {
        Cluster storage cluster = _cluster(clusterId);
        NodeSlot[] memory places = _placesOf(clusterId, cluster);
        (, uint256 scale, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        items = new MemberStatus[](places.length);
        for (uint256 i = 0; i < items.length; ++i) {
            NodeId nodeId = places[i].node();
            Member storage member = _members[clusterId][nodeId];
            uint256 owed = _owed(cluster, member);
            items[i] = MemberStatus(nodeId, member.vnodes, member.rent, _qualityOf(member), owed / scale, owed);
        }
    }

    // ------------------------------------------------------------ internal

    /// @dev Puts the first nodes of a cluster in their places, and returns what its vnodes cost.
    function _addMembers(
        ClusterId clusterId,
        uint256 vnodeCount,
        NodeId[] calldata nodeIds,
        uint88[] memory rents,
        bool hasTerms
    ) internal returns (uint256 rentPerUnit) {
        NodeSlots storage places = _places[clusterId];
        uint256 each = vnodeCount / nodeIds.length;
        uint256 more = vnodeCount % nodeIds.length;
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            Member storage member = _members[clusterId][nodeIds[i]];
            require(member.place == 0, NodeAlreadyInCluster(clusterId, nodeIds[i]));
            uint256 vnodes = i < more ? each + 1 : each;
            if (hasTerms) _requireCovered(clusterId, nodeIds[i], member, vnodes);
            // At most 256 places, and 65,535 vnodes.
            (member.rent, member.place, member.vnodes) = (rents[i], uint16(i + 1), uint16(vnodes));
            places.set(i + 1, nodeIds[i], vnodes);
            rentPerUnit += uint256(rents[i]) * vnodes;
        }
    }

    /// @dev Pays the nodes of a cluster and lets them leave it, with all that is reserved on them.
    function _removeMembers(ClusterId clusterId, Cluster storage cluster) internal {
        uint256 placeCount = cluster.placeCount;
        NodeSlot[] memory places = _places[clusterId].taken(placeCount);
        for (uint256 i = 0; i < places.length; ++i) {
            NodeId nodeId = places[i].node();
            // Not by _payMember: to note what was paid, only to delete it, would cost a quarter of all at 256 nodes.
            uint256 owed = _owed(cluster, _members[clusterId][nodeId]);
            _leave(clusterId, cluster, nodeId);
            _credit(clusterId, cluster, nodeId, owed);
        }
        INodeRegistry(NODE_REGISTRY).releaseFrom(places, cluster.resourcePerVnode, true);
        _places[clusterId].clear(placeCount);
    }

    /// @dev The nodes of a cluster, with how many vnodes are on each.
    function _placesOf(ClusterId clusterId, Cluster storage cluster) internal view returns (NodeSlot[] memory) {
        return _places[clusterId].taken(cluster.placeCount);
    }

    /// @dev The node on which a vnode is, or the vacancy.
    function _nodeAt(ClusterId clusterId, Cluster storage cluster, uint256 vnodeIndex) internal view returns (NodeId) {
        require(vnodeIndex < cluster.vnodeCount, VnodeUnknown(clusterId, vnodeIndex, cluster.vnodeCount));
        require(cluster.placeCount != 0, ClusterNotFilled(clusterId));
        return _places[clusterId].nodeAt(_places[clusterId].numberOf(vnodeIndex, cluster.stride));
    }

    function _checkedRentPerUnit(uint256 rentPerUnit) internal pure returns (uint96) {
        require(rentPerUnit <= Units.MAX_RATE, ClusterRentTooHigh(rentPerUnit, Units.MAX_RATE));
        return uint96(rentPerUnit);
    }

    function _qualityOf(Member storage member) internal view returns (uint16) {
        // What is missing is at most all of it.
        return uint16(Units.BPS - member.qualityDeficitBps);
    }

    function _requireCovered(ClusterId clusterId, NodeId nodeId, Member storage member, uint256 vnodes) private view {
        require(vnodes <= member.coveredVnodes, VnodesNotCovered(clusterId, nodeId, vnodes, member.coveredVnodes));
    }

    /// @dev Lets a node, or a vacancy, give one vnode to another node.
    function _replaceOne(ClusterId clusterId, Cluster storage cluster, uint32 vnodeIndex, NodeId oldNodeId, NodeId newNodeId) internal {
        bool leaves = _members[clusterId][oldNodeId].vnodes == 1;
        VnodeTransfer memory transfer = VnodeTransfer({from: oldNodeId, to: newNodeId, vnodes: 1, fromLeaves: leaves});
        uint88 rent = _takeOver(clusterId, cluster, transfer);
        _moveVnode(clusterId, cluster, transfer, vnodeIndex, rent);
        emit VnodeReplaced(clusterId, oldNodeId.unwrapOrZero(), newNodeId, vnodeIndex, rent, cluster.rentPerUnit);
    }

    /// @dev Lets a node, or a vacancy, give all its vnodes to a node that is not in the cluster.
    function _replaceAll(ClusterId clusterId, Cluster storage cluster, NodeId oldNodeId, NodeId newNodeId) internal {
        Member storage member = _member(clusterId, oldNodeId);
        (uint16 place, uint16 vnodes) = (member.place, member.vnodes);
        require(_members[clusterId][newNodeId].place == 0, NodeAlreadyInCluster(clusterId, newNodeId));

        VnodeTransfer memory transfer = VnodeTransfer({from: oldNodeId, to: newNodeId, vnodes: vnodes, fromLeaves: true});
        uint88 rent = _takeOver(clusterId, cluster, transfer);
        _enter(clusterId, cluster, newNodeId, rent, place, vnodes);
        _leave(clusterId, cluster, oldNodeId);
        emit NodeReplaced(clusterId, oldNodeId.unwrapOrZero(), newNodeId, vnodes, rent, cluster.rentPerUnit);
    }

    /// @dev Settles and distributes the pool, pays both nodes, and lets one take over vnodes of the other, or of a vacancy. Returns at
    /// what rent: its own in the cluster, or what it asks now if it is new there. Where the vnodes lead is the caller's to change.
    function _takeOver(ClusterId clusterId, Cluster storage cluster, VnodeTransfer memory transfer) private returns (uint88 rent) {
        _distribute(clusterId, cluster, true);
        _payMember(clusterId, cluster, transfer.from);
        Member storage from = _members[clusterId][transfer.from];
        Member storage to = _members[clusterId][transfer.to];
        (bool joins, uint256 vnodes) = (to.place == 0, transfer.vnodes);
        // A node whose exit is announced gets no more vnodes, whatever the terms.
        if (cluster.leavingNotice != 0 || to.leaving) _requireCovered(clusterId, transfer.to, to, to.vnodes + vnodes);
        rent = INodeRegistry(NODE_REGISTRY).transferReservation(
            INodeRegistry.ReservationTransfer({
                from: transfer.from.unwrapOrZero(),
                to: transfer.to,
                resource: vnodes * cluster.resourcePerVnode,
                fromLeaves: transfer.fromLeaves,
                toJoins: joins,
                manager: cluster.manager
            })
        );
        if (!joins) {
            rent = to.rent;
            _payMember(clusterId, cluster, transfer.to);
        }
        uint256 oldRent = from.rent;
        _requireNotDearer(clusterId, cluster, transfer.to, oldRent, rent);
        _applyWeightChange(
            clusterId,
            cluster,
            WeightChange({
                oldRent: oldRent * vnodes,
                newRent: rent * vnodes,
                oldWeight: oldRent * vnodes * (Units.BPS - from.qualityDeficitBps),
                newWeight: rent * vnodes * (Units.BPS - to.qualityDeficitBps)
            })
        );
    }

    /// @dev Lets a vnode lead to the place of another node, which takes one if it has none.
    function _moveVnode(ClusterId clusterId, Cluster storage cluster, VnodeTransfer memory transfer, uint32 vnodeIndex, uint88 rent) private {
        NodeSlots storage places = _places[clusterId];
        Member storage to = _members[clusterId][transfer.to];
        uint16 oldPlace = _members[clusterId][transfer.from].place;
        if (transfer.fromLeaves) {
            _leave(clusterId, cluster, transfer.from);
            if (to.place == 0) {
                // No other vnode leads to the place: this one stays there, and the node changes.
                _enter(clusterId, cluster, transfer.to, rent, oldPlace, 1);
                return;
            }
            _freePlace(clusterId, cluster, oldPlace);
        } else {
            Member storage from = _members[clusterId][transfer.from];
            _noteReduction(cluster, from);
            places.set(oldPlace, transfer.from, --from.vnodes);
        }
        uint16 place = to.place;
        if (place == 0) {
            place = _takePlace(clusterId, cluster);
            _enter(clusterId, cluster, transfer.to, rent, place, 1);
        } else {
            places.set(place, transfer.to, ++to.vnodes);
        }
        places.move(vnodeIndex, place);
    }

    /// @dev Not a higher rent while buckets pay the old one, or a dearer node would take the other nodes' share.
    function _requireNotDearer(ClusterId clusterId, Cluster storage cluster, NodeId nodeId, uint256 oldRent, uint256 newRent) private view {
        require(newRent <= oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));
    }

    /// @dev Lets what is served be counted from now on, also where it is nothing of nothing: nodes that ask no rent can fail, too.
    function _startTrackingUnserved(Cluster storage cluster) internal {
        // At most 2^96 x 10^4.
        if (!cluster.hasUnserved) (cluster.hasUnserved, cluster.served) = (true, uint112(uint256(cluster.rentPerUnit) * Units.BPS));
    }

    /// @dev Changes what the cluster's vnodes cost, and what of it is served. Nodes whose weight changes have been paid.
    function _applyWeightChange(ClusterId clusterId, Cluster storage cluster, WeightChange memory change) internal {
        (uint256 rentPerUnit, bool hasUnserved) = (cluster.rentPerUnit, cluster.hasUnserved);
        uint256 served = hasUnserved ? cluster.served : rentPerUnit * Units.BPS;
        if (change.newRent != change.oldRent) {
            rentPerUnit = _checkedRentPerUnit(rentPerUnit - change.oldRent + change.newRent);
            cluster.rentPerUnit = uint96(rentPerUnit);
        }
        served = served - change.oldWeight + change.newWeight;
        uint256 nominal = rentPerUnit * Units.BPS;
        if (served == nominal && !hasUnserved) return;
        // At most 2^96 x 10^4.
        (cluster.hasUnserved, cluster.served) = (true, uint112(served));
        // Where all rents are nothing, nobody is there for what buckets from before still pay.
        uint256 share = nominal == 0 ? 1 << SHARE_BITS : ((nominal - served) << SHARE_BITS) / nominal;
        IAccountRegistry(ACCOUNT_REGISTRY).setUnservedShare(clusterId, cluster.currencyId, share);
    }

    /// @dev Lets a node that is not in the cluster take a place, and be paid from now on.
    function _enter(ClusterId clusterId, Cluster storage cluster, NodeId nodeId, uint88 rent, uint16 place, uint16 vnodes) private {
        Member storage member = _members[clusterId][nodeId];
        (member.rent, member.place, member.vnodes, member.qualityDeficitBps) = (rent, place, vnodes, 0);
        member.revenuePaid = cluster.revenuePerWeight;
        _places[clusterId].set(place, nodeId, vnodes);
    }

    /// @dev Keeps of a node that leaves only what it agreed to, what its bond answers for, and when it left.
    function _leave(ClusterId clusterId, Cluster storage cluster, NodeId nodeId) internal {
        Member storage member = _members[clusterId][nodeId];
        _noteReduction(cluster, member);
        if (member.qualityDeficitBps != 0 && !nodeId.isVacant()) emit QualityChanged(clusterId, nodeId, uint16(Units.BPS));
        (member.rent, member.place, member.vnodes, member.qualityDeficitBps) = (0, 0, 0, 0);
        // 40 bits of seconds last for 34,000 years.
        member.leftAt = uint40(block.timestamp);
        delete member.revenuePaid;
    }

    /// @dev Notes how many vnodes a node's bond answers for, before the node serves fewer.
    function _noteReduction(Cluster storage cluster, Member storage member) private {
        uint256 leavingNotice = cluster.leavingNotice;
        if (leavingNotice == 0) return;
        // 40 bits of seconds last for 34,000 years.
        (member.liableVnodes, member.reducedAt) = (_liableVnodes(member, leavingNotice), uint40(block.timestamp));
    }

    /// @dev For how many vnodes a node's bond answers: the most that it has served since a leaving notice before its last reduction, until
    /// a leaving notice after it.
    function _liableVnodes(Member storage member, uint256 leavingNotice) internal view returns (uint16) {
        (uint16 vnodes, uint16 earlier, uint256 reducedAt) = (member.vnodes, member.liableVnodes, member.reducedAt);
        return earlier > vnodes && block.timestamp < reducedAt + leavingNotice ? earlier : vnodes;
    }

    function _takePlace(ClusterId clusterId, Cluster storage cluster) private returns (uint16 place) {
        place = cluster.freePlace;
        if (place != 0) {
            // The number of a place is at most 256.
            cluster.freePlace = uint16(NodeId.unwrap(_places[clusterId].nodeAt(place)));
        } else {
            place = cluster.placeCount + 1;
            require(place <= MAX_NODES, ClusterNodesFull(clusterId, MAX_NODES));
            cluster.placeCount = place;
        }
    }

    function _freePlace(ClusterId clusterId, Cluster storage cluster, uint16 place) private {
        _places[clusterId].set(place, NodeId.wrap(cluster.freePlace), 0);
        cluster.freePlace = place;
    }
}
