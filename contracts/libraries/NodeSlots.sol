// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LibMap} from "solady/src/utils/LibMap.sol";

import {NodeId} from "../types/Ids.sol";
import {NodeSlot, NodeSlotLib} from "../types/NodeSlot.sol";
import {VacantNode} from "../types/VacantNode.sol";

/// @dev Which vnode is on which node. The nodes of a cluster stand in places, and a vnode leads to a place: by round robin until it is
/// moved, so that a table of vnodes is only kept for those that were.
/// @param words Five places a slot. In a free place, where no vnode leads, the node is the number of the next free place.
/// @param moved The number of the place of each vnode that was moved; 0: it was not.
struct NodeSlots {
    mapping(uint256 slot => uint256) words;
    LibMap.Uint16Map moved;
}

/// @title NodeSlots
/// @notice The nodes of a cluster, in places numbered from 1; 0 means none.
library NodeSlotsLib {
    using LibMap for LibMap.Uint16Map;
    using VacantNode for NodeId;

    uint256 private constant PLACE_BITS = 48;
    uint256 private constant PLACES_PER_WORD = 5;

    /// @notice Writes a place.
    function set(NodeSlots storage self, uint256 number, NodeId nodeId, uint256 vnodes) internal {
        LibMap.set(self.words, number - 1, NodeSlot.unwrap(NodeSlotLib.toNodeSlot(nodeId, vnodes)), PLACE_BITS);
    }

    /// @notice Lets a vnode lead to another place.
    function move(NodeSlots storage self, uint256 vnodeIndex, uint16 number) internal {
        self.moved.set(vnodeIndex, number);
    }

    /// @notice Clears the first `count` places.
    function clear(NodeSlots storage self, uint256 count) internal {
        for (uint256 i = 0; i < count; i += PLACES_PER_WORD) {
            delete self.words[i / PLACES_PER_WORD];
        }
    }

    /// @notice The node that stands in a place; of a free place, the number of the next free one.
    function nodeAt(NodeSlots storage self, uint256 number) internal view returns (NodeId) {
        // An entry has 48 bits.
        return NodeSlot.wrap(uint48(LibMap.get(self.words, number - 1, PLACE_BITS))).node();
    }

    /// @notice The number of the place to which a vnode leads.
    /// @param stride Over how many places round robin went when the cluster was created.
    function numberOf(NodeSlots storage self, uint256 vnodeIndex, uint256 stride) internal view returns (uint16 number) {
        number = self.moved.get(vnodeIndex);
        // A stride is at most 256.
        if (number == 0) number = uint16((vnodeIndex % stride) + 1);
    }

    /// @notice Those of the first `count` places in which a node stands.
    function taken(NodeSlots storage self, uint256 count) internal view returns (NodeSlot[] memory places) {
        places = new NodeSlot[](count);
        uint256 found = 0;
        uint256 word = 0;
        // Reads each slot once. Counts to 256, so nothing overflows, and `found` never passes `i`.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                if (i % PLACES_PER_WORD == 0) word = self.words[i / PLACES_PER_WORD];
                // The lowest 48 bits are the next place.
                NodeSlot place = NodeSlot.wrap(uint48(word));
                if (place.vnodes() != 0 && !place.node().isVacant()) places[found++] = place;
                word >>= PLACE_BITS;
            }
        }
        // Shortens the array in place: there is no other way to, short of copying it.
        assembly ("memory-safe") {
            mstore(places, found)
        }
    }
}
