// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "../../../contracts/libraries/Units.sol";
import {CurrencyId} from "../../../contracts/types/Ids.sol";

/// @dev Any pool and its fees.
abstract contract AnyPool {
    struct Distribution {
        // cut contracts/interfaces/IAccountRegistry.sol from "ClusterId clusterId; uint16" up to "}"
    }
}

/// @notice Network fee + management fee + shares = what was in the pool; there are shares unless it was empty.
contract FeesAndSharesAreThePool {
    function check(uint224 stored, Distribution memory distribution) external pure {
        require(distribution.networkFeeBps <= 1_000 && distribution.managementFeeBps <= 3_000);
        require(stored != 0);
        uint256 amount = stored;
        uint256 networkFee;
        uint256 managementFee;
        uint256 shares;
        // cut contracts/AccountRegistry.sol from "networkFee = (amount" up to "if (networkFee != 0)"
        assert(networkFee + managementFee + shares == amount);
        assert(networkFee <= amount / 10);
        assert(managementFee <= ((amount - networkFee) * 3) / 10);
        assert(shares != 0);
    }
}

/// @notice What is left of a removed cluster goes to the network entirely.
contract LeftoverGoesToTheNetwork {
    function check(uint224 stored, Distribution memory distribution) external pure {
        require(distribution.networkFeeBps == Units.BPS && distribution.managementFeeBps == 0);
        uint256 amount = stored;
        uint256 networkFee;
        uint256 managementFee;
        uint256 shares;
        // cut contracts/AccountRegistry.sol from "networkFee = (amount" up to "if (networkFee != 0)"
        assert(networkFee == amount);
        assert(managementFee == 0 && shares == 0);
    }
}

/// @dev Any cluster that distributes, with any accumulator there can be, up to the last before it wraps.
abstract contract AnyDistribution {
    struct Cluster {
        // cut contracts/clusters/Revenues.sol from "address manager;" up to "}"
    }

    Cluster internal cluster;

    /// @return growth By how much the accumulator grows.
    function _distribute(Cluster memory value, uint256 shares) internal returns (uint256 growth) {
        require(value.rentPerUnit != 0);
        require(value.hasUndivided == (value.undivided != 0));
        require(shares < 2 ** 224);
        cluster = value;
        (uint256 weight, bool hasUndivided) = (cluster.rentPerUnit, cluster.hasUndivided);
        // cut contracts/clusters/Revenues.sol from "uint256 undivided = hasUndivided" up to "emit RevenuesDistributed"
        unchecked {
            return cluster.revenuePerWeight - value.revenuePerWeight;
        }
    }
}

/// @notice Shares x weight + what is left undivided = what there was to share; what is left is below the weight.
contract SharesAreWhatThereWas is AnyDistribution {
    function check(Cluster memory value, uint256 shares) external {
        uint256 growth = _distribute(value, shares);
        uint256 weight = value.rentPerUnit;
        uint256 toShare = shares + value.undivided;
        assert(growth == toShare / weight);
        assert(cluster.undivided == toShare % weight);
        // Of any quotient and rest. Together with the two above it says it of these.
        assert((toShare / weight) * weight + (toShare % weight) == toShare);
        assert(toShare % weight < weight);
        assert(cluster.hasUndivided == (cluster.undivided != 0));
    }
}

/// @notice The accumulator never falls, as long as it has not wrapped.
contract AccumulatorNeverFalls is AnyDistribution {
    function check(Cluster memory value, uint256 shares) external {
        require(value.revenuePerWeight < 2 ** 255);
        _distribute(value, shares);
        assert(cluster.revenuePerWeight >= value.revenuePerWeight);
    }
}

/// @notice A node is owed its weight x the growth of the accumulator since it was paid, even where that wraps.
contract NodesAreOwedByWeight {
    struct Cluster {
        // cut contracts/clusters/Revenues.sol from "address manager;" up to "}"
    }

    struct Member {
        // cut contracts/clusters/Revenues.sol from "uint88 rent;" up to "}"
    }

    Cluster private cluster;
    Member private member;

    function check(Cluster memory shared, Member memory node, uint224 growth) external {
        uint256 weight = uint256(node.rent) * node.vnodes;
        // A part of what is owed in the currency.
        uint256 share = weight * growth;
        require(share < 2 ** 224);
        unchecked {
            require(shared.revenuePerWeight == node.revenuePaid + growth);
        }
        (cluster, member) = (shared, node);
        assert(_owed() == share);
    }

    function _owed() private view returns (uint256) {
        unchecked {
            // cut contracts/clusters/Revenues.sol from "return uint256(member.rent)" up to "}"
        }
    }
}

/// @notice What nodes are owed of a distribution, with what is left undivided, is what was shared (for two; so for all, one by one).
contract NodesAreOwedWhatIsShared {
    function check(uint96 weight, uint96 other, uint256 toShare) external pure {
        uint256 sum = uint256(weight) + other;
        require(sum != 0 && toShare < 2 ** 225);
        uint256 growth = toShare / sum;
        assert(growth * weight + growth * other + (toShare % sum) == toShare);
    }
}
