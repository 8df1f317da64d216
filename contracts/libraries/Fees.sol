// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IMembershipErrors} from "../interfaces/IClusterErrors.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {NetworkFee} from "../types/Cluster.sol";
import {Units} from "./Units.sol";

/// @title Fees
/// @notice Bounds the network fee and the management fee, and splits by them what a cluster has earned.
library Fees {
    /// @dev Both maxima are in basis points.
    uint256 private constant MAX_NETWORK_FEE = 1_000;
    uint256 private constant MAX_MANAGEMENT_FEE = 3_000;

    /// @notice Sets the network fee of all clusters.
    function set(NetworkFee storage self, uint16 bps, address account) internal {
        require(bps <= MAX_NETWORK_FEE, IClusterRegistry.NetworkFeeTooHigh(bps, MAX_NETWORK_FEE));
        require(account != address(0), IClusterRegistry.NetworkAccountZero());
        (self.bps, self.account) = (bps, account);
        emit IClusterRegistry.NetworkFeeChanged(bps, account);
    }

    /// @notice Requires a management fee within its bound.
    function requireManagementFee(uint256 bps) internal pure {
        require(bps <= MAX_MANAGEMENT_FEE, IMembershipErrors.ManagementFeeTooHigh(bps, MAX_MANAGEMENT_FEE));
    }

    /// @notice The network fee of an amount, the management fee of the rest, and what is left for the nodes. Fees are rounded down.
    /// @param amount Scaled units, below 2^224.
    /// @param networkFeeBps Basis points, at most 10,000; so is `managementFeeBps`.
    function split(
        uint256 amount,
        uint256 networkFeeBps,
        uint256 managementFeeBps
    ) internal pure returns (uint256 networkFee, uint256 managementFee, uint256 shares) {
        networkFee = (amount * networkFeeBps) / Units.BPS;
        managementFee = ((amount - networkFee) * managementFeeBps) / Units.BPS;
        shares = amount - networkFee - managementFee;
    }
}
