// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {ClusterId, NodeId} from "./Ids.sol";

/// @dev How a node serves a cluster, as the cluster registry says.
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

/// @dev Asks a cluster registry how a node serves a cluster.
function serviceOf(address clusterRegistry, ClusterId clusterId, NodeId nodeId) view returns (NodeService memory service) {
    (, service.vnodes, service.qualityBps, , service.leftAt, service.liableVnodes) = IClusterRegistry(clusterRegistry).membershipOf(
        clusterId,
        nodeId
    );
}
