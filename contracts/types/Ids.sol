// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// Ids are given in order from 1; 0 means none. Each has a type of its own, so that they cannot be mixed up.

type NodeId is uint32;
type ClusterId is uint32;
type BucketId is uint32;

/// @dev The number of a currency inside the registries. 16 bits leave room beside it in a storage slot.
type CurrencyId is uint16;

using {differs as !=} for NodeId global;

function differs(NodeId a, NodeId b) pure returns (bool) {
    return NodeId.unwrap(a) != NodeId.unwrap(b);
}
