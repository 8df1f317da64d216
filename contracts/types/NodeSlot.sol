// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeId} from "./Ids.sol";

/// @dev A node and how many vnodes of a cluster are on it: 32 and 16 bits, so that five fit in a slot and a list of them is cheap to pass.
type NodeSlot is uint48;

using NodeSlotLib for NodeSlot global;

/// @title NodeSlotLib
/// @notice Packs and unpacks a {NodeSlot}.
library NodeSlotLib {
    uint256 private constant VNODE_BITS = 16;

    /// @notice A node with some vnodes.
    /// @param count How many vnodes, at most 65,535.
    function toNodeSlot(NodeId nodeId, uint256 count) internal pure returns (NodeSlot) {
        // 32 + 16 bits.
        return NodeSlot.wrap(uint48((uint256(NodeId.unwrap(nodeId)) << VNODE_BITS) | count));
    }

    /// @notice The node.
    function node(NodeSlot slot) internal pure returns (NodeId) {
        // The upper 32 of 48 bits.
        return NodeId.wrap(uint32(NodeSlot.unwrap(slot) >> VNODE_BITS));
    }

    /// @notice How many vnodes of the cluster are on it.
    function vnodes(NodeSlot slot) internal pure returns (uint16) {
        // The lower 16 of 48 bits.
        return uint16(NodeSlot.unwrap(slot));
    }
}
