// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId} from "../../../contracts/types/Ids.sol";
import {Totals} from "../base/Totals.sol";
import {vm} from "../base/Vm.sol";

/// @dev Sections 5.6 and 5.7 of the design, tried out wherever a run has led to.
abstract contract Endings is Totals {
    /// @dev Settles, distributes and claims everything once, or in another order and again and again, and compares what everybody has.
    function orderChangesNoTotal(uint256 seed) external seeded(seed) {
        if (_bucketIds.length == 0 || _clusterIds.length == 0) return;
        uint256 start = vm.snapshotState();
        _settleAll(0);
        _distributeAll(0);
        _claimAll(0);
        uint256[] memory once = _everything();
        vm.revertToState(start);
        for (uint256 i = 0; i < 12; ++i) {
            uint256 from = _next() >> 128;
            uint256 what = _below(3);
            if (what == 0) buckets.settlePayment(_bucketIds[from % _bucketIds.length]);
            else if (what == 1) clusters.distributeRevenues(_clusterIds[from % _clusterIds.length]);
            else _claimAll(from);
        }
        _settleAll(1);
        _distributeAll(1);
        _claimAll(1);
        _expectSame(once, _everything(), "orderChangesNoTotal", "somebody has more or less than in another order");
        requireNothingNoted();
        vm.revertToState(start);
    }

    /// @dev Everyone takes what is theirs, and nothing is left but what is less than a base unit, and what did not divide.
    function nobodyCanBeStopped() external {
        _catchUp();
        for (uint256 i = 0; i < _bucketIds.length; ++i) {
            _must(STRANGER, address(buckets), 1, abi.encodeCall(IBucketRegistry.settlePayment, (_bucketIds[i])));
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            _must(STRANGER, address(clusters), 1, abi.encodeCall(IClusterRegistry.distributeRevenues, (_clusterIds[i])));
            IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(_clusterIds[i]);
            for (uint256 j = 0; j < members.length; ++j) {
                bytes memory data = abi.encodeCall(IClusterRegistry.claimRevenues, (_clusterIds[i], members[j].nodeId));
                _must(STRANGER, address(clusters), 1, data);
            }
        }
        for (uint256 i = 0; i < currencies.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) _leave(people[j], currencies[i]);
        }
        requireNothingNoted();
    }

    /// @dev What handlers noted while people acted.
    function requireNothingNoted() public view {
        require(bytes(violation).length == 0, violation);
    }

    function _leave(address person, Currency currency) private {
        uint256 balance = accounts.getAccount(person, currency).balance;
        if (balance == 0) return;
        uint256 before = currency.heldBy(person);
        _must(person, address(accounts), 1, abi.encodeCall(IAccountRegistry.withdraw, (currency, type(uint256).max, person)));
        _expect(currency.heldBy(person) == before + balance, "nobodyCanBeStopped", "not all could be withdrawn");
        _expect(accounts.getAccount(person, currency).balance == 0, "nobodyCanBeStopped", "something is left in an account");
    }

    function _settleAll(uint256 from) private {
        for (uint256 i = 0; i < _bucketIds.length; ++i) {
            BucketId bucketId = _bucketIds[(from + i) % _bucketIds.length];
            buckets.settlePayment(bucketId);
        }
    }

    function _distributeAll(uint256 from) private {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            clusters.distributeRevenues(_clusterIds[(from + i) % _clusterIds.length]);
        }
    }

    function _claimAll(uint256 from) private {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            ClusterId clusterId = _clusterIds[(from + i) % _clusterIds.length];
            IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
            for (uint256 j = 0; j < members.length; ++j) clusters.claimRevenues(clusterId, members[(from + j) % members.length].nodeId);
        }
    }

    /// @dev What every person has in every currency, with its part of what did not divide.
    function _everything() private view returns (uint256[] memory all) {
        all = new uint256[](PEOPLE * _clusterIds.length);
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            uint256[] memory totals = _totals(_clusterIds[i]);
            for (uint256 j = 0; j < PEOPLE; ++j) all[i * PEOPLE + j] = totals[j];
        }
    }
}
