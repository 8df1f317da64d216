// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Picture} from "./Picture.sol";

/// @dev Section 5.1 of the design, and that every balance is what the books say.
abstract contract Custody is Picture {
    /// @dev A currency in which a cluster has not been settled for so long that one call cannot settle it is left out.
    function custodyIsExact(Now memory now_) internal view {
        uint256[] memory sums = new uint256[](currencies.length);
        bool[] memory known = new bool[](currencies.length);
        for (uint256 i = 0; i < currencies.length; ++i) {
            known[i] = true;
            for (uint256 j = 0; j < PEOPLE; ++j) sums[i] += now_.accounts[i][j].scaledBalance;
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            sums[_currencyOf(now_, i)] += _inCluster(now_, i);
            if (!now_.lines[i].isSettled) known[_currencyOf(now_, i)] = false;
        }
        for (uint256 i = 0; i < currencies.length; ++i) sums[i] += _bonds[currencies[i]] * _scaled(currencies[i]);
        for (uint256 i = 0; i < currencies.length; ++i) {
            (, uint256 owed) = accounts.custody(currencies[i]);
            _require(!known[i] || sums[i] == owed * _scaled(currencies[i]), "custodyIsExact", "owed is not the sum of its parts");
            bool booked = owed + _withdrawn[currencies[i]] == _deposited[currencies[i]];
            _require(booked, "custodyIsExact", "owed is not what came less what left");
        }
    }

    function bondsAreInCustody() internal view {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            for (uint256 j = 0; j < _nodeIds.length; ++j) {
                bool exact = terms.bondOf(_clusterIds[i], _nodeIds[j]) == _bond[_clusterIds[i]][_nodeIds[j]].amount;
                _require(exact, "bondsAreInCustody", "a bond is not what the books say");
            }
        }
    }

    function bondsCoverVnodes(Now memory now_) internal view {
        for (uint256 i = 0; i < now_.clusters.length; ++i) {
            if (now_.members[i].length == 0) continue;
            ClusterId clusterId = now_.clusters[i].clusterId;
            uint256 bondPerVnode = terms.getTerms(clusterId).bondPerVnode;
            for (uint256 j = 0; j < now_.members[i].length; ++j) {
                Bond storage bond = _bond[clusterId][now_.members[i][j].nodeId];
                bool slashed = bond.lastSlash != 0;
                bool covered = bond.amount >= now_.members[i][j].vnodes * bondPerVnode;
                _require(covered || slashed, "bondsCoverVnodes", "a bond covers fewer vnodes than its node serves");
            }
        }
    }

    function tokensHeldCoverWhatIsOwed() internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            (uint256 held, uint256 owed) = accounts.custody(currencies[i]);
            bool honest = held == currencies[i].heldBy(address(accounts));
            _require(honest, "tokensHeldCoverWhatIsOwed", "custody says something else than the token");
            _require(held == owed + _donated[currencies[i]], "tokensHeldCoverWhatIsOwed", "held is not what is owed and was donated");
        }
    }

    function balancesAreExact(Now memory now_) internal view {
        for (uint256 i = 0; i < currencies.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) {
                bool exact = now_.accounts[i][j].scaledBalance == _balance[people[j]][currencies[i]];
                _require(exact, "balancesAreExact", "a balance is not what the books say");
            }
        }
    }

    /// @dev What it has earned and not distributed, what is withheld from that for refunds, what it does not know of yet, and shares that
    /// are not claimed.
    function _inCluster(Now memory now_, uint256 number) private view returns (uint256 sum) {
        sum = now_.lines[number].scaledRevenue + now_.lines[number].scaledUnserved + clusters.undistributedOf(_clusterIds[number]);
        for (uint256 j = 0; j < PEOPLE; ++j) sum += now_.streams[number][j].scaledLate;
        for (uint256 j = 0; j < now_.members[number].length; ++j) sum += now_.members[number][j].scaledClaimable;
    }

    /// @dev The number of the currency in which a cluster is paid.
    function _currencyOf(Now memory now_, uint256 number) private view returns (uint256 i) {
        while (Currency.unwrap(currencies[i]) != Currency.unwrap(now_.clusters[number].currency)) ++i;
    }
}
