// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {Cluster, ClusterContext, Member, NetworkFee} from "../types/Cluster.sol";
import {NodeId} from "../types/Ids.sol";
import {Fees} from "./Fees.sol";
import {Units} from "./Units.sol";
import {Weights} from "./Weights.sol";

/// @title Revenues
/// @notice Shares what a cluster earns: the network fee, the management fee, and the rest to its nodes by their weights.
/// @dev `revenuePerWeight` is what a unit of weight has earned since the cluster was created, and only grows. A node is owed its weight
/// times the growth since it was last paid. A caller that changes a weight distributes and pays the node first.
library Revenues {
    using SafeCast for uint256;
    using Weights for Cluster;
    using Weights for Member;

    // ------------------------------------------------------------ functions that change state

    /// @notice Settles a cluster and shares its pool out. A cluster without any weight keeps its pool.
    /// @param whole Whether to refuse a cluster that cannot be settled up to now. A change of a weight, of the manager or of a fee requires
    /// it: revenue from before the change is shared as it was earned.
    function distribute(Cluster storage self, ClusterContext memory context, NetworkFee storage networkFee, bool whole) internal {
        (uint256 weight, uint256 undistributed) = _weightOf(self);
        if (weight == 0) return;
        (uint16 networkFeeBps, address networkAccount) = (networkFee.bps, networkFee.account);
        (address manager, uint16 managementFeeBps) = (self.manager, self.managementFeeBps);
        (uint256 forNetwork, uint256 forManager, uint256 shares) = context.accounts.takePool(
            IAccountRegistry.Distribution({
                clusterId: context.clusterId,
                whole: whole,
                networkFeeBps: networkFeeBps,
                managementFeeBps: managementFeeBps,
                networkAccount: networkAccount,
                manager: manager
            })
        );
        // Neither fee takes everything, so there are shares unless the pool was empty.
        if (shares == 0) return;
        (uint256 revenuePerWeight, uint256 rest) = _shared(self.revenuePerWeight, shares + undistributed, weight);
        self.revenuePerWeight = revenuePerWeight;
        if (rest != undistributed) {
            self.undistributed = rest.toUint112();
            self.hasUndistributed = rest != 0;
        }
        emit IClusterRegistry.RevenuesDistributed(
            context.clusterId,
            networkAccount,
            manager,
            forNetwork,
            forManager,
            shares,
            revenuePerWeight
        );
    }

    /// @notice Lowers the management fee, after distributing at the old one.
    function lowerManagementFee(
        Cluster storage self,
        ClusterContext memory context,
        NetworkFee storage networkFee,
        uint16 managementFeeBps
    ) internal {
        uint256 current = self.managementFeeBps;
        bool isLower = managementFeeBps < current;
        require(isLower, IClusterRegistry.ManagementFeeNotLower(context.clusterId, managementFeeBps, current));
        distribute(self, context, networkFee, true);
        self.managementFeeBps = managementFeeBps;
        emit IClusterRegistry.ManagementFeeLowered(context.clusterId, managementFeeBps);
    }

    /// @notice Credits a node's provider with what the node has earned.
    function pay(Cluster storage self, ClusterContext memory context, NodeId nodeId) internal {
        Member storage member = self.members[nodeId];
        uint256 earned = self.revenuePerWeight;
        uint256 paid = member.revenuePaid;
        if (paid == earned) return;
        member.revenuePaid = earned;
        creditProvider(self, context, nodeId, _share(member.weightOf(), earned, paid));
    }

    /// @notice Credits a node's provider with an amount in scaled units.
    function creditProvider(Cluster storage self, ClusterContext memory context, NodeId nodeId, uint256 scaledAmount) internal {
        if (scaledAmount == 0) return;
        address provider = context.nodes.providerOf(nodeId);
        context.accounts.credit(provider, self.currencyId, scaledAmount);
        emit IClusterRegistry.RevenuesClaimed(context.clusterId, nodeId, provider, scaledAmount);
    }

    /// @notice Credits the network's account with what no node has a claim to: a pool without weight, and what did not divide.
    /// @return leftover How much that was, in scaled units.
    function giveUpLeftover(
        Cluster storage self,
        ClusterContext memory context,
        address networkAccount
    ) internal returns (uint256 leftover) {
        uint256 undistributed = self.undistributed;
        (leftover, , ) = context.accounts.takePool(
            IAccountRegistry.Distribution({
                clusterId: context.clusterId,
                whole: true,
                networkFeeBps: uint16(Units.BPS),
                managementFeeBps: 0,
                networkAccount: networkAccount,
                manager: address(0)
            })
        );
        leftover += undistributed;
        if (undistributed != 0) context.accounts.credit(networkAccount, self.currencyId, undistributed);
    }

    // ------------------------------------------------------------ views

    /// @notice The amounts that {distribute} would give, in scaled units; all zero but `revenuePerWeight` if it would give nothing.
    /// @param pool The undistributed revenue of the cluster, as far as one call can settle it.
    function preview(
        Cluster storage self,
        uint256 pool,
        uint16 networkFeeBps
    ) internal view returns (uint256 networkFee, uint256 managementFee, uint256 shares, uint256 revenuePerWeight) {
        (uint256 weight, uint256 undistributed) = _weightOf(self);
        revenuePerWeight = self.revenuePerWeight;
        if (weight == 0 || pool == 0) return (0, 0, 0, revenuePerWeight);
        (networkFee, managementFee, shares) = Fees.split(pool, networkFeeBps, self.managementFeeBps);
        (revenuePerWeight, ) = _shared(revenuePerWeight, shares + undistributed, weight);
    }

    /// @notice The revenue that a node has earned and not been paid, in scaled units.
    function owed(Cluster storage self, Member storage member) internal view returns (uint256) {
        return _share(member.weightOf(), self.revenuePerWeight, member.revenuePaid);
    }

    // ------------------------------------------------------------ internal

    /// @dev The weight of all nodes, and what did not divide by it.
    function _weightOf(Cluster storage self) private view returns (uint256 weight, uint256 undistributed) {
        bool hasUndistributed = self.hasUndistributed;
        (weight, ) = self.servedOf();
        if (hasUndistributed) undistributed = self.undistributed;
    }

    /// @dev Shares are below 2^224, and the rest below 2^112. Only differences of `revenuePerWeight` are used, which a wrap leaves right.
    function _shared(uint256 earned, uint256 toShare, uint256 weight) private pure returns (uint256 revenuePerWeight, uint256 rest) {
        unchecked {
            return (earned + toShare / weight, toShare % weight);
        }
    }

    /// @dev A part of what is owed in the currency, so it cannot overflow.
    function _share(uint256 weight, uint256 earned, uint256 paid) private pure returns (uint256) {
        unchecked {
            return weight * (earned - paid);
        }
    }
}
