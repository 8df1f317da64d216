// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Calls} from "./Calls.sol";

/// @dev What is everybody's, wherever it is on its way.
abstract contract Totals is Calls {
    uint256 private constant BPS = 10_000;
    /// @dev Scaled units that rounding fees down may move. The base unit of a token with 24 decimals, the finest, has 2.7 x 10^18.
    uint256 private constant TOLERANCE = 1_000;

    /// @dev Balances, claims, and what the pool of the cluster and all that is owed to it would bring if it were distributed now.
    function _totals(ClusterId clusterId) internal view returns (uint256[] memory) {
        uint256 pool = accounts.poolOf(clusterId);
        for (uint256 i = 0; i < PEOPLE; ++i) pool += accounts.getStream(people[i], clusterId).scaledOwed;
        for (uint256 i = 0; i < PEOPLE; ++i) pool -= accounts.getStream(people[i], clusterId).scaledUnserved;
        return _totalsWith(clusterId, pool, true);
    }

    /// @dev As {_totals}, without what is not settled, and without what does not divide by the weight. Nobody's where the weight is zero.
    function _settledTotals(ClusterId clusterId) internal view returns (uint256[] memory) {
        (uint256 weight, ) = clusters.servedOf(clusterId);
        if (weight == 0) return new uint256[](0);
        return _totalsWith(clusterId, accounts.poolOf(clusterId), false);
    }

    function _expectSame(uint256[] memory before, uint256[] memory afterwards, string memory name, string memory what) internal {
        for (uint256 i = 0; i < Math.min(before.length, afterwards.length); ++i) {
            uint256 difference = Math.max(before[i], afterwards[i]) - Math.min(before[i], afterwards[i]);
            _expect(difference <= TOLERANCE, name, what);
        }
    }

    function _scaledBalance(address person, Currency currency) internal view returns (uint256) {
        return accounts.getAccount(person, currency).scaledBalance;
    }

    function _totalsWith(ClusterId clusterId, uint256 pool, bool divideAll) private view returns (uint256[] memory totals) {
        totals = new uint256[](PEOPLE);
        Currency currency = _agreement[clusterId].currency;
        for (uint256 i = 0; i < PEOPLE; ++i) totals[i] = _scaledBalance(people[i], currency) + _bondsOf(clusterId, people[i]);
        for (uint256 i = 0; i < PEOPLE; ++i) totals[i] += _unservedOf(people[i], currency);
        (uint256 weight, ) = clusters.servedOf(clusterId);
        // An empty pool is not distributed.
        uint256 shares = divideAll || pool != 0 ? clusters.undistributedOf(clusterId) : 0;
        if (weight != 0) {
            uint256 network = (pool * _networkFeeBps) / BPS;
            uint256 management = ((pool - network) * _agreement[clusterId].managementFeeBps) / BPS;
            totals[_numberOf(_networkAccount)] += network;
            totals[_numberOf(_agreement[clusterId].manager)] += management;
            shares += pool - network - management;
        }
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        for (uint256 i = 0; i < members.length; ++i) {
            uint256 number = _numberOf(nodes.providerOf(members[i].nodeId));
            totals[number] += members[i].scaledClaimable;
            if (weight == 0) continue;
            uint256 memberWeight = members[i].rentPerMonth * members[i].vnodes * members[i].qualityBps;
            totals[number] += divideAll ? Math.mulDiv(shares, memberWeight, weight) : (shares / weight) * memberWeight;
        }
    }

    /// @dev What a provider has posted in a cluster, in scaled units: it goes back to its account.
    function _bondsOf(ClusterId clusterId, address provider) private view returns (uint256 amount) {
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            Bond storage bond = _bond[clusterId][_nodeIds[i]];
            if (bond.provider == provider) amount += bond.amount * _scaled(bond.currency);
        }
    }

    /// @dev What settling would give back to somebody, of all clusters: it is in none of their pools.
    function _unservedOf(address payer, Currency currency) private view returns (uint256 amount) {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            if (Currency.unwrap(_agreement[_clusterIds[i]].currency) != Currency.unwrap(currency)) continue;
            amount += accounts.getStream(payer, _clusterIds[i]).scaledUnserved;
        }
    }

    function _numberOf(address person) internal view returns (uint256) {
        return _keyOf[person] - 1;
    }
}
