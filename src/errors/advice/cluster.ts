import type { AdviceTable } from "./advice";

export const clusterAdvice: AdviceTable = {
  ClusterUnknown: { why: "There is no cluster {clusterId}.", todo: "List the clusters to see which there are." },
  ClusterNotFilled: {
    why: "The vnodes of cluster {clusterId} have no nodes yet.",
    todo: "Its manager has to fill it first, once the providers have accepted its terms.",
  },
  ClusterAlreadyFilled: {
    why: "Cluster {clusterId} has its nodes already.",
    todo: "Fill vacant vnodes one by one, or replace nodes.",
  },
  ClusterClosed: {
    why: "The manager of cluster {clusterId} has closed it: buckets keep what they hold, and can allocate no more.",
    todo: "Wait until it is open again, or choose another cluster.",
  },
  ClusterResourceExceeded: {
    why: "Cluster {clusterId} has {free} units left per vnode, and {needed} are needed.",
    todo: "Ask for less, or have its manager reserve more.",
  },
  ClusterRateTooHigh: {
    why: "The buckets of cluster {clusterId} would pay {ratePerMonth:usd} per month together, more than the {maximum:usd} that can be counted.",
    todo: "Allocate less.",
  },
  RentAboveMaximum: {
    why: "A unit of cluster {clusterId} costs {rentPerUnit:usd} per month, above the agreed {maximum:usd}.",
    todo: "Agree to the present rent, or use another cluster.",
  },
  ResourceZero: { why: "Zero units of resource change nothing.", todo: "Give a number above zero." },
  ClusterVnodeCountInvalid: {
    why: "A cluster cannot have {vnodeCount} vnodes: it has between 1 and {maximum}.",
    todo: "Give a number within these bounds; it can never be changed.",
  },
  ClusterNodeCountInvalid: {
    why: "The cluster cannot have {nodeCount} nodes: it has at least 1, and at most {maximum}.",
    todo: "List at least one node, and no more than there are vnodes.",
  },
  NodeAlreadyInCluster: {
    why: "Node {nodeId} is in cluster {clusterId} already.",
    todo: "List each node once; to move a single vnode to it, replace the node of that vnode.",
  },
  NodeNotInCluster: {
    why: "Node {nodeId} serves no vnode of cluster {clusterId}.",
    todo: "Show the cluster to see its nodes.",
  },
  ClusterNodesFull: {
    why: "Cluster {clusterId} is on {maximum} nodes, as many as it can have.",
    todo: "Move all vnodes of one of its nodes away first.",
  },
  VnodeUnknown: {
    why: "Cluster {clusterId} has {vnodeCount} vnodes, counted from 0, and no vnode {vnodeIndex}.",
    todo: "Give an index below the number of vnodes.",
  },
  VnodeAlreadyOnNode: {
    why: "Vnode {vnodeIndex} of cluster {clusterId} is on node {nodeId} already.",
    todo: "Nothing is to be done, or choose another node.",
  },
  VnodeVacant: {
    why: "Vnode {vnodeIndex} of cluster {clusterId} is vacant: there is no node to replace.",
    todo: "Fill the vacancy instead.",
  },
  VnodeNotVacant: {
    why: "Vnode {vnodeIndex} of cluster {clusterId} is on node {nodeId}.",
    todo: "Replace the node instead, or choose a vacant vnode.",
  },
  VnodesNotCovered: {
    why: "Node {nodeId} would serve {vnodes} vnodes of cluster {clusterId}, and its provider has agreed and posted a bond for {covered}.",
    todo: "Its provider has to accept the terms of the cluster and post a bond for all of them first.",
  },
  ClusterRentTooHigh: {
    why: "The cluster's rent would be {rentPerUnit:usd} per unit, more than the {maximum:usd} that can be counted.",
    todo: "Use fewer vnodes or cheaper nodes.",
  },
  RentNotLower: {
    why: "While buckets are allocated in cluster {clusterId} its rents can only fall: node {nodeId} asks {rentPerMonth:usd}, above {maximum:usd}.",
    todo: "Use a node that asks no more, or end the buckets first.",
  },
  NodeRentAboveMaximum: {
    why: "Node {nodeId} asks {rentPerMonth:usd}, above the agreed {maximum:usd}.",
    todo: "Agree to what it asks, or leave its rent in the cluster as it is.",
  },
  ClusterResourceTooLarge: {
    why: "Cluster {clusterId} would reserve {resourcePerVnode} units per vnode, more than the {maximum} that can be counted.",
    todo: "Reserve less.",
  },
  ClusterResourceInUse: {
    why: "{free} units per vnode of cluster {clusterId} are not used by buckets, and {requested} are to be released.",
    todo: "Release less, or end buckets first.",
  },
  ClusterInUse: {
    why: "Buckets use {resourceUsed} units per vnode of cluster {clusterId}.",
    todo: "They have to release them first; the manager can end buckets with notice.",
  },
  ManagementFeeTooHigh: {
    why: "A management fee of {managementFeeBps:bps} is above the cap of {maximum:bps}.",
    todo: "Ask a lower fee.",
  },
  ManagementFeeNotLower: {
    why: "The management fee of cluster {clusterId} is {current:bps}, and {managementFeeBps:bps} is not lower.",
    todo: "A management fee can only be lowered: give a lower one.",
  },
  NetworkFeeTooHigh: {
    why: "A network fee of {networkFeeBps:bps} is above the cap of {maximum:bps}.",
    todo: "Set a lower fee.",
  },
  NetworkAccountZero: {
    why: "The network fee needs an account to go to.",
    todo: "Give the address that is to receive it.",
  },
  ManagementNotOffered: {
    why: "The management of cluster {clusterId} is offered to {offeredTo}, and {caller} called.",
    todo: "The manager has to offer it to you first, or send it as the one to whom it is offered.",
  },
};
