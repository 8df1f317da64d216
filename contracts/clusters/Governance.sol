// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {NodeSlots, NodeSlotsLib} from "../libraries/NodeSlots.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {NodeSlot, NodeSlotLib} from "../types/NodeSlot.sol";
import {VacantNode} from "../types/VacantNode.sol";
import {Memberships} from "./Memberships.sol";

/// @title Governance
/// @notice Changes the weights of a cluster's nodes, for its manager and for the terms registry.
/// @dev Every change distributes what the cluster has earned and pays the nodes concerned first, so that it is shared by the weights with
/// which it was earned.
abstract contract Governance is Memberships {
    using NodeSlotsLib for NodeSlots;
    using VacantNode for NodeId;

    // ------------------------------------------------------------ immutables

    /// @inheritdoc IClusterRegistry
    address public immutable TERMS_REGISTRY;

    // ------------------------------------------------------------ constructor

    constructor(address termsRegistry) {
        TERMS_REGISTRY = termsRegistry;
    }

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IClusterRegistry
    function acceptRent(ClusterId clusterId, NodeId nodeId, uint128 maxRent) external {
        Cluster storage cluster = _managedCluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        uint88 newRent = INodeRegistry(NODE_REGISTRY).rentOf(nodeId);
        require(newRent <= maxRent, NodeRentAboveMaximum(nodeId, newRent, maxRent));
        uint256 oldRent = member.rent;
        require(newRent < oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));

        _distribute(clusterId, cluster, true);
        _payMember(clusterId, cluster, nodeId);
        (uint256 oldWeight, uint256 vnodes) = (_weightOf(member), member.vnodes);
        member.rent = newRent;
        WeightChange memory change = WeightChange({
            oldRent: oldRent * vnodes,
            newRent: newRent * vnodes,
            oldWeight: oldWeight,
            newWeight: _weightOf(member)
        });
        _applyWeightChange(clusterId, cluster, change);
        emit RentAccepted(clusterId, nodeId, newRent, cluster.rentPerUnit);
    }

    // ------------------------------------------------------------ functions that change state: the terms registry's

    /// @inheritdoc IClusterRegistry
    function fillCluster(ClusterId clusterId, NodeId[] calldata nodeIds) external {
        _requireTermsRegistry();
        Cluster storage cluster = _cluster(clusterId);
        require(cluster.placeCount == 0, ClusterAlreadyFilled(clusterId));
        uint88[] memory rents = _fill(clusterId, cluster, nodeIds);
        emit ClusterFilled(clusterId, nodeIds, rents, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function coverVnodes(ClusterId clusterId, NodeId nodeId, uint16 vnodes, bool isNew) external {
        _requireTermsRegistry();
        Member storage member = _members[clusterId][nodeId];
        // What a node served under an earlier agreement is no liability of this one.
        if (isNew) (member.liableVnodes, member.reducedAt) = (0, 0);
        (member.coveredVnodes, member.leaving) = (vnodes, vnodes == 0);
        emit VnodesCovered(clusterId, nodeId, vnodes);
    }

    /// @inheritdoc IClusterRegistry
    function setQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps) external {
        _requireTermsRegistry();
        Cluster storage cluster = _cluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        _distribute(clusterId, cluster, true);
        _payMember(clusterId, cluster, nodeId);
        uint256 oldWeight = _weightOf(member);
        if (qualityBps != Units.BPS) _startTrackingUnserved(cluster);
        // Quality is at most 10,000: the terms registry takes no other.
        member.qualityDeficitBps = uint16(Units.BPS - qualityBps);
        _applyWeightChange(clusterId, cluster, WeightChange({oldRent: 0, newRent: 0, oldWeight: oldWeight, newWeight: _weightOf(member)}));
        emit QualityChanged(clusterId, nodeId, qualityBps);
    }

    /// @inheritdoc IClusterRegistry
    function vacate(ClusterId clusterId, NodeId nodeId) external {
        _requireTermsRegistry();
        Cluster storage cluster = _cluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        _distribute(clusterId, cluster, true);
        _payMember(clusterId, cluster, nodeId);
        _startTrackingUnserved(cluster);
        _applyWeightChange(clusterId, cluster, WeightChange({oldRent: 0, newRent: 0, oldWeight: _weightOf(member), newWeight: 0}));

        (uint88 rent, uint16 place, uint16 vnodes) = (member.rent, member.place, member.vnodes);
        NodeId vacancy = VacantNode.at(place);
        Member storage vacant = _members[clusterId][vacancy];
        // It serves nothing: all of its quality is missing.
        (vacant.rent, vacant.place, vacant.vnodes, vacant.qualityDeficitBps) = (rent, place, vnodes, uint16(Units.BPS));
        _places[clusterId].set(place, vacancy, vnodes);
        _leave(clusterId, cluster, nodeId);
        NodeSlot[] memory left = new NodeSlot[](1);
        left[0] = NodeSlotLib.toNodeSlot(nodeId, vnodes);
        INodeRegistry(NODE_REGISTRY).releaseFrom(left, cluster.resourcePerVnode, true);
        emit NodeVacated(clusterId, nodeId, vnodes);
    }

    /// @inheritdoc IClusterRegistry
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool allVacant) external {
        _requireTermsRegistry();
        Cluster storage cluster = _cluster(clusterId);
        NodeId vacancy = _nodeAt(clusterId, cluster, vnodeIndex);
        require(vacancy.isVacant(), VnodeNotVacant(clusterId, vnodeIndex, vacancy));
        if (allVacant) _replaceAll(clusterId, cluster, vacancy, nodeId);
        else _replaceOne(clusterId, cluster, vnodeIndex, vacancy, nodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function membershipOf(
        ClusterId clusterId,
        NodeId nodeId
    )
        external
        view
        returns (uint88 rentPerMonth, uint16 vnodes, uint16 qualityBps, uint16 coveredVnodes, uint40 leftAt, uint16 liableVnodes)
    {
        Member storage member = _members[clusterId][nodeId.unwrapOrZero()];
        liableVnodes = _liableVnodes(member, _clusters[clusterId].leavingNotice);
        return (member.rent, member.vnodes, _qualityOf(member), member.coveredVnodes, member.leftAt, liableVnodes);
    }

    /// @inheritdoc IClusterRegistry
    function servedOf(ClusterId clusterId) external view returns (uint256 served, uint256 nominal) {
        Cluster storage cluster = _cluster(clusterId);
        nominal = uint256(cluster.rentPerUnit) * Units.BPS;
        served = cluster.hasUnserved ? cluster.served : nominal;
    }

    // ------------------------------------------------------------ internal

    /// @dev Lets the first nodes of a cluster serve its vnodes.
    function _fill(ClusterId clusterId, Cluster storage cluster, NodeId[] calldata nodeIds) internal returns (uint88[] memory rents) {
        uint256 vnodeCount = cluster.vnodeCount;
        uint256 maxNodes = vnodeCount < MAX_NODES ? vnodeCount : MAX_NODES;
        require(nodeIds.length != 0 && nodeIds.length <= maxNodes, ClusterNodeCountInvalid(nodeIds.length, maxNodes));
        rents = INodeRegistry(NODE_REGISTRY).addToCluster(nodeIds, cluster.manager);
        uint256 rentPerUnit = _addMembers(clusterId, vnodeCount, nodeIds, rents, cluster.leavingNotice != 0);
        cluster.rentPerUnit = _checkedRentPerUnit(rentPerUnit);
        // At most 256.
        cluster.placeCount = uint16(nodeIds.length);
        cluster.stride = uint16(nodeIds.length);
    }

    function _requireTermsRegistry() internal view {
        require(msg.sender == TERMS_REGISTRY, CallerNotRegistry(msg.sender));
    }
}
