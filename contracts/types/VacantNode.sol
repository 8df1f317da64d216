// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeId} from "./Ids.sol";

/// @title VacantNode
/// @notice Stand-ins for the nodes that left a cluster. A vacancy is a member that serves nothing: it keeps its place, its vnodes and their
/// rent until another node takes them over.
/// @dev The largest 256 node ids, which are never reached by counting, one for each place.
library VacantNode {
    uint32 private constant LAST = type(uint32).max;
    uint32 private constant COUNT = 256;

    /// @notice The vacancy in a place.
    /// @param place From 1 to 256.
    function at(uint16 place) internal pure returns (NodeId) {
        return NodeId.wrap(LAST - COUNT + place);
    }

    /// @notice Whether it is not a node but a vacancy.
    function isVacant(NodeId nodeId) internal pure returns (bool) {
        return NodeId.unwrap(nodeId) > LAST - COUNT;
    }

    /// @notice The node; 0 for a vacancy.
    function unwrapOrZero(NodeId nodeId) internal pure returns (NodeId) {
        return isVacant(nodeId) ? NodeId.wrap(0) : nodeId;
    }
}
