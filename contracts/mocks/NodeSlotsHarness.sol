// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {NodeSlots, NodeSlotsLib} from "../libraries/NodeSlots.sol";
import {NodeId} from "../types/Ids.sol";
import {NodeSlot} from "../types/NodeSlot.sol";

/// @title NodeSlotsHarness
/// @notice For tests: opens {NodeSlotsLib}, over a list of slots of its own.
contract NodeSlotsHarness {
    using NodeSlotsLib for NodeSlots;

    NodeSlots private _places;

    /// @notice See {NodeSlotsLib.set}.
    function set(uint256 number, NodeId nodeId, uint256 vnodes) external {
        _places.set(number, nodeId, vnodes);
    }

    /// @notice See {NodeSlotsLib.move}.
    function move(uint256 vnodeIndex, uint16 number) external {
        _places.move(vnodeIndex, number);
    }

    /// @notice See {NodeSlotsLib.clear}.
    function clear(uint256 count) external {
        _places.clear(count);
    }

    /// @notice See {NodeSlotsLib.nodeAt}.
    function nodeAt(uint256 number) external view returns (NodeId) {
        return _places.nodeAt(number);
    }

    /// @notice See {NodeSlotsLib.numberOf}.
    function numberOf(uint256 vnodeIndex, uint256 stride) external view returns (uint16) {
        return _places.numberOf(vnodeIndex, stride);
    }

    /// @notice See {NodeSlotsLib.taken}.
    function taken(uint256 count) external view returns (NodeSlot[] memory) {
        return _places.taken(count);
    }

    /// @notice The slot of five slots, as it is stored.
    function wordOf(uint256 slot) external view returns (uint256) {
        return _places.words[slot];
    }
}
