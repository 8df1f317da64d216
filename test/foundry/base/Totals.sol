// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId} from "../../../contracts/types/Ids.sol";
import {Calls} from "./Calls.sol";

/// @dev What is everybody's, wherever it is on its way.
abstract contract Totals is Calls {
    uint256 private constant BPS = 10_000;
    /// @dev Scaled units that rounding fees down may move. The base unit of a token with 24 decimals, the finest, has 2.7 x 10^18.
    uint256 private constant TOLERANCE = 1_000;

    /// @dev Balances, claims, and what the pool of the cluster would bring if everybody were touched and it were distributed now. The
    /// cluster has to be settled, as far as that fits into a call.
    function _totals(ClusterId clusterId) internal view returns (uint256[] memory) {
        IAccountRegistry.LineStatus memory line = accounts.getLine(clusterId);
        uint256 pool = line.scaledRevenue + line.scaledUnserved;
        for (uint256 i = 0; i < PEOPLE; ++i) {
            IAccountRegistry.StreamStatus memory stream = accounts.getStream(people[i], clusterId);
            pool = pool + stream.scaledLate - stream.scaledUnserved;
        }
        return _totalsWith(clusterId, pool, true);
    }

    /// @dev As {_totals}, without what is late or to come back, and without what does not divide by the weight. Nobody's where the weight
    /// is zero.
    function _earnedTotals(ClusterId clusterId) internal view returns (uint256[] memory) {
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

    function _totalsWith(ClusterId clusterId, uint256 pool, bool touched) private view returns (uint256[] memory totals) {
        totals = new uint256[](PEOPLE);
        Currency currency = _agreement[clusterId].currency;
        for (uint256 i = 0; i < PEOPLE; ++i) totals[i] = _scaledBalance(people[i], currency) + _bondsOf(clusterId, people[i]);
        for (uint256 i = 0; i < PEOPLE && touched; ++i) totals[i] += _refundsOf(people[i], currency);
        (uint256 weight, ) = clusters.servedOf(clusterId);
        // An empty pool is not distributed.
        uint256 shares = touched || pool != 0 ? clusters.undistributedOf(clusterId) : 0;
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
            totals[number] += touched ? Math.mulDiv(shares, memberWeight, weight) : (shares / weight) * memberWeight;
        }
    }

    /// @dev What a provider has posted in a cluster, in scaled units: it goes back to its account.
    function _bondsOf(ClusterId clusterId, address provider) private view returns (uint256 amount) {
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            Bond storage bond = _bond[clusterId][_nodeIds[i]];
            if (bond.provider == provider) amount += bond.amount * _scaled(bond.currency);
        }
    }

    /// @dev What a touch would give back to somebody, of all clusters: it is in none of their pools.
    function _refundsOf(address payer, Currency currency) internal view returns (uint256 amount) {
        IAccountRegistry.StreamStatus[] memory streams = accounts.listStreams(payer, currency);
        for (uint256 i = 0; i < streams.length; ++i) amount += streams[i].scaledUnserved;
    }

    function _gasOfSettlingBucket(BucketId bucketId) internal view returns (uint256) {
        IBucketRegistry.BucketStatus memory bucket = buckets.getBucket(bucketId);
        if (!_isInCluster(bucketId)) return _gasOf(1);
        return _gasOfTouching(bucket.owner, _agreement[bucket.clusterId].currency) + _gasOfSettling(bucket.clusterId);
    }

    /// @dev How much more may be deposited.
    function _roomIn(Currency currency) internal view returns (uint256) {
        (, uint256 owed) = accounts.custody(currency);
        uint256 fits = type(uint224).max / _scaled(currency);
        return (fits < type(uint128).max ? fits : type(uint128).max) - owed;
    }

    function _numberOf(address person) internal view returns (uint256) {
        return _keyOf[person] - 1;
    }
}
