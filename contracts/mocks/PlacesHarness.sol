// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Places, PlacesLib} from "../libraries/Places.sol";
import {NodeId} from "../types/Ids.sol";
import {Place} from "../types/Place.sol";

/// @title PlacesHarness
/// @notice For tests: opens {PlacesLib}, over a list of places of its own.
contract PlacesHarness {
    using PlacesLib for Places;

    Places private _places;

    /// @notice See {PlacesLib.set}.
    function set(uint256 number, NodeId nodeId, uint256 vnodes) external {
        _places.set(number, nodeId, vnodes);
    }

    /// @notice See {PlacesLib.move}.
    function move(uint256 vnodeIndex, uint16 number) external {
        _places.move(vnodeIndex, number);
    }

    /// @notice See {PlacesLib.clear}.
    function clear(uint256 count) external {
        _places.clear(count);
    }

    /// @notice See {PlacesLib.nodeAt}.
    function nodeAt(uint256 number) external view returns (NodeId) {
        return _places.nodeAt(number);
    }

    /// @notice See {PlacesLib.numberOf}.
    function numberOf(uint256 vnodeIndex, uint256 stride) external view returns (uint16) {
        return _places.numberOf(vnodeIndex, stride);
    }

    /// @notice See {PlacesLib.taken}.
    function taken(uint256 count) external view returns (Place[] memory) {
        return _places.taken(count);
    }

    /// @notice The slot of five places, as it is stored.
    function wordOf(uint256 slot) external view returns (uint256) {
        return _places.words[slot];
    }
}
