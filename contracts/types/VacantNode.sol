// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeId} from "./Ids.sol";

/// @dev A cluster has this many slots at most, each for a node.
uint32 constant MAX_NODES = 256;

/// @title VacantNode
/// @notice Stand-ins for nodes that left a cluster. A vacant node is a member that serves nothing: it keeps its slot, its vnodes and
/// their rent until another node takes them over.
/// @dev They are the largest 256 node ids, one for each slot. Ids are given in order from 1, and never reach them.
library VacantNode {
    uint32 private constant LAST = type(uint32).max;

    /// @notice The vacant node of a slot.
    /// @param slot From 1 to 256.
    function at(uint16 slot) internal pure returns (NodeId) {
        return NodeId.wrap(LAST - MAX_NODES + slot);
    }

    /// @notice Whether an id stands for a vacant node.
    function isVacant(NodeId nodeId) internal pure returns (bool) {
        return NodeId.unwrap(nodeId) > LAST - MAX_NODES;
    }

    /// @notice The node; 0 for a vacant node.
    function unwrapOrZero(NodeId nodeId) internal pure returns (NodeId) {
        return isVacant(nodeId) ? NodeId.wrap(0) : nodeId;
    }
}
