// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IClusterErrors} from "../interfaces/IClusterErrors.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {IClusterIdErrors} from "../interfaces/ISharedErrors.sol";
import {Cluster, ClusterContext} from "../types/Cluster.sol";
import {ClusterId, CurrencyId} from "../types/Ids.sol";
import {Memberships} from "./Memberships.sol";

/// @title ClusterResources
/// @notice Counts what a cluster reserves on its nodes, and what buckets use of it.
/// @dev resourceUsed <= resourcePerVnode, and resourceUsed = the sum of the resources of the cluster's buckets.
library ClusterResources {
    using Memberships for Cluster;
    using SafeCast for uint256;

    /// @dev The maximum rate of all buckets of a cluster at its present rent (USD, 18 decimals, per month). Rents only fall while
    /// anything is allocated, so the rates at earlier rents add up to less than 23 times this: the sum of 1 / n up to 2^32.
    uint256 private constant MAX_CLUSTER_RATE = 2 ** 90;

    /// @notice Reserves more resource for each vnode.
    function reserve(Cluster storage self, ClusterContext memory context, uint32 perVnode) internal {
        ClusterId clusterId = context.clusterId;
        require(perVnode != 0, IClusterErrors.ResourceZero());
        uint256 reserved = uint256(self.resourcePerVnode) + perVnode;
        uint256 maximum = type(uint32).max;
        require(self.slotCount != 0, IClusterErrors.ClusterNotFilled(clusterId));
        require(reserved <= maximum, IClusterRegistry.ClusterResourceTooLarge(clusterId, reserved, maximum));
        context.nodes.reserveFor(self.nodesOf(), perVnode);
        self.resourcePerVnode = reserved.toUint32();
        emit IClusterRegistry.ResourceReserved(clusterId, self.resourcePerVnode);
    }

    /// @notice Gives back resource of each vnode that buckets do not use.
    function release(Cluster storage self, ClusterContext memory context, uint32 perVnode) internal {
        ClusterId clusterId = context.clusterId;
        require(perVnode != 0, IClusterErrors.ResourceZero());
        uint32 free = self.resourcePerVnode - self.resourceUsed;
        require(perVnode <= free, IClusterRegistry.ClusterResourceInUse(clusterId, perVnode, free));
        context.nodes.releaseFrom(self.nodesOf(), perVnode, false);
        self.resourcePerVnode -= perVnode;
        emit IClusterRegistry.ResourceReleased(clusterId, self.resourcePerVnode);
    }

    /// @notice Marks resource as used by a bucket.
    /// @return rentPerUnit The price of a unit (USD, 18 decimals, per month).
    /// @return currencyId The cluster's currency.
    function allocate(
        Cluster storage self,
        ClusterId clusterId,
        uint32 resource
    ) internal returns (uint96 rentPerUnit, CurrencyId currencyId) {
        require(resource != 0, IClusterErrors.ResourceZero());
        (uint256 vnodeCount, uint32 reserved, uint32 used) = (self.vnodeCount, self.resourcePerVnode, self.resourceUsed);
        (rentPerUnit, currencyId) = (self.rentPerUnit, self.currencyId);
        (bool closed, bool filled) = (self.closed, self.slotCount != 0);
        require(vnodeCount != 0, IClusterIdErrors.ClusterUnknown(clusterId));
        require(filled, IClusterErrors.ClusterNotFilled(clusterId));
        require(!closed, IClusterErrors.ClusterClosed(clusterId));
        require(resource <= reserved - used, IClusterErrors.ClusterResourceExceeded(clusterId, resource, reserved - used));
        uint256 rate = uint256(rentPerUnit) * (used + resource);
        require(rate <= MAX_CLUSTER_RATE, IClusterErrors.ClusterRateTooHigh(clusterId, rate, MAX_CLUSTER_RATE));
        self.resourceUsed = used + resource;
    }

    /// @notice Marks resource as no longer used by a bucket.
    /// @return currencyId The cluster's currency.
    function deallocate(Cluster storage self, uint32 resource) internal returns (CurrencyId currencyId) {
        self.resourceUsed -= resource;
        return self.currencyId;
    }
}
