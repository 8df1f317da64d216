// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {Cluster} from "../types/Cluster.sol";
import {ClusterId} from "../types/Ids.sol";

/// @dev How the management of a cluster passes on. It outlives the cluster.
/// @param offeredTo The account that may take it over; zero: none.
/// @param founder The first manager of a cluster that has been handed over; zero: it has not.
/// @param managedBefore Whether an account managed the cluster before it handed the cluster over or removed it.
struct Management {
    address offeredTo;
    address founder;
    mapping(address account => bool) managedBefore;
}

/// @title Managements
/// @notice Passes the management of a cluster on, in two steps, and remembers its managers.
library Managements {
    /// @notice Offers the management to an account; zero withdraws the offer.
    function offer(Management storage self, ClusterId clusterId, address manager) internal {
        self.offeredTo = manager;
        emit IClusterRegistry.ManagementOffered(clusterId, msg.sender, manager);
    }

    /// @notice Requires that the management is offered to the caller.
    function requireOffered(Management storage self, ClusterId clusterId) internal view {
        address offeredTo = self.offeredTo;
        require(msg.sender == offeredTo, IClusterRegistry.ManagementNotOffered(clusterId, msg.sender, offeredTo));
    }

    /// @notice Lets the caller manage the cluster from now on.
    function accept(Management storage self, Cluster storage cluster, ClusterId clusterId) internal {
        address oldManager = cluster.manager;
        cluster.manager = msg.sender;
        self.managedBefore[oldManager] = true;
        if (self.founder == address(0)) self.founder = oldManager;
        delete self.offeredTo;
        emit IClusterRegistry.ManagementAccepted(clusterId, oldManager, msg.sender);
    }

    /// @notice Ends the management of a cluster that its manager removes.
    function end(Management storage self) internal {
        self.managedBefore[msg.sender] = true;
        delete self.offeredTo;
    }

    /// @notice The first manager of a cluster that `manager` manages.
    function founderOf(Management storage self, address manager) internal view returns (address founder) {
        founder = self.founder;
        if (founder == address(0)) founder = manager;
    }
}
