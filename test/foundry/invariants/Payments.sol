// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Picture} from "./Picture.sol";

/// @dev Sections 5.2 and 5.3 of the design.
abstract contract Payments is Picture {
    mapping(ClusterId clusterId => mapping(address provider => uint256)) private _earnedBefore;

    function indexIsTheIntegralOfThePrice(Now memory now_) internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            bool known = now_.currencies[i].usdPerToken == _price[currencies[i]];
            _require(known, "indexIsTheIntegralOfThePrice", "a price is not the one that was announced");
            bool exact = now_.currencies[i].index == _index[currencies[i]];
            _require(exact, "indexIsTheIntegralOfThePrice", "an index is not the sum of 10^36 / price over the seconds");
        }
    }

    function nobodyPaysForUnfundedTimeNorTwice(Now memory now_) internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) {
                uint256 funded = _index[currencies[i]] - _skipped[people[j]][currencies[i]];
                bool exact = now_.accounts[i][j].paidIndex == funded;
                _require(exact, "nobodyPaysForUnfundedTimeNorTwice", "an account did not pay for just the time at which it was funded");
            }
        }
    }

    /// @dev What a provider was paid and can claim in a cluster is not below what was noted before.
    function distributedEarningsNeverFall() internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            uint256[] memory earnings = _earningsIn(_clusterIds[i]);
            for (uint256 j = 0; j < PEOPLE; ++j) {
                bool risen = earnings[j] >= _earnedBefore[_clusterIds[i]][people[j]];
                _require(risen, "distributedEarningsNeverFall", "a provider has earned less than before");
            }
        }
    }

    /// @dev Called by deeds: forge forgets what an invariant writes.
    function _noteEarnings(ClusterId clusterId) internal {
        uint256[] memory earnings = _earningsIn(clusterId);
        for (uint256 j = 0; j < PEOPLE; ++j) _earnedBefore[clusterId][people[j]] = earnings[j];
    }

    function _earningsIn(ClusterId clusterId) private view returns (uint256[] memory earnings) {
        earnings = new uint256[](PEOPLE);
        for (uint256 j = 0; j < PEOPLE; ++j) earnings[j] = _claimedBy[clusterId][people[j]];
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        for (uint256 k = 0; k < members.length; ++k) {
            earnings[_keyOf[nodes.providerOf(members[k].nodeId)] - 1] += members[k].scaledClaimable;
        }
    }

    function ratesAddUp(Now memory now_) internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) {
                bool exact = now_.accounts[i][j].ratePerMonth == _rate[people[j]][currencies[i]];
                _require(exact, "ratesAddUp", "an account's rate is not the sum of its streams'");
            }
        }
        for (uint256 i = 0; i < currencies.length * PEOPLE; ++i) {
            _requireStreams(people[i % PEOPLE], currencies[i / PEOPLE], now_.accounts[i / PEOPLE][i % PEOPLE]);
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) {
                uint256 rate = now_.streams[i][j].ratePerMonth;
                _require(rate == _streamRate[people[j]][_clusterIds[i]], "ratesAddUp", "a stream's rate is not the one announced");
                _require(rate == _ratesOf(now_, people[j], _clusterIds[i]), "ratesAddUp", "a stream's rate is not the sum of its buckets'");
            }
        }
    }

    /// @dev The list of an account's streams has each that pays something, and no other.
    function _requireStreams(address account, Currency currency, IAccountRegistry.AccountStatus memory status) private view {
        uint256 count = 0;
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            bool same = Currency.unwrap(_agreement[_clusterIds[i]].currency) == Currency.unwrap(currency);
            if (same && _streamRate[account][_clusterIds[i]] != 0) ++count;
        }
        _require(status.streamCount == count, "ratesAddUp", "the number of an account's streams");
        IAccountRegistry.StreamStatus[] memory streams = accounts.listStreams(account, currency);
        _require(streams.length == count, "ratesAddUp", "the list of an account's streams");
        for (uint256 i = 0; i < count; ++i) {
            bool exact = streams[i].ratePerMonth == _streamRate[account][streams[i].clusterId] && streams[i].ratePerMonth != 0;
            _require(exact, "ratesAddUp", "a stream in the list of an account");
        }
    }

    function _ratesOf(Now memory now_, address owner, ClusterId clusterId) private pure returns (uint256 rate) {
        for (uint256 i = 0; i < now_.buckets.length; ++i) {
            if (now_.buckets[i].owner != owner || ClusterId.unwrap(now_.buckets[i].clusterId) != ClusterId.unwrap(clusterId)) continue;
            rate += now_.buckets[i].ratePerMonth;
        }
    }
}
