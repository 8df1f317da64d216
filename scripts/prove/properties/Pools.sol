// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Units} from "../../../contracts/libraries/Units.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";

/// @dev Any pool and its fees.
abstract contract AnyPool {
    // struct Distribution of contracts/interfaces/IAccountRegistry.sol
}

/// @notice Network fee + management fee + shares = what was in the pool; there are shares unless it was empty.
contract FeesAndSharesAreThePool is AnyPool {
    function check(uint224 stored, Distribution memory distribution) external pure {
        require(distribution.networkFeeBps <= 1_000 && distribution.managementFeeBps <= 3_000);
        require(stored != 0);
        uint256 amount = stored;
        (uint256 networkFeeBps, uint256 managementFeeBps) = (distribution.networkFeeBps, distribution.managementFeeBps);
        uint256 networkFee;
        uint256 managementFee;
        uint256 shares;
        // cut contracts/libraries/Fees.sol from "networkFee = (amount" up to "}"
        assert(networkFee + managementFee + shares == amount);
        assert(networkFee <= amount / 10);
        assert(managementFee <= ((amount - networkFee) * 3) / 10);
        assert(shares != 0);
    }
}

/// @notice The leftover of a removed cluster goes to the network entirely.
contract LeftoverGoesToTheNetwork is AnyPool {
    function check(uint224 stored, Distribution memory distribution) external pure {
        require(distribution.networkFeeBps == Units.BPS && distribution.managementFeeBps == 0);
        uint256 amount = stored;
        (uint256 networkFeeBps, uint256 managementFeeBps) = (distribution.networkFeeBps, distribution.managementFeeBps);
        uint256 networkFee;
        uint256 managementFee;
        uint256 shares;
        // cut contracts/libraries/Fees.sol from "networkFee = (amount" up to "}"
        assert(networkFee == amount);
        assert(managementFee == 0 && shares == 0);
    }
}
