// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Picture} from "./Picture.sol";

/// @dev Sections 5.4 and 5.5 of the design.
abstract contract Resources is Picture {
    /// @dev Up to how many vnodes are looked at one by one.
    uint256 private constant FEW = 24;

    function reservedIsWithinCapacity(Now memory now_) internal pure {
        for (uint256 i = 0; i < now_.nodes.length; ++i) {
            bool within = now_.nodes[i].reserved <= now_.nodes[i].capacity;
            _require(within, "reservedIsWithinCapacity", "more of a node is reserved than it has");
        }
    }

    function reservedIsTheSumOverClusters(Now memory now_) internal pure {
        for (uint256 i = 0; i < now_.nodes.length; ++i) {
            (uint256 reserved, uint256 count) = _reservedOn(now_, now_.nodes[i].nodeId);
            _require(now_.nodes[i].reserved == reserved, "reservedIsTheSumOverClusters", "what is reserved of a node");
            _require(now_.nodes[i].clusters == count, "reservedIsTheSumOverClusters", "in how many clusters a node is");
        }
    }

    function usedIsWithinReserved(Now memory now_) internal pure {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            bool within = now_.clusters[i].resourceUsed <= now_.clusters[i].resourcePerVnode;
            _require(within, "usedIsWithinReserved", "buckets use more than is reserved");
        }
    }

    function usedIsTheSumOfBuckets(Now memory now_) internal pure {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            (uint256 used, ) = _heldIn(now_, now_.clusters[i].clusterId);
            _require(now_.clusters[i].resourceUsed == used, "usedIsTheSumOfBuckets", "what is used is not what buckets hold");
        }
    }

    /// @dev Otherwise a dearer node takes what the others earn.
    function rentsOnlyFallWhileBucketsPay(Now memory now_) internal pure {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            (uint256 used, uint256 rate) = _heldIn(now_, now_.clusters[i].clusterId);
            bool covered = rate >= used * now_.clusters[i].rentPerUnit;
            _require(covered, "rentsOnlyFallWhileBucketsPay", "buckets pay less than the rents of what they hold");
        }
    }

    function weightIsTheSumOfRents(Now memory now_) internal view {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            uint256 weight = 0;
            uint256 served = 0;
            uint256 vnodes = 0;
            uint256 servedVnodes = 0;
            for (uint256 j = 0; j < now_.members[i].length; ++j) {
                weight += now_.members[i][j].rentPerMonth * now_.members[i][j].vnodes;
                vnodes += now_.members[i][j].vnodes;
                served += now_.members[i][j].rentPerMonth * now_.members[i][j].vnodes * now_.members[i][j].qualityBps;
                servedVnodes += uint256(now_.members[i][j].vnodes) * now_.members[i][j].qualityBps;
                if (now_.clusters[i].vnodeCount > FEW) continue;
                bool known = now_.members[i][j].vnodes == _vnodesOn(now_.clusters[i].clusterId, now_.members[i][j].nodeId);
                _require(known, "weightIsTheSumOfRents", "how many vnodes are on a node");
            }
            // Vacant vnodes keep the rent of the node that left.
            bool whole = now_.clusters[i].vnodeCount == vnodes;
            bool matching = whole ? now_.clusters[i].rentPerUnit == weight : now_.clusters[i].rentPerUnit >= weight || weight == 0;
            _require(matching, "weightIsTheSumOfRents", "the sum of the rents");
            _require(now_.clusters[i].vnodeCount >= vnodes, "weightIsTheSumOfRents", "the number of vnodes");
            (uint256 servedNow, uint256 nominal) = clusters.servedOf(now_.clusters[i].clusterId);
            _require(servedNow == served && nominal == now_.clusters[i].rentPerUnit * 10_000, "servedIsTheSumOfWeights", "what is served");
            if (nominal == 0) {
                // Where all rents are zero, what is served is counted in vnodes.
                nominal = uint256(now_.clusters[i].vnodeCount) * 10_000;
                servedNow = _hasMissed[now_.clusters[i].clusterId] ? servedVnodes : nominal;
            }
            uint256 missing = ((nominal - servedNow) * SHARE) / nominal;
            _require(missing == _missingShare[now_.clusters[i].clusterId], "servedIsTheSumOfWeights", "the share that is missing");
            _require(now_.clusters[i].nodeCount == now_.members[i].length, "weightIsTheSumOfRents", "the number of nodes");
        }
    }

    function _reservedOn(Now memory now_, NodeId nodeId) private pure returns (uint256 reserved, uint256 count) {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            for (uint256 j = 0; j < now_.members[i].length; ++j) {
                if (NodeId.unwrap(now_.members[i][j].nodeId) != NodeId.unwrap(nodeId)) continue;
                reserved += uint256(now_.members[i][j].vnodes) * now_.clusters[i].resourcePerVnode;
                ++count;
            }
        }
    }

    function _vnodesOn(ClusterId clusterId, NodeId nodeId) private view returns (uint256 count) {
        NodeId[] memory vnodes = clusters.getVnodes(clusterId, 0, type(uint32).max);
        for (uint256 i = 0; i < vnodes.length; ++i) {
            if (NodeId.unwrap(vnodes[i]) == NodeId.unwrap(nodeId)) ++count;
        }
    }

    function _heldIn(Now memory now_, ClusterId clusterId) private pure returns (uint256 resource, uint256 rate) {
        for (uint256 i = 0; i < now_.buckets.length; ++i) {
            if (ClusterId.unwrap(now_.buckets[i].clusterId) != ClusterId.unwrap(clusterId)) continue;
            resource += now_.buckets[i].resource;
            rate += now_.buckets[i].ratePerMonth;
        }
    }
}
