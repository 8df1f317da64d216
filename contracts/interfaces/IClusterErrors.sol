// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClusterId, NodeId} from "../types/Ids.sol";
import {IClusterIdErrors, IServiceErrors} from "./ISharedErrors.sol";

/// @title IClusterErrors
/// @notice Errors of the cluster registry that also reach the users of the bucket registry and of the terms registry.
interface IClusterErrors is IClusterIdErrors {
    /// @notice The cluster's vnodes have no nodes yet.
    error ClusterNotFilled(ClusterId clusterId);
    /// @notice The cluster's manager has closed it: buckets may allocate no more.
    error ClusterClosed(ClusterId clusterId);
    /// @notice The cluster has less free resource per vnode than the call needs.
    error ClusterResourceExceeded(ClusterId clusterId, uint256 needed, uint256 free);
    /// @notice The cluster's buckets would pay more together, at its present rent, than the registry can count (USD, 18 decimals, per
    /// month).
    error ClusterRateTooHigh(ClusterId clusterId, uint256 ratePerMonth, uint256 maximum);
    /// @notice The rent per unit is above what the caller agreed to (USD, 18 decimals, per month).
    error RentAboveMaximum(ClusterId clusterId, uint256 rentPerUnit, uint256 maximum);
    /// @notice The resource is zero.
    error ResourceZero();
}

/// @title IMembershipErrors
/// @notice Errors of the cluster registry about its nodes, which also reach the users of the terms registry.
interface IMembershipErrors is IServiceErrors {
    /// @notice A cluster has between 1 and 65,535 vnodes.
    error ClusterVnodeCountInvalid(uint256 vnodeCount, uint256 maximum);
    /// @notice A cluster has at least one node, no more than vnodes, and at most 256.
    error ClusterNodeCountInvalid(uint256 nodeCount, uint256 maximum);
    /// @notice The node is in the cluster already.
    error NodeAlreadyInCluster(ClusterId clusterId, NodeId nodeId);
    /// @notice The cluster has as many nodes as it can have.
    error ClusterNodesFull(ClusterId clusterId, uint256 maximum);
    /// @notice The cluster has no vnode with this index.
    error VnodeUnknown(ClusterId clusterId, uint256 vnodeIndex, uint256 vnodeCount);
    /// @notice A node serves the vnode.
    error VnodeNotVacant(ClusterId clusterId, uint256 vnodeIndex, NodeId nodeId);
    /// @notice The node may serve no more than `covered` vnodes: its bond covers no more, its provider has not accepted the cluster's
    /// terms, or its exit is announced.
    error VnodesNotCovered(ClusterId clusterId, NodeId nodeId, uint256 vnodes, uint256 covered);
    /// @notice The cluster has its nodes already.
    error ClusterAlreadyFilled(ClusterId clusterId);
    /// @notice The cluster's rent per unit would be more than the registry can count (USD, 18 decimals, per month).
    error ClusterRentTooHigh(uint256 rentPerUnit, uint256 maximum);
    /// @notice While buckets are allocated a cluster's rents can only fall.
    error RentNotLower(ClusterId clusterId, NodeId nodeId, uint256 rentPerMonth, uint256 maximum);
    /// @notice The fee is above its cap (basis points).
    error ManagementFeeTooHigh(uint256 managementFeeBps, uint256 maximum);
}
