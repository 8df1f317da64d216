// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev Any distribution of any shares by any weight. What a unit of weight has earned is below 2^255: to get there, everything that can be
/// in custody would have to be shared by a weight of one 2^31 times.
abstract contract AnyDistribution {
    function _shared(uint256 earned, uint256 toShare, uint256 weight) internal pure returns (uint256 revenuePerWeight, uint256 rest) {
        require(weight != 0 && earned < 2 ** 255 && toShare < 2 ** 225);
        // body of _shared of contracts/libraries/Revenues.sol
    }
}

/// @notice The accumulator grows by what there is to share / the weight: it neither falls nor overflows.
contract AccumulatorGrows is AnyDistribution {
    function check(uint256 earned, uint224 shares, uint112 weight, uint112 undistributed) external pure {
        uint256 toShare = uint256(shares) + undistributed;
        (uint256 revenuePerWeight, ) = _shared(earned, toShare, weight);
        assert(weight == 0 || revenuePerWeight == earned + toShare / weight);
    }
}

/// @notice The part that did not divide is kept for the next time: it is below the weight, and so fits 112 bits.
contract RestIsKept is AnyDistribution {
    function check(uint256 earned, uint224 shares, uint112 weight, uint112 undistributed) external pure {
        uint256 toShare = uint256(shares) + undistributed;
        (, uint256 rest) = _shared(earned, toShare, weight);
        assert(rest < weight && rest <= type(uint112).max);
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
        // body of _share of contracts/libraries/Revenues.sol
    }
}

/// @notice The shares of nodes in a distribution, with the part that is left undistributed, are the amount that was shared (for two; so for all, one by one).
contract NodesAreOwedWhatIsShared {
    function check(uint112 weight, uint112 other, uint256 growth, uint112 rest) external pure {
        uint256 sum = uint256(weight) + other;
        require(sum != 0 && growth <= type(uint224).max / sum);
        uint256 shared = growth * sum + rest;
        assert(growth * weight + growth * other + rest == shared);
    }
}
