// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IMembershipErrors} from "../interfaces/IClusterErrors.sol";
import {Cluster, Member} from "../types/Cluster.sol";
import {Units} from "./Units.sol";

/// @dev Some vnodes change their rent (USD, 18 decimals, per unit of resource, per vnode, per month) or their quality (basis points).
struct WeightChange {
    uint256 vnodes;
    uint256 oldRent;
    uint256 newRent;
    uint256 oldQualityBps;
    uint256 newQualityBps;
}

/// @title Weights
/// @notice Counts what the vnodes of a cluster cost, and how much of it is served.
/// @dev A node's weight is rent x vnodes x quality (basis points). A cluster serves the sum of its nodes' weights, and would serve its rent
/// per unit x 10,000 with all vnodes at full quality. The rest is its *unserved share*:
///
///   1 - served / (rent per unit x 10,000)
///   1 - served vnodes / (vnodes x 10,000)    where all rents are zero: what is served is then counted in vnodes
///
/// Ranges: a rent per unit has 96 bits (see {Units.MAX_RATE}), so weights stay below 2^96 x 10^4 < 2^112. Vnodes have 16 bits, so served
/// vnodes stay below 2^16 x 10^4 < 2^32.
library Weights {
    using SafeCast for uint256;

    // ------------------------------------------------------------ functions that change state

    /// @notice Changes what the cluster's vnodes cost, and how much of it is served. The nodes concerned have been paid.
    /// @return hasUnserved Whether the cluster's unserved share has to be set to `share`.
    /// @return share The unserved share, in 2^-32, rounded down.
    function applyChange(Cluster storage self, WeightChange memory change) internal returns (bool hasUnserved, uint256 share) {
        // The fields of one slot are read side by side, which makes one read of them.
        (uint256 nominal, uint256 nominalVnodes, bool hadUnserved) = _nominal(self);
        (uint256 served, uint256 servedVnodes) = hadUnserved ? (self.served, self.servedVnodes) : (nominal, nominalVnodes);
        (uint256 oldCost, uint256 newCost) = (change.oldRent * change.vnodes, change.newRent * change.vnodes);
        if (oldCost != newCost) {
            uint256 rentPerUnit = nominal / Units.BPS - oldCost + newCost;
            self.rentPerUnit = checkedRentPerUnit(rentPerUnit);
            nominal = rentPerUnit * Units.BPS;
        }
        served = served - oldCost * change.oldQualityBps + newCost * change.newQualityBps;
        servedVnodes = servedVnodes - change.vnodes * change.oldQualityBps + change.vnodes * change.newQualityBps;
        if (!hadUnserved && served == nominal && servedVnodes == nominalVnodes) return (false, 0);
        if (!hadUnserved) self.hasUnserved = true;
        (self.served, self.servedVnodes) = (served.toUint112(), servedVnodes.toUint32());
        if (nominal == 0) (served, nominal) = (servedVnodes, nominalVnodes);
        return (true, ((nominal - served) << Units.SHARE_BITS) / nominal);
    }

    // ------------------------------------------------------------ views

    /// @notice A node's weight: below 2^88 x 2^16 x 10^4, and no more than the cluster's.
    function weightOf(Member storage member) internal view returns (uint256) {
        (uint256 rent, uint256 vnodes, uint256 deficit) = (member.rent, member.vnodes, member.qualityDeficitBps);
        unchecked {
            return rent * vnodes * (Units.BPS - deficit);
        }
    }

    /// @notice A node's quality, in basis points.
    function qualityOf(Member storage member) internal view returns (uint16) {
        return uint256(Units.BPS - member.qualityDeficitBps).toUint16();
    }

    /// @notice The served part of a cluster, as the sum of its nodes' weights, and in vnodes x basis points.
    function servedOf(Cluster storage self) internal view returns (uint256 served, uint256 servedVnodes) {
        (uint256 rentPerUnit, uint256 vnodeCount, bool hasUnserved) = (self.rentPerUnit, self.vnodeCount, self.hasUnserved);
        return hasUnserved ? (self.served, self.servedVnodes) : (rentPerUnit * Units.BPS, vnodeCount * Units.BPS);
    }

    /// @notice The served weight of a cluster, and its weight with all its vnodes at full quality.
    function weightsOf(Cluster storage self) internal view returns (uint256 served, uint256 nominal) {
        (served, ) = servedOf(self);
        (nominal, , ) = _nominal(self);
    }

    /// @notice A rent per unit, which has to fit the widths in which the registries count.
    function checkedRentPerUnit(uint256 rentPerUnit) internal pure returns (uint96) {
        require(rentPerUnit <= Units.MAX_RATE, IMembershipErrors.ClusterRentTooHigh(rentPerUnit, Units.MAX_RATE));
        return rentPerUnit.toUint96();
    }

    // ------------------------------------------------------------ internal

    /// @dev The weight of the cluster with all its vnodes at full quality, the same in vnodes x basis points, and whether the cluster
    /// counts what it serves.
    function _nominal(Cluster storage self) private view returns (uint256 weight, uint256 vnodes, bool hasUnserved) {
        (weight, vnodes, hasUnserved) = (self.rentPerUnit, self.vnodeCount, self.hasUnserved);
        (weight, vnodes) = (weight * Units.BPS, vnodes * Units.BPS);
    }
}
