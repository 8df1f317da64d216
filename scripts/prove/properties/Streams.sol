// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyId} from "../../../contracts/types/Ids.sol";

/// @dev Any stream of an account.
abstract contract AnyStream {
    // struct Stream of contracts/AccountRegistry.sol

    Stream internal _stream;

    function _owed(Stream storage stream, uint256 paidIndex) internal view returns (uint256) {
        // As {PaidIndexNeverFalls} shows.
        require(stream.settledIndex <= paidIndex && paidIndex < 2 ** 120);
        // cut contracts/AccountRegistry.sol from "return uint256(stream.rate)" up to "}"
    }
}

/// @notice A stream is owed its rate x the growth of the paid index, below 2^216; settled on the way, it is owed the same in all.
contract SettlingInStepsPaysTheSame is AnyStream {
    function check(Stream memory stream, uint256 onTheWay, uint256 paidIndex) external {
        require(stream.settledIndex <= onTheWay && onTheWay <= paidIndex && paidIndex < 2 ** 120);
        _stream = stream;
        uint256 atOnce = _owed(_stream, paidIndex);
        assert(atOnce < 2 ** 216);
        uint256 first = _owed(_stream, onTheWay);
        // The cast of `settle`.
        _stream.settledIndex = uint120(onTheWay);
        assert(first + _owed(_stream, paidIndex) == atOnce);
    }
}

/// @notice What two streams of an account are owed is what the account is charged for the sum of their rates.
contract StreamsAreOwedWhatIsCharged is AnyStream {
    function check(Stream memory one, Stream memory other, uint256 before, uint256 paidIndex) external {
        require(one.settledIndex == before && other.settledIndex == before);
        require(before <= paidIndex && paidIndex < 2 ** 120);
        uint256 rate = uint256(one.rate) + other.rate;
        require(rate <= type(uint96).max);
        _stream = one;
        uint256 first = _owed(_stream, paidIndex);
        _stream = other;
        assert(first + _owed(_stream, paidIndex) == rate * (paidIndex - before));
    }
}
