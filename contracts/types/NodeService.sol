// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev How a node serves a cluster, as the cluster registry says: read once in each call of the terms registry.
/// @param vnodes How many vnodes of the cluster the node serves.
/// @param qualityBps Its quality there, in basis points.
/// @param leftAt When it last left the cluster (unix seconds); 0: never.
/// @param liableVnodes For how many vnodes its bond answers while it serves.
struct NodeService {
    uint256 vnodes;
    uint256 qualityBps;
    uint256 leftAt;
    uint256 liableVnodes;
}
