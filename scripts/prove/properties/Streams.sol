// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CurrencyId} from "../../../contracts/types/Ids.sol";

/// @dev Any stream of an account.
abstract contract AnyStream {
    // struct Stream of contracts/AccountRegistry.sol

    Stream internal _stream;

    function _owed(Stream storage stream, uint256 fundedIndex) internal view returns (uint256) {
        // As {FundedIndexNeverFalls} shows.
        require(stream.settledIndex <= fundedIndex && fundedIndex < 2 ** 120);
        // cut contracts/AccountRegistry.sol from "return uint256(stream.rate)" up to "}"
    }
}

/// @notice A stream is owed its rate x the growth of the funded index, below 2^216; settled on the way, it is owed the same in all.
contract SettlingInStepsPaysTheSame is AnyStream {
    function check(Stream memory stream, uint256 onTheWay, uint256 fundedIndex) external {
        require(stream.settledIndex <= onTheWay && onTheWay <= fundedIndex && fundedIndex < 2 ** 120);
        _stream = stream;
        uint256 atOnce = _owed(_stream, fundedIndex);
        assert(atOnce < 2 ** 216);
        uint256 first = _owed(_stream, onTheWay);
        // The cast of `settle`.
        _stream.settledIndex = uint120(onTheWay);
        assert(first + _owed(_stream, fundedIndex) == atOnce);
    }
}

/// @notice What two streams of an account are owed is what the account is charged for the sum of their rates.
contract StreamsAreOwedWhatIsCharged is AnyStream {
    function check(Stream memory one, Stream memory other, uint256 before, uint256 fundedIndex) external {
        require(one.settledIndex == before && other.settledIndex == before);
        require(before <= fundedIndex && fundedIndex < 2 ** 120);
        uint256 rate = uint256(one.rate) + other.rate;
        require(rate <= type(uint96).max);
        _stream = one;
        uint256 first = _owed(_stream, fundedIndex);
        _stream = other;
        assert(first + _owed(_stream, fundedIndex) == rate * (fundedIndex - before));
    }
}
