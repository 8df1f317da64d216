// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Places, PlacesLib} from "../libraries/Places.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {Place} from "../types/Place.sol";
import {Revenues} from "./Revenues.sol";

/// @title Memberships
/// @notice Keeps which vnode of a cluster is on which node, and at what rent.
/// @dev For every cluster: rentPerUnit = the sum over its vnodes of their node's rent = the sum of its nodes' weights (rent x vnodes).
abstract contract Memberships is Revenues {
    using PlacesLib for Places;

    // ------------------------------------------------------------ types

    /// @dev Some vnodes of a cluster go from one node to another.
    struct Takeover {
        NodeId from;
        NodeId to;
        uint256 vnodes;
        bool fromLeaves;
    }

    // ------------------------------------------------------------ constants

    uint256 internal constant MAX_NODES = 256;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Places) private _places;

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IClusterRegistry
    function replaceNode(ClusterId clusterId, uint32 vnodeIndex, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(vnodeIndex < cluster.vnodeCount, VnodeUnknown(clusterId, vnodeIndex, cluster.vnodeCount));
        NodeId oldNodeId = _places[clusterId].nodeAt(_places[clusterId].numberOf(vnodeIndex, cluster.stride));
        require(oldNodeId != newNodeId, VnodeAlreadyOnNode(clusterId, vnodeIndex, newNodeId));

        bool leaves = _members[clusterId][oldNodeId].vnodes == 1;
        Takeover memory takeover = Takeover({from: oldNodeId, to: newNodeId, vnodes: 1, fromLeaves: leaves});
        uint88 rent = _takeOver(clusterId, cluster, takeover);
        _moveVnode(clusterId, cluster, takeover, vnodeIndex, rent);
        emit VnodeReplaced(clusterId, oldNodeId, newNodeId, vnodeIndex, rent, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNodes(ClusterId clusterId, NodeId oldNodeId, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        Member storage member = _member(clusterId, oldNodeId);
        (uint16 place, uint16 vnodes) = (member.place, member.vnodes);
        require(_members[clusterId][newNodeId].place == 0, NodeAlreadyInCluster(clusterId, newNodeId));

        Takeover memory takeover = Takeover({from: oldNodeId, to: newNodeId, vnodes: vnodes, fromLeaves: true});
        uint88 rent = _takeOver(clusterId, cluster, takeover);
        _enter(clusterId, cluster, newNodeId, rent, place, vnodes);
        delete _members[clusterId][oldNodeId];
        emit NodeReplaced(clusterId, oldNodeId, newNodeId, vnodes, rent, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function acceptRent(ClusterId clusterId, NodeId nodeId, uint128 maxRent) external {
        Cluster storage cluster = _managedCluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        uint88 newRent = INodeRegistry(NODE_REGISTRY).rentOf(nodeId);
        require(newRent <= maxRent, NodeRentAboveMaximum(nodeId, newRent, maxRent));
        uint88 oldRent = member.rent;
        require(newRent < oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));

        _distributeIfAny(clusterId, cluster);
        _payMember(clusterId, cluster, nodeId);
        _exchangeRent(clusterId, cluster, nodeId, oldRent, newRent, member.vnodes);
        member.rent = newRent;
        emit RentAccepted(clusterId, nodeId, newRent, cluster.rentPerUnit);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function getVnodes(ClusterId clusterId, uint32 offset, uint32 limit) external view returns (NodeId[] memory nodeIds) {
        Cluster storage cluster = _cluster(clusterId);
        Places storage places = _places[clusterId];
        nodeIds = new NodeId[](Math.saturatingSub(Math.min(uint256(offset) + limit, cluster.vnodeCount), offset));
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            nodeIds[i] = places.nodeAt(places.numberOf(offset + i, cluster.stride));
        }
    }

    /// @inheritdoc IClusterRegistry
    function getMembers(ClusterId clusterId) external view returns (MemberStatus[] memory items) {
        Cluster storage cluster = _cluster(clusterId);
        Place[] memory places = _placesOf(clusterId, cluster);
        (, uint256 finePerBaseUnit, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        items = new MemberStatus[](places.length);
        for (uint256 i = 0; i < items.length; ++i) {
            NodeId nodeId = places[i].node();
            Member storage member = _members[clusterId][nodeId];
            uint256 owed = _owed(cluster, member);
            items[i] = MemberStatus(nodeId, member.vnodes, member.rent, owed / finePerBaseUnit, owed);
        }
    }

    // ------------------------------------------------------------ internal

    /// @dev Puts the nodes of a new cluster in their places, and returns the sum of their weights.
    function _addMembers(
        ClusterId clusterId,
        uint256 vnodeCount,
        NodeId[] calldata nodeIds,
        uint88[] memory rents
    ) internal returns (uint256 weight) {
        Places storage places = _places[clusterId];
        uint256 each = vnodeCount / nodeIds.length;
        uint256 more = vnodeCount % nodeIds.length;
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            Member storage member = _members[clusterId][nodeIds[i]];
            require(member.place == 0, NodeAlreadyInCluster(clusterId, nodeIds[i]));
            uint256 vnodes = i < more ? each + 1 : each;
            // At most 256 places, and 65,535 vnodes.
            (member.rent, member.place, member.vnodes) = (rents[i], uint16(i + 1), uint16(vnodes));
            places.set(i + 1, nodeIds[i], vnodes);
            weight += uint256(rents[i]) * vnodes;
        }
    }

    /// @dev Pays the nodes of a cluster and lets them leave it, with all that is reserved on them.
    function _removeMembers(ClusterId clusterId, Cluster storage cluster) internal {
        uint256 placeCount = cluster.placeCount;
        Place[] memory places = _places[clusterId].taken(placeCount);
        for (uint256 i = 0; i < places.length; ++i) {
            NodeId nodeId = places[i].node();
            // Not by _payMember: to note what was paid, only to delete it, would cost a quarter of all at 256 nodes.
            uint256 owed = _owed(cluster, _members[clusterId][nodeId]);
            delete _members[clusterId][nodeId];
            _credit(clusterId, cluster, nodeId, owed);
        }
        INodeRegistry(NODE_REGISTRY).release(places, cluster.resourcePerVnode, true);
        _places[clusterId].clear(placeCount);
    }

    /// @dev The nodes of a cluster, with how many vnodes are on each.
    function _placesOf(ClusterId clusterId, Cluster storage cluster) internal view returns (Place[] memory) {
        return _places[clusterId].taken(cluster.placeCount);
    }

    function _checkedRentPerUnit(uint256 rentPerUnit) internal pure returns (uint96) {
        require(rentPerUnit <= Units.MAX_RATE, ClusterRentTooHigh(rentPerUnit, Units.MAX_RATE));
        return uint96(rentPerUnit);
    }

    /// @dev Distributes the pool, pays both nodes, and lets one take over vnodes of the other. Returns at what rent: its own in the
    /// cluster, or what it asks now if it is new there. Where the vnodes lead is the caller's to change.
    function _takeOver(ClusterId clusterId, Cluster storage cluster, Takeover memory takeover) private returns (uint88 rent) {
        _distributeIfAny(clusterId, cluster);
        uint88 oldRent = _payMember(clusterId, cluster, takeover.from);
        bool joins = _members[clusterId][takeover.to].place == 0;
        rent = INodeRegistry(NODE_REGISTRY).handOver(
            INodeRegistry.Handover({
                from: takeover.from,
                to: takeover.to,
                resource: takeover.vnodes * cluster.resourcePerVnode,
                fromLeaves: takeover.fromLeaves,
                toJoins: joins,
                manager: msg.sender
            })
        );
        if (!joins) rent = _payMember(clusterId, cluster, takeover.to);
        _exchangeRent(clusterId, cluster, takeover.to, oldRent, rent, takeover.vnodes);
    }

    /// @dev Lets a vnode lead to the place of another node, which takes one if it has none.
    function _moveVnode(ClusterId clusterId, Cluster storage cluster, Takeover memory takeover, uint32 vnodeIndex, uint88 rent) private {
        Places storage places = _places[clusterId];
        Member storage to = _members[clusterId][takeover.to];
        uint16 oldPlace = _members[clusterId][takeover.from].place;
        if (takeover.fromLeaves) {
            delete _members[clusterId][takeover.from];
            if (to.place == 0) {
                // No other vnode leads to the place: this one stays there, and the node changes.
                _enter(clusterId, cluster, takeover.to, rent, oldPlace, 1);
                return;
            }
            _freePlace(clusterId, cluster, oldPlace);
        } else {
            places.set(oldPlace, takeover.from, --_members[clusterId][takeover.from].vnodes);
        }
        uint16 place = to.place;
        if (place == 0) {
            place = _takePlace(clusterId, cluster);
            _enter(clusterId, cluster, takeover.to, rent, place, 1);
        } else {
            places.set(place, takeover.to, ++to.vnodes);
        }
        places.move(vnodeIndex, place);
    }

    /// @dev Lets `vnodes` of the cluster cost another rent each: not a higher one while buckets pay the old one, or a dearer node would
    /// take the other nodes' share.
    function _exchangeRent(
        ClusterId clusterId,
        Cluster storage cluster,
        NodeId nodeId,
        uint256 oldRent,
        uint256 newRent,
        uint256 vnodes
    ) private {
        if (newRent == oldRent) return;
        require(newRent < oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));
        cluster.rentPerUnit = _checkedRentPerUnit(cluster.rentPerUnit - oldRent * vnodes + newRent * vnodes);
    }

    /// @dev Lets a node that is not in the cluster take a place, and be paid from now on.
    function _enter(ClusterId clusterId, Cluster storage cluster, NodeId nodeId, uint88 rent, uint16 place, uint16 vnodes) private {
        _members[clusterId][nodeId] = Member({rent: rent, place: place, vnodes: vnodes, revenuePaid: cluster.revenuePerWeight});
        _places[clusterId].set(place, nodeId, vnodes);
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
