// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {NodeSlots} from "../libraries/NodeSlots.sol";
import {ClusterId, CurrencyId, NodeId} from "./Ids.sol";

/// @dev A cluster. One slot holds its manager, one what buckets and nodes change, two hold its revenue.
/// @param freeSlot The first free slot among the slots that nodes have taken; 0: none.
/// @param leavingNotice How long the bond of a node answers for vnodes that the node no longer serves (seconds); 0: default terms, no
/// bonds.
/// @param rentPerUnit The sum of rent x vnodes over its nodes and vacant nodes (USD, 18 decimals, per month).
/// @param slotCount The highest number of slots that its nodes have taken at a time; 0: the cluster was never filled.
/// @param stride The number of nodes it was filled with: vnodes go round robin over the first `stride` slots.
/// @param hasUndistributed Whether `undistributed` is not zero, which saves reading it.
/// @param closed Whether buckets may allocate no more.
/// @param hasUnserved Whether the cluster has ever served less than what its owners pay for; if not, `served` and `servedVnodes` are zero
/// and not read.
/// @param revenuePerWeight Scaled units that a unit of weight has earned. It has full width because weights can be tiny.
/// @param undistributed Scaled units that did not divide by the weight. They are below the weight, and wait for the next distribution.
/// @param served The sum of its nodes' weights.
/// @param servedVnodes The sum of vnodes x quality (basis points) over its nodes, below 2^16 x 10^4. Where all rents are zero,
/// it gives the served share.
/// @param slots Its nodes, and which vnode is on which.
/// @param members Its nodes, and the nodes that have left it.
struct Cluster {
    address manager;
    uint16 managementFeeBps;
    uint32 params;
    uint16 freeSlot;
    uint24 leavingNotice;
    uint96 rentPerUnit;
    uint32 resourcePerVnode;
    uint32 resourceUsed;
    uint16 vnodeCount;
    CurrencyId currencyId;
    uint16 slotCount;
    uint16 stride;
    bool hasUndistributed;
    bool closed;
    bool hasUnserved;
    uint256 revenuePerWeight;
    uint112 undistributed;
    uint112 served;
    uint32 servedVnodes;
    NodeSlots slots;
    mapping(NodeId nodeId => Member) members;
}

/// @dev A node in a cluster.
/// @param rent Its rent there (USD, 18 decimals, per unit of resource, per vnode, per month).
/// @param slot The number of its slot; 0: the node is not in the cluster.
/// @param vnodes The number of vnodes on it, as in its slot.
/// @param qualityDeficitBps By how much its quality falls short of 10,000, in basis points.
/// @param coveredVnodes For how many vnodes its provider has agreed to the cluster's terms and posted a bond, if they ask for it.
/// @param leaving Whether it gets no more vnodes, whatever the terms.
/// @param leftAt When it last left the cluster (unix seconds).
/// @param liableVnodes The most vnodes that it served within a leaving notice before `reducedAt`.
/// @param reducedAt When it last gave up a vnode under its agreement (unix seconds); 0: never.
/// @param revenuePaid The cluster's `revenuePerWeight` up to which it has been paid. It has full width, or a claim could pay again.
struct Member {
    uint88 rent;
    uint16 slot;
    uint16 vnodes;
    uint16 qualityDeficitBps;
    uint16 coveredVnodes;
    bool leaving;
    uint40 leftAt;
    uint16 liableVnodes;
    uint40 reducedAt;
    uint256 revenuePaid;
}

/// @dev The network fee of all clusters.
struct NetworkFee {
    uint16 bps;
    address account;
}

/// @dev A cluster's id and the registries that hold its money and its nodes: what the libraries need to know to act for a cluster.
struct ClusterContext {
    ClusterId clusterId;
    IAccountRegistry accounts;
    INodeRegistry nodes;
}
