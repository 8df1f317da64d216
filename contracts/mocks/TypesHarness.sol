// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeId} from "../types/Ids.sol";
import {NodeSlot, NodeSlotLib} from "../types/NodeSlot.sol";

/// @title TypesHarness
/// @notice For tests: opens the operators of ids, and {NodeSlotLib}.
contract TypesHarness {
    /// @notice Packs a node and its number of vnodes.
    function toNodeSlot(NodeId nodeId, uint256 count) external pure returns (NodeSlot) {
        return NodeSlotLib.toNodeSlot(nodeId, count);
    }

    /// @notice The node of a place.
    function node(NodeSlot place) external pure returns (NodeId) {
        return place.node();
    }

    /// @notice The number of vnodes of a place.
    function vnodes(NodeSlot place) external pure returns (uint16) {
        return place.vnodes();
    }

    /// @notice Whether two ids of nodes differ.
    function differs(NodeId a, NodeId b) external pure returns (bool) {
        return a != b;
    }
}
