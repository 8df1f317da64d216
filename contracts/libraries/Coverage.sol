// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMembershipErrors} from "../interfaces/IClusterErrors.sol";
import {Member} from "../types/Cluster.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {Casts} from "./Casts.sol";

/// @title Coverage
/// @notice Counts for how many vnodes a node is covered by its agreement and its bond, and for how many vnodes the bond answers.
library Coverage {
    /// @notice Sets for how many vnodes a node is covered; 0: it gets no more vnodes of any cluster.
    /// @param isNew Whether an agreement begins: vnodes that the node gave up before are no liability of the new bond.
    function cover(Member storage self, uint16 vnodes, bool isNew) internal {
        if (isNew) (self.liableVnodes, self.reducedAt) = (0, 0);
        (self.coveredVnodes, self.leaving) = (vnodes, vnodes == 0);
    }

    /// @notice Notes for how many vnodes a node's bond answers, before the node serves fewer.
    /// @param leavingNotice How long the bond answers for them (seconds); 0: the cluster has no bonds.
    function noteReduction(Member storage self, uint24 leavingNotice) internal {
        if (leavingNotice == 0) return;
        (self.liableVnodes, self.reducedAt) = (liableVnodesOf(self, leavingNotice), Casts.currentTime());
    }

    /// @notice Requires that a node is covered for a number of vnodes.
    function requireCovered(Member storage self, ClusterId clusterId, NodeId nodeId, uint256 vnodes) internal view {
        uint256 covered = self.coveredVnodes;
        require(vnodes <= covered, IMembershipErrors.VnodesNotCovered(clusterId, nodeId, vnodes, covered));
    }

    /// @notice For how many vnodes a node's bond answers: until a leaving notice after its last reduction, the most vnodes that it served
    /// since a leaving notice before the reduction.
    function liableVnodesOf(Member storage self, uint24 leavingNotice) internal view returns (uint16) {
        (uint16 vnodes, uint16 earlier, uint256 reducedAt) = (self.vnodes, self.liableVnodes, self.reducedAt);
        return earlier > vnodes && block.timestamp < reducedAt + leavingNotice ? earlier : vnodes;
    }
}
