// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IClusterErrors, IMembershipErrors} from "../interfaces/IClusterErrors.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IClusterIdErrors, IServiceErrors} from "../interfaces/ISharedErrors.sol";
import {Cluster, ClusterContext, Member, NetworkFee} from "../types/Cluster.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";
import {NodeSlot, NodeSlotLib} from "../types/NodeSlot.sol";
import {MAX_NODES, VacantNode} from "../types/VacantNode.sol";
import {Casts} from "./Casts.sol";
import {Coverage} from "./Coverage.sol";
import {Fees} from "./Fees.sol";
import {NodeSlots, NodeSlotsLib} from "./NodeSlots.sol";
import {Revenues} from "./Revenues.sol";
import {Units} from "./Units.sol";
import {WeightChange, Weights} from "./Weights.sol";

/// @dev Some vnodes of a cluster go from a node, or a vacant node, to another node.
struct VnodeTransfer {
    NodeId from;
    NodeId to;
    uint256 vnodes;
    bool fromLeaves;
}

/// @title Memberships
/// @notice Changes which node serves which vnode of a cluster, and at what weight.
/// @dev Every change distributes what the cluster has earned and pays the nodes concerned first, so that revenue is shared by the weights
/// with which it was earned. Nothing here loops over vnodes.
library Memberships {
    using Coverage for Member;
    using Memberships for Cluster;
    using NodeSlotsLib for NodeSlots;
    using Revenues for Cluster;
    using SafeCast for uint256;
    using VacantNode for NodeId;
    using Weights for Cluster;
    using Weights for Member;

    // ------------------------------------------------------------ functions that change state: nodes come and go

    /// @notice Begins a cluster whose vnodes are all vacant.
    function create(
        Cluster storage self,
        address manager,
        CurrencyId currencyId,
        uint256 vnodeCount,
        uint16 managementFeeBps,
        uint32 params,
        uint24 leavingNotice
    ) internal {
        uint256 maximum = type(uint16).max;
        bool isInRange = vnodeCount != 0 && vnodeCount <= maximum;
        require(isInRange, IMembershipErrors.ClusterVnodeCountInvalid(vnodeCount, maximum));
        Fees.requireManagementFee(managementFeeBps);
        self.manager = manager;
        self.managementFeeBps = managementFeeBps;
        self.params = params;
        self.leavingNotice = leavingNotice;
        self.vnodeCount = vnodeCount.toUint16();
        self.currencyId = currencyId;
    }

    /// @notice Puts the first nodes of a cluster in their slots: vnode `i` goes to node `i % nodeIds.length`.
    /// @return rents The rent of each node (USD, 18 decimals, per unit of resource, per vnode, per month).
    function fill(Cluster storage self, ClusterContext memory context, NodeId[] calldata nodeIds) internal returns (uint88[] memory rents) {
        (uint256 vnodeCount, uint256 count) = (self.vnodeCount, nodeIds.length);
        uint256 maxNodes = vnodeCount < MAX_NODES ? vnodeCount : MAX_NODES;
        require(count != 0 && count <= maxNodes, IMembershipErrors.ClusterNodeCountInvalid(count, maxNodes));
        rents = context.nodes.addToCluster(nodeIds, self.manager);
        uint256 rentPerUnit = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 vnodes = i < vnodeCount % count ? vnodeCount / count + 1 : vnodeCount / count;
            _begin(self, context.clusterId, nodeIds[i], rents[i], i + 1, vnodes);
            rentPerUnit += uint256(rents[i]) * vnodes;
        }
        self.rentPerUnit = Weights.checkedRentPerUnit(rentPerUnit);
        (self.slotCount, self.stride) = (count.toUint16(), count.toUint16());
    }

    /// @notice Pays all nodes of a cluster and lets them leave it, with everything that is reserved on them.
    function removeAll(Cluster storage self, ClusterContext memory context) internal {
        uint256 slotCount = self.slotCount;
        NodeSlot[] memory nodes = self.slots.taken(slotCount);
        for (uint256 i = 0; i < nodes.length; ++i) {
            NodeId nodeId = nodes[i].node();
            // {Revenues.pay} would note what was paid, only for it to be deleted: a quarter of all costs at 256 nodes.
            uint256 owed = self.owed(self.members[nodeId]);
            _leave(self, context.clusterId, nodeId);
            self.creditProvider(context, nodeId, owed);
        }
        context.nodes.releaseFrom(nodes, self.resourcePerVnode, true);
        self.slots.clear(slotCount);
    }

    /// @notice Lets a node leave. Its slot, its vnodes and their rent go to a vacant node, which serves nothing.
    function vacate(Cluster storage self, ClusterContext memory context, NetworkFee storage networkFee, NodeId nodeId) internal {
        Member storage member = self.memberOf(context.clusterId, nodeId);
        (uint88 rent, uint16 slot, uint16 vnodes) = (member.rent, member.slot, member.vnodes);
        _changeQuality(self, context, networkFee, nodeId, 0);

        NodeId vacantNodeId = VacantNode.at(slot);
        Member storage vacant = self.members[vacantNodeId];
        (vacant.rent, vacant.slot, vacant.vnodes, vacant.qualityDeficitBps) = (rent, slot, vnodes, uint16(Units.BPS));
        self.slots.set(slot, vacantNodeId, vnodes);
        _leave(self, context.clusterId, nodeId);
        NodeSlot[] memory left = new NodeSlot[](1);
        left[0] = NodeSlotLib.toNodeSlot(nodeId, vnodes);
        context.nodes.releaseFrom(left, self.resourcePerVnode, true);
        emit IClusterRegistry.NodeVacated(context.clusterId, nodeId, vnodes);
    }

    /// @notice Moves a vnode from one node to another.
    function replaceVnode(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        uint32 vnodeIndex,
        NodeId newNodeId
    ) internal {
        ClusterId clusterId = context.clusterId;
        NodeId oldNodeId = self.nodeAt(clusterId, vnodeIndex);
        require(!oldNodeId.isVacant(), IClusterRegistry.VnodeVacant(clusterId, vnodeIndex));
        require(oldNodeId != newNodeId, IClusterRegistry.VnodeAlreadyOnNode(clusterId, vnodeIndex, newNodeId));
        uint88 rent = _replaceOne(self, context, networkFee, vnodeIndex, oldNodeId, newNodeId);
        emit IClusterRegistry.VnodeReplaced(clusterId, oldNodeId, newNodeId, vnodeIndex, rent, self.rentPerUnit);
    }

    /// @notice Moves all vnodes of a node to a node that is not in the cluster.
    function replaceNode(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        NodeId oldNodeId,
        NodeId newNodeId
    ) internal {
        ClusterId clusterId = context.clusterId;
        require(!oldNodeId.isVacant(), IServiceErrors.NodeNotInCluster(clusterId, oldNodeId));
        (uint16 vnodes, uint88 rent) = _replaceAll(self, context, networkFee, oldNodeId, newNodeId);
        emit IClusterRegistry.NodeReplaced(clusterId, oldNodeId, newNodeId, vnodes, rent, self.rentPerUnit);
    }

    /// @notice Moves a vacant vnode to a node.
    /// @param allVacant All vnodes that became vacant together with it and still are; the node is then not in the cluster.
    function fillVacancy(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        uint32 vnodeIndex,
        NodeId nodeId,
        bool allVacant
    ) internal {
        ClusterId clusterId = context.clusterId;
        NodeId vacantNodeId = self.nodeAt(clusterId, vnodeIndex);
        require(vacantNodeId.isVacant(), IMembershipErrors.VnodeNotVacant(clusterId, vnodeIndex, vacantNodeId));
        (uint16 vnodes, uint88 rent) = (1, 0);
        if (allVacant) (vnodes, rent) = _replaceAll(self, context, networkFee, vacantNodeId, nodeId);
        else rent = _replaceOne(self, context, networkFee, vnodeIndex, vacantNodeId, nodeId);
        emit IClusterRegistry.VacancyFilled(clusterId, nodeId, vnodeIndex, vnodes, rent, self.rentPerUnit);
    }

    // ------------------------------------------------------------ functions that change state: weights

    /// @notice Changes a node's quality.
    function setQuality(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        NodeId nodeId,
        uint16 qualityBps
    ) internal {
        Member storage member = self.memberOf(context.clusterId, nodeId);
        _changeQuality(self, context, networkFee, nodeId, qualityBps);
        member.qualityDeficitBps = (Units.BPS - qualityBps).toUint16();
    }

    /// @notice Changes a node's rent. While buckets are allocated the rent can only fall.
    function setRent(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        NodeId nodeId,
        uint88 newRent
    ) internal {
        Member storage member = self.memberOf(context.clusterId, nodeId);
        (uint256 oldRent, uint256 vnodes, uint256 qualityBps) = (member.rent, member.vnodes, member.qualityOf());
        bool allowed = newRent < oldRent || self.resourceUsed == 0;
        require(allowed, IMembershipErrors.RentNotLower(context.clusterId, nodeId, newRent, oldRent));
        self.distribute(context, networkFee, true);
        self.pay(context, nodeId);
        _applyWeightChange(self, context, WeightChange(vnodes, oldRent, newRent, qualityBps, qualityBps));
        member.rent = newRent;
    }

    // ------------------------------------------------------------ views

    /// @notice A node that is in the cluster.
    function memberOf(Cluster storage self, ClusterId clusterId, NodeId nodeId) internal view returns (Member storage member) {
        member = self.members[nodeId];
        if (member.slot != 0) return member;
        require(self.manager != address(0), IClusterIdErrors.ClusterUnknown(clusterId));
        revert IServiceErrors.NodeNotInCluster(clusterId, nodeId);
    }

    /// @notice The nodes of a cluster, with the number of vnodes on each.
    function nodesOf(Cluster storage self) internal view returns (NodeSlot[] memory) {
        return self.slots.taken(self.slotCount);
    }

    /// @notice The node, or the vacant node, on which a vnode is.
    function nodeAt(Cluster storage self, ClusterId clusterId, uint256 vnodeIndex) internal view returns (NodeId) {
        require(vnodeIndex < self.vnodeCount, IMembershipErrors.VnodeUnknown(clusterId, vnodeIndex, self.vnodeCount));
        require(self.slotCount != 0, IClusterErrors.ClusterNotFilled(clusterId));
        return self.slots.nodeAt(self.slots.numberOf(vnodeIndex, self.stride));
    }

    // ------------------------------------------------------------ internal

    /// @dev Puts one of the first nodes of a cluster in its slot.
    function _begin(Cluster storage self, ClusterId clusterId, NodeId nodeId, uint88 rent, uint256 slot, uint256 vnodes) private {
        Member storage member = self.members[nodeId];
        require(member.slot == 0, IMembershipErrors.NodeAlreadyInCluster(clusterId, nodeId));
        if (self.leavingNotice != 0) member.requireCovered(clusterId, nodeId, vnodes);
        (member.rent, member.slot, member.vnodes) = (rent, slot.toUint16(), vnodes.toUint16());
        self.slots.set(slot, nodeId, vnodes);
    }

    /// @dev Lets a node, or a vacant node, give one vnode to another node. Returns the new node's rent.
    function _replaceOne(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        uint32 vnodeIndex,
        NodeId oldNodeId,
        NodeId newNodeId
    ) private returns (uint88 rent) {
        bool leaves = self.members[oldNodeId].vnodes == 1;
        VnodeTransfer memory transfer = VnodeTransfer({from: oldNodeId, to: newNodeId, vnodes: 1, fromLeaves: leaves});
        rent = _transfer(self, context, networkFee, transfer);
        _moveVnode(self, context.clusterId, transfer, vnodeIndex, rent);
    }

    /// @dev Lets a node, or a vacant node, give all its vnodes to a node that is not in the cluster, at the same cost for any number.
    /// Returns how many they are, and the new node's rent.
    function _replaceAll(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        NodeId oldNodeId,
        NodeId newNodeId
    ) private returns (uint16 vnodes, uint88 rent) {
        Member storage member = self.memberOf(context.clusterId, oldNodeId);
        uint16 slot;
        (slot, vnodes) = (member.slot, member.vnodes);
        require(self.members[newNodeId].slot == 0, IMembershipErrors.NodeAlreadyInCluster(context.clusterId, newNodeId));
        VnodeTransfer memory transfer = VnodeTransfer({from: oldNodeId, to: newNodeId, vnodes: vnodes, fromLeaves: true});
        rent = _transfer(self, context, networkFee, transfer);
        _enter(self, newNodeId, rent, slot, vnodes);
        _leave(self, context.clusterId, oldNodeId);
    }

    /// @dev Settles and distributes the pool, pays both nodes, and moves the reservation and the weight of some vnodes. The caller changes
    /// where the vnodes lead. Returns the new node's rent: its own in the cluster, or what it asks now if it is new there.
    function _transfer(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        VnodeTransfer memory transfer
    ) private returns (uint88 rent) {
        self.distribute(context, networkFee, true);
        self.pay(context, transfer.from);
        Member storage from = self.members[transfer.from];
        Member storage to = self.members[transfer.to];
        (bool joins, uint256 vnodes) = (to.slot == 0, transfer.vnodes);
        // A node whose exit is announced gets no more vnodes, whatever the terms.
        if (self.leavingNotice != 0 || to.leaving) to.requireCovered(context.clusterId, transfer.to, to.vnodes + vnodes);
        rent = context.nodes.transferReservation(
            INodeRegistry.ReservationTransfer({
                from: transfer.from.unwrapOrZero(),
                to: transfer.to,
                resource: vnodes * self.resourcePerVnode,
                fromLeaves: transfer.fromLeaves,
                toJoins: joins,
                manager: self.manager
            })
        );
        if (!joins) {
            rent = to.rent;
            self.pay(context, transfer.to);
        }
        uint256 oldRent = from.rent;
        // Not a higher rent while buckets pay the old one, or a dearer node would take the other nodes' share.
        bool allowed = rent <= oldRent || self.resourceUsed == 0;
        require(allowed, IMembershipErrors.RentNotLower(context.clusterId, transfer.to, rent, oldRent));
        _applyWeightChange(self, context, WeightChange(vnodes, oldRent, rent, from.qualityOf(), to.qualityOf()));
    }

    /// @dev Distributes, pays a node, and counts its vnodes with another quality.
    function _changeQuality(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        NodeId nodeId,
        uint256 qualityBps
    ) private {
        self.distribute(context, networkFee, true);
        self.pay(context, nodeId);
        Member storage member = self.members[nodeId];
        (uint256 rent, uint256 vnodes) = (member.rent, member.vnodes);
        _applyWeightChange(self, context, WeightChange(vnodes, rent, rent, member.qualityOf(), qualityBps));
    }

    function _applyWeightChange(Cluster storage self, ClusterContext memory context, WeightChange memory change) private {
        (bool hasUnserved, uint256 share) = self.applyChange(change);
        if (hasUnserved) context.accounts.setUnservedShare(context.clusterId, self.currencyId, share);
    }

    /// @dev Lets a vnode lead to the slot of another node, which takes one if it has none.
    function _moveVnode(Cluster storage self, ClusterId clusterId, VnodeTransfer memory transfer, uint32 vnodeIndex, uint88 rent) private {
        Member storage to = self.members[transfer.to];
        Member storage from = self.members[transfer.from];
        uint16 oldSlot = from.slot;
        if (transfer.fromLeaves) {
            _leave(self, clusterId, transfer.from);
            if (to.slot == 0) {
                // No other vnode leads to the slot: this one stays there, and the node changes.
                _enter(self, transfer.to, rent, oldSlot, 1);
                return;
            }
            self.slots.set(oldSlot, NodeId.wrap(self.freeSlot), 0);
            self.freeSlot = oldSlot;
        } else {
            from.noteReduction(self.leavingNotice);
            self.slots.set(oldSlot, transfer.from, --from.vnodes);
        }
        uint16 slot = to.slot;
        if (slot == 0) {
            slot = _takeSlot(self, clusterId);
            _enter(self, transfer.to, rent, slot, 1);
        } else {
            self.slots.set(slot, transfer.to, ++to.vnodes);
        }
        self.slots.move(vnodeIndex, slot);
    }

    /// @dev Lets a node that is not in the cluster take a slot, and be paid from now on.
    function _enter(Cluster storage self, NodeId nodeId, uint88 rent, uint16 slot, uint16 vnodes) private {
        Member storage member = self.members[nodeId];
        (member.rent, member.slot, member.vnodes, member.qualityDeficitBps) = (rent, slot, vnodes, 0);
        member.revenuePaid = self.revenuePerWeight;
        self.slots.set(slot, nodeId, vnodes);
    }

    /// @dev Keeps of a node that leaves only its agreement, what its bond answers for, and when it left.
    function _leave(Cluster storage self, ClusterId clusterId, NodeId nodeId) private {
        Member storage member = self.members[nodeId];
        member.noteReduction(self.leavingNotice);
        if (member.qualityDeficitBps != 0 && !nodeId.isVacant()) {
            emit IClusterRegistry.QualityChanged(clusterId, nodeId, uint16(Units.BPS));
        }
        (member.rent, member.slot, member.vnodes, member.qualityDeficitBps) = (0, 0, 0, 0);
        member.leftAt = Casts.currentTime();
        delete member.revenuePaid;
    }

    function _takeSlot(Cluster storage self, ClusterId clusterId) private returns (uint16 slot) {
        slot = self.freeSlot;
        if (slot != 0) {
            // A free slot holds the number of the next free one, at most 256.
            self.freeSlot = uint256(NodeId.unwrap(self.slots.nodeAt(slot))).toUint16();
        } else {
            slot = self.slotCount + 1;
            require(slot <= MAX_NODES, IMembershipErrors.ClusterNodesFull(clusterId, MAX_NODES));
            self.slotCount = slot;
        }
    }
}
