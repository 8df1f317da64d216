// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {IPriceRegistry} from "../../../contracts/interfaces/IPriceRegistry.sol";
import {Ledger} from "../base/Ledger.sol";

/// @dev What the registries say at a moment, read once for all invariants.
abstract contract Picture is Ledger {
    /// @dev By the order of currencies, people, clusters, buckets and nodes in the world.
    struct Now {
        IPriceRegistry.CurrencyStatus[] currencies;
        IAccountRegistry.AccountStatus[][] accounts;
        IAccountRegistry.StreamStatus[][] streams;
        IAccountRegistry.LineStatus[] lines;
        IClusterRegistry.ClusterStatus[] clusters;
        IClusterRegistry.MemberStatus[][] members;
        IBucketRegistry.BucketStatus[] buckets;
        INodeRegistry.NodeStatus[] nodes;
    }

    function _look() internal view returns (Now memory now_) {
        _lookAtAccounts(now_);
        _lookAtClusters(now_);
        now_.buckets = new IBucketRegistry.BucketStatus[](_bucketIds.length);
        for (uint256 i = 0; i < now_.buckets.length; ++i) now_.buckets[i] = buckets.getBucket(_bucketIds[i]);
        now_.nodes = new INodeRegistry.NodeStatus[](_nodeIds.length);
        for (uint256 i = 0; i < now_.nodes.length; ++i) now_.nodes[i] = nodes.getNode(_nodeIds[i]);
    }

    /// @dev Fails in the name of an invariant.
    function _require(bool holds, string memory name, string memory what) internal pure {
        if (!holds) revert(string.concat(name, ": ", what));
    }

    function _lookAtAccounts(Now memory now_) private view {
        now_.currencies = new IPriceRegistry.CurrencyStatus[](currencies.length);
        now_.accounts = new IAccountRegistry.AccountStatus[][](currencies.length);
        for (uint256 i = 0; i < currencies.length; ++i) {
            now_.currencies[i] = prices.getCurrency(currencies[i]);
            now_.accounts[i] = new IAccountRegistry.AccountStatus[](PEOPLE);
            for (uint256 j = 0; j < PEOPLE; ++j) now_.accounts[i][j] = accounts.getAccount(people[j], currencies[i]);
        }
    }

    function _lookAtClusters(Now memory now_) private view {
        now_.clusters = new IClusterRegistry.ClusterStatus[](_clusterIds.length);
        now_.members = new IClusterRegistry.MemberStatus[][](_clusterIds.length);
        now_.streams = new IAccountRegistry.StreamStatus[][](_clusterIds.length);
        now_.lines = new IAccountRegistry.LineStatus[](_clusterIds.length);
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            now_.clusters[i] = clusters.getCluster(_clusterIds[i]);
            now_.members[i] = clusters.getMembers(_clusterIds[i]);
            now_.lines[i] = accounts.getLine(_clusterIds[i]);
            now_.streams[i] = new IAccountRegistry.StreamStatus[](PEOPLE);
            for (uint256 j = 0; j < PEOPLE; ++j) now_.streams[i][j] = accounts.getStream(people[j], _clusterIds[i]);
        }
    }
}
