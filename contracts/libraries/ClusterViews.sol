// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {Cluster, Member} from "../types/Cluster.sol";
import {Currency} from "../types/Currency.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {NodeSlot} from "../types/NodeSlot.sol";
import {VacantNode} from "../types/VacantNode.sol";
import {Memberships} from "./Memberships.sol";
import {Revenues} from "./Revenues.sol";
import {Units} from "./Units.sol";
import {Weights} from "./Weights.sol";

/// @title ClusterViews
/// @notice Composes what the views of the cluster registry return.
library ClusterViews {
    using Memberships for Cluster;
    using Revenues for Cluster;
    using SafeCast for uint256;
    using VacantNode for NodeId;
    using Weights for Member;

    /// @notice The status of a cluster, without `offeredTo` and `params`.
    function statusOf(
        Cluster storage self,
        ClusterId clusterId,
        IAccountRegistry accounts
    ) internal view returns (IClusterRegistry.ClusterStatus memory status) {
        (Currency currency, uint256 scale, ) = accounts.currencyOf(self.currencyId);
        status.clusterId = clusterId;
        status.manager = self.manager;
        status.currency = currency;
        status.vnodeCount = self.vnodeCount;
        status.nodeCount = self.nodesOf().length.toUint32();
        status.resourcePerVnode = self.resourcePerVnode;
        status.resourceUsed = self.resourceUsed;
        status.rentPerUnit = self.rentPerUnit;
        status.revenues = (accounts.poolOf(clusterId) + self.undistributed) / scale;
        status.closed = self.closed;
        status.managementFeeBps = self.managementFeeBps;
    }

    /// @notice The node of each vnode with an index in [offset, offset + limit); 0 for a vacant one.
    function vnodesOf(
        Cluster storage self,
        ClusterId clusterId,
        uint32 offset,
        uint32 limit
    ) internal view returns (NodeId[] memory nodeIds) {
        nodeIds = new NodeId[](Math.saturatingSub(Math.min(uint256(offset) + limit, self.vnodeCount), offset));
        // Before the cluster is filled, all its vnodes are vacant.
        if (self.slotCount == 0) return nodeIds;
        for (uint256 i = 0; i < nodeIds.length; ++i) nodeIds[i] = self.nodeAt(clusterId, offset + i).unwrapOrZero();
    }

    /// @notice The nodes that serve the cluster.
    function membersOf(
        Cluster storage self,
        IAccountRegistry accounts
    ) internal view returns (IClusterRegistry.MemberStatus[] memory items) {
        NodeSlot[] memory nodes = self.nodesOf();
        uint256 scale = scaleOf(self, accounts);
        items = new IClusterRegistry.MemberStatus[](nodes.length);
        for (uint256 i = 0; i < items.length; ++i) {
            NodeId nodeId = nodes[i].node();
            Member storage member = self.members[nodeId];
            uint256 owed = self.owed(member);
            items[i] = IClusterRegistry.MemberStatus(nodeId, member.vnodes, member.rent, member.qualityOf(), owed / scale, owed);
        }
    }

    /// @notice The price of a bucket of `resource` units.
    function quote(
        Cluster storage self,
        uint32 resource,
        IAccountRegistry accounts
    ) internal view returns (uint256 usdPerMonth, uint256 tokensPerMonth) {
        (, uint256 scale, uint256 indexPerSecond) = accounts.currencyOf(self.currencyId);
        usdPerMonth = uint256(self.rentPerUnit) * resource;
        // 2^128 x 2^88 x 2^22 fits.
        tokensPerMonth = (usdPerMonth * indexPerSecond * Units.MONTH) / scale;
    }

    /// @notice Scaled units per base unit of the cluster's currency.
    function scaleOf(Cluster storage self, IAccountRegistry accounts) internal view returns (uint256 scale) {
        (, scale, ) = accounts.currencyOf(self.currencyId);
    }
}
