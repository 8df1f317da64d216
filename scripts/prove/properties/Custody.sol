// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyId} from "../../../contracts/types/Ids.sol";

/// @notice A deposit that fits custody leaves all that is owed, and so each part of it, below 2^224 scaled units and 2^128 base units.
contract DepositsFit {
    uint256 private _scaled;

    function check(uint256 scaled, uint128 owed, uint256 received, uint256 balance) external {
        _scaled = scaled;
        uint256 maximum = _maxCustody(0);
        assert(maximum <= type(uint128).max);
        // It was owed before ...
        require(owed <= maximum && balance <= owed * scaled);
        // ... and {Deposits.receiveFrom} requires:
        require(received <= maximum - owed);
        assert(owed + received <= type(uint128).max);
        assert((owed + received) * scaled < 2 ** 224);
        assert(balance + received * scaled < 2 ** 224);
    }

    function _maxCustody(uint256 decimals) private view returns (uint256) {
        // body of maxCustody of contracts/libraries/Units.sol
    }

    /// @dev Any number there could be, those of the 25 possible decimals among them: the model checker knows no powers.
    function scale(uint256) private view returns (uint256) {
        require(_scaled != 0);
        return _scaled;
    }
}

/// @notice Withdrawing what is available takes no more than the balance, nor than what is owed.
contract WithdrawalsFit {
    // struct Listing of contracts/types/Listing.sol

    Listing private listing;

    function check(uint256 scale, uint128 stored, uint256 asked, uint256 scaledBalance) external {
        require(scale != 0);
        uint256 owed = stored;
        // As {DepositsFit} shows.
        require(owed <= type(uint224).max / scale && scaledBalance <= owed * scale);
        // `_takenOf` requires:
        uint256 taken = asked;
        require(taken <= scaledBalance / scale);
        uint256 left;
        unchecked {
            // cut contracts/libraries/Payments.sol from "left = scaledBalance" up to "}"
        }
        uint256 amount = taken;
        unchecked {
            // cut contracts/AccountRegistry.sol from "listing.owed = uint128(owed - amount)" up to "}"
        }
        assert(left + amount * scale == scaledBalance);
        assert(listing.owed == owed - amount);
    }
}
