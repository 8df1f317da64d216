// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Picture} from "./Picture.sol";

/// @dev What clusters earn, and where the streams of their payers end.
abstract contract Lines is Picture {
    function linesAddUp(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            ClusterId clusterId = _clusterIds[i];
            (uint256 rate, uint256 crossed) = (now_.lines[i].ratePerMonth, now_.lines[i].settledTick);
            (uint256 storedRate, uint256 storedTick) = _storedLine(clusterId);
            _require(rate == storedRate && crossed == storedTick, "linesAddUp", "a line is not where the fuzzer reads it");
            uint256 sum = 0;
            for (uint256 j = 0; j < _ticks[clusterId].length; ++j) {
                uint256 tick = _ticks[clusterId][j];
                if (tick <= crossed) continue;
                _require(
                    accounts.endsAt(clusterId, tick) == _ends[clusterId][tick],
                    "linesAddUp",
                    "what ends at a tick is not the sum of the rates that are registered to end there"
                );
                sum += _ends[clusterId][tick];
            }
            _require(rate == sum, "linesAddUp", "a line's rate is not the sum of the ends that are not crossed");
        }
    }

    function endsAreMarked(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            ClusterId clusterId = _clusterIds[i];
            for (uint256 j = 0; j < _ticks[clusterId].length; ++j) {
                uint256 tick = _ticks[clusterId][j];
                if (tick <= now_.lines[i].settledTick) continue;
                bool marked = _isMarked(clusterId, tick);
                _require(marked || _ends[clusterId][tick] == 0, "endsAreMarked", "an end without its bit");
                _require(!marked || _ends[clusterId][tick] != 0, "endsAreMarked", "a bit without an end");
            }
        }
    }

    function endsAreInTime(Now memory now_) internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            Currency currency = currencies[i];
            IAccountRegistry.ListingStatus memory listing = accounts.getListing(currency);
            _require(
                listing.tickBits == _tickBits[currency],
                "endsAreInTime",
                "ticks have another width than when the currency was listed"
            );
            for (uint256 j = 0; j < PEOPLE; ++j) {
                IAccountRegistry.AccountStatus memory account = now_.accounts[i][j];
                uint256 end = _registration[people[j]][currency].end;
                bool ahead = account.ratePerMonth != 0 && end > _index[currency];
                _require(account.endIndex == (ahead ? end : 0), "endsAreInTime", "the registered end of an account");
                if (!ahead) continue;
                bool inTime = account.endIndex <= listing.index + account.scaledBalance / account.ratePerMonth;
                _require(inTime, "endsAreInTime", "a registered end lies after its account runs out of funds");
            }
        }
    }

    function clustersEarnWhatAccountsWereCharged(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            (ClusterId clusterId, uint256 late) = (_clusterIds[i], 0);
            for (uint256 j = 0; j < PEOPLE; ++j) {
                uint256 expected = now_.streams[i][j].ratePerMonth * _lateOf(people[j], _agreement[clusterId].currency);
                bool exact = now_.streams[i][j].scaledLate == expected;
                _require(exact, "clustersEarnWhatAccountsWereCharged", "what of a stream its cluster does not know of");
                late += expected;
            }
            uint256 known = _taken[clusterId] + now_.lines[i].scaledRevenue + late;
            _require(
                known <= _earned[clusterId],
                "clustersEarnWhatAccountsWereCharged",
                "a cluster was paid and can be paid more than its payers were charged"
            );
            if (!now_.lines[i].isSettled) continue;
            _require(
                known + now_.lines[i].scaledUnserved == _earned[clusterId],
                "clustersEarnWhatAccountsWereCharged",
                "what was taken, can be taken, is withheld and is late is not what was charged"
            );
        }
    }

    function unservedIsStraight(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            (ClusterId clusterId, IAccountRegistry.LineStatus memory line) = (_clusterIds[i], now_.lines[i]);
            bool noted = line.unservedSince == _missingSince[clusterId] && line.unservedShare == _missingShare[clusterId];
            _require(noted, "unservedIsStraight", "the unserved share, or when it last changed");
            uint256 bits = _tickBits[_agreement[clusterId].currency];
            for (uint256 j = 0; j < _ticks[clusterId].length; ++j) {
                uint256 tick = _ticks[clusterId][j];
                if (tick <= line.settledTick || accounts.endsAt(clusterId, tick) == 0) continue;
                bool later = tick << bits > line.unservedSince;
                _require(later, "unservedIsStraight", "an end that is not crossed lies before the last change of the unserved share");
            }
        }
    }

    /// @dev What a touch would give back now, and what is withheld for it.
    function whatIsNotServedComesBack(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            uint256 onLine = 0;
            for (uint256 j = 0; j < PEOPLE; ++j) {
                bool exact = now_.streams[i][j].scaledUnserved == _refundOf(people[j], _clusterIds[i]);
                _require(exact, "whatIsNotServedComesBack", "what would come back to a payer is not what was not served");
                onLine += _unserved[people[j]][_clusterIds[i]].onLine;
            }
            if (!now_.lines[i].isSettled) continue;
            bool withheld = now_.lines[i].scaledUnserved == (onLine + SHARE - 1) / SHARE;
            _require(withheld, "whatIsNotServedComesBack", "what is withheld is not what comes back");
        }
    }

    /// @dev An account that was touched is late by less than a tick, but for what it was credited with since.
    function littleIsLate(Now memory now_) internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            Currency currency = _agreement[_clusterIds[i]].currency;
            for (uint256 j = 0; j < PEOPLE; ++j) {
                Registration storage registration = _registration[people[j]][currency];
                uint256 rate = now_.streams[i][j].ratePerMonth;
                if (rate == 0 || registration.farthest) continue;
                uint256 most = 2 ** _tickBits[currency] + registration.credited / _rate[people[j]][currency];
                bool little = now_.streams[i][j].scaledLate <= rate * most;
                _require(little, "littleIsLate", "an account that was touched is late by more than a tick");
            }
        }
    }
}
