// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev A node as the node registry stores it. Clusters change the first slot, the provider the second.
/// @param provider The account that provides it; zero: there is no such node.
/// @param capacity Its units of resource.
/// @param reserved Units of those that clusters have reserved.
/// @param clusters The number of clusters that it is in.
/// @param rentPerMonth Its rent in clusters that it joins from now on (USD, 18 decimals, per unit of resource, per vnode, per month).
/// @param params The number under which its params are stored, see {ItemStore}.
struct Node {
    address provider;
    uint32 capacity;
    uint32 reserved;
    uint32 clusters;
    uint88 rentPerMonth;
    uint32 params;
}
