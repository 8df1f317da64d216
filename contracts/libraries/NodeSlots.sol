// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LibMap} from "solady/src/utils/LibMap.sol";

import {NodeId} from "../types/Ids.sol";
import {NodeSlot, NodeSlotLib} from "../types/NodeSlot.sol";
import {VacantNode} from "../types/VacantNode.sol";

/// @dev Which vnode is on which node. Each node of a cluster has a slot, and a vnode leads to a slot: by round robin until it is
/// moved, so that a table of vnodes is only kept for those that were.
/// @param words Five slots a storage word. No vnode leads to a free slot, which holds the number of the next free slot as its node.
/// @param moved The number of the slot of each vnode that was moved; 0: it was not.
struct NodeSlots {
    mapping(uint256 word => uint256) words;
    LibMap.Uint16Map moved;
}

/// @title NodeSlots
/// @notice The nodes of a cluster, in slots numbered from 1; 0 means none.
library NodeSlotsLib {
    using LibMap for LibMap.Uint16Map;
    using VacantNode for NodeId;

    uint256 private constant SLOT_BITS = 48;
    uint256 private constant SLOTS_PER_WORD = 5;

    /// @notice Writes a slot.
    function set(NodeSlots storage self, uint256 number, NodeId nodeId, uint256 vnodes) internal {
        LibMap.set(self.words, number - 1, NodeSlot.unwrap(NodeSlotLib.toNodeSlot(nodeId, vnodes)), SLOT_BITS);
    }

    /// @notice Lets a vnode lead to another slot.
    function move(NodeSlots storage self, uint256 vnodeIndex, uint16 number) internal {
        self.moved.set(vnodeIndex, number);
    }

    /// @notice Clears the first `count` slots.
    function clear(NodeSlots storage self, uint256 count) internal {
        for (uint256 i = 0; i < count; i += SLOTS_PER_WORD) {
            delete self.words[i / SLOTS_PER_WORD];
        }
    }

    /// @notice The node in a slot; for a free slot, the number of the next free slot.
    function nodeAt(NodeSlots storage self, uint256 number) internal view returns (NodeId) {
        // An entry has 48 bits.
        return NodeSlot.wrap(uint48(LibMap.get(self.words, number - 1, SLOT_BITS))).node();
    }

    /// @notice The number of the slot to which a vnode leads.
    /// @param stride Over how many slots round robin went when the cluster was created.
    function numberOf(NodeSlots storage self, uint256 vnodeIndex, uint256 stride) internal view returns (uint16 number) {
        number = self.moved.get(vnodeIndex);
        // A stride is at most 256.
        if (number == 0) number = uint16((vnodeIndex % stride) + 1);
    }

    /// @notice The slots with a node among the first `count` slots.
    function taken(NodeSlots storage self, uint256 count) internal view returns (NodeSlot[] memory slots) {
        slots = new NodeSlot[](count);
        uint256 found = 0;
        uint256 word = 0;
        // Reads each slot once. Counts to 256, so nothing overflows, and `found` never passes `i`.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (i % SLOTS_PER_WORD == 0) word = self.words[i / SLOTS_PER_WORD];
                // The lowest 48 bits are the next slot.
                NodeSlot slot = NodeSlot.wrap(uint48(word));
                if (slot.vnodes() != 0 && !slot.node().isVacant()) slots[found++] = slot;
                word >>= SLOT_BITS;
            }
        }
        // Shortens the array in place, which saves a copy.
        assembly ("memory-safe") {
            mstore(slots, found)
        }
    }
}
