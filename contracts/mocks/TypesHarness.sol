// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";
import {Place, PlaceLib} from "../types/Place.sol";

/// @title TypesHarness
/// @notice For tests: opens the operators of ids, and {PlaceLib}.
contract TypesHarness {
    function toPlace(NodeId nodeId, uint256 count) external pure returns (Place) {
        return PlaceLib.toPlace(nodeId, count);
    }

    function node(Place place) external pure returns (NodeId) {
        return place.node();
    }

    function vnodes(Place place) external pure returns (uint16) {
        return place.vnodes();
    }

    function nodeEqual(NodeId a, NodeId b) external pure returns (bool) {
        return a == b;
    }

    function nodeNotEqual(NodeId a, NodeId b) external pure returns (bool) {
        return a != b;
    }

    function clusterEqual(ClusterId a, ClusterId b) external pure returns (bool) {
        return a == b;
    }

    function currencyEqual(CurrencyId a, CurrencyId b) external pure returns (bool) {
        return a == b;
    }
}
