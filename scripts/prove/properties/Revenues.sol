// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "../../../contracts/libraries/Units.sol";
import {CurrencyId} from "../../../contracts/types/Ids.sol";

/// @dev Any cluster that distributes any shares. What a unit of weight has earned is below 2^255: to get there, all that can be in custody
/// would have to be shared by a weight of one 2^31 times.
abstract contract AnyDistribution {
    // struct Cluster of contracts/clusters/Revenues.sol

    Cluster internal cluster;

    function _distribute(Cluster memory value, uint256 shares) internal {
        require(_weightOf(value) != 0 && value.revenuePerWeight < 2 ** 255);
        require(value.hasUndistributed == (value.undistributed != 0));
        require(shares < 2 ** 224);
        cluster = value;
        (uint256 weight, bool hasUndistributed) = _totalWeight();
        // cut contracts/clusters/Revenues.sol from "uint256 undistributed = hasUndistributed" up to "emit RevenuesDistributed"
    }

    function _totalWeight() private view returns (uint256 weight, bool hasUndistributed) {
        // body of _totalWeight of contracts/clusters/Revenues.sol
    }

    function _weightOf(Cluster memory value) internal pure returns (uint256) {
        return value.hasUnserved ? value.served : uint256(value.rentPerUnit) * Units.BPS;
    }
}

/// @notice The accumulator grows by what there is to share / the weight: it neither falls nor overflows.
contract AccumulatorGrows is AnyDistribution {
    function check(Cluster memory value, uint256 shares) external {
        uint256 before = value.revenuePerWeight;
        (uint256 weight, uint256 undistributed) = (_weightOf(value), value.undistributed);
        _distribute(value, shares);
        uint256 toShare = shares + undistributed;
        assert(cluster.revenuePerWeight == before + toShare / weight);
    }
}

/// @notice What did not divide is kept for the next time: it is below the weight.
contract RestIsKept is AnyDistribution {
    function check(Cluster memory value, uint256 shares) external {
        (uint256 weight, uint256 undistributed) = (_weightOf(value), value.undistributed);
        _distribute(value, shares);
        uint256 toShare = shares + undistributed;
        assert(cluster.undistributed == toShare % weight);
        assert(cluster.undistributed < weight);
        assert(cluster.hasUndistributed == (cluster.undistributed != 0));
    }
}

/// @notice A node is owed its weight x the growth of the accumulator since it was paid, even where that wraps.
contract NodesAreOwedByWeight {
    function check(uint112 weight, uint256 paid, uint224 growth) external pure {
        // In two steps, as a wrap and a product are too much for the solver at once: the share depends on the difference alone, and that
        // is the growth. That the product fits is {NodesAreOwedWhatIsShared}.
        unchecked {
            assert((paid + growth) - paid == growth);
            assert(_share(weight, growth, 0) == uint256(weight) * growth);
        }
    }

    function _share(uint256 weight, uint256 earned, uint256 paid) private pure returns (uint256) {
        // body of _share of contracts/clusters/Revenues.sol
    }
}

/// @notice What nodes are owed of a distribution, with what is left undistributed, is what was shared (for two; so for all, one by one).
contract NodesAreOwedWhatIsShared {
    function check(uint112 weight, uint112 other, uint256 growth, uint112 rest) external pure {
        uint256 sum = uint256(weight) + other;
        require(sum != 0 && growth <= type(uint224).max / sum);
        uint256 shared = growth * sum + rest;
        assert(growth * weight + growth * other + rest == shared);
    }
}
