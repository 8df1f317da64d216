// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {IStreamErrors} from "../../../contracts/interfaces/ISharedErrors.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId, CurrencyId, NodeId} from "../../../contracts/types/Ids.sol";
import {Totals} from "../base/Totals.sol";
import {vm} from "../base/Vm.sol";

/// @dev Sections 5.6 and 5.7 of the design, tried out wherever a run has led to.
abstract contract Endings is Totals {
    /// @dev How many clusters an account can pay in one currency (contracts/libraries/Payments.sol).
    uint256 private constant MAX_STREAMS = 32;

    /// @dev Touches, settles, distributes and claims everything once, or in another order and again and again, and compares what everybody
    /// has.
    function orderChangesNoTotal(uint256 seed) external seeded(seed) {
        if (_bucketIds.length == 0 || _clusterIds.length == 0) return;
        uint256 start = vm.snapshotState();
        _settleClusters();
        _touchAll(0);
        _requireNothingLate();
        _distributeAll(0);
        _claimAll(0);
        uint256[] memory once = _everything();
        vm.revertToState(start);
        for (uint256 i = 0; i < 16; ++i) _settleSomething();
        _settleClusters();
        _touchAll(1);
        _distributeAll(1);
        _claimAll(1);
        _expectSame(once, _everything(), "orderChangesNoTotal", "somebody has more or less than in another order");
        requireNothingNoted();
        vm.revertToState(start);
    }

    /// @dev Lets time pass without a call, or with calls in between that settle clusters and touch accounts, and compares what everybody
    /// has. Accounts with refunds are not touched in between: what comes back to an account earlier pays for time for which it was out of
    /// funds.
    function frequencyChangesNoTotal(uint256 seed) external seeded(seed) {
        if (_clusterIds.length == 0) return;
        uint256 start = vm.snapshotState();
        (uint256 begun, uint256 step) = (vm.getBlockTimestamp(), _between(1 minutes, 10 days));
        vm.warp(begun + 8 * step);
        _settleClusters();
        _touchAll(0);
        uint256[] memory once = _everything();
        vm.revertToState(start);
        for (uint256 i = 1; i <= 8; ++i) {
            vm.warp(begun + i * step);
            for (uint256 j = 0; j < 6; ++j) {
                if (_oneIn(2)) _touchUnlessRefunded(_person(), _currency());
                else accounts.settleCluster(_earning(), _oneIn(2) ? _below(4) : MAX_TICKS);
            }
        }
        _settleClusters();
        _touchAll(0);
        _expectSame(once, _everything(), "frequencyChangesNoTotal", "somebody has more or less than if nobody had called");
        requireNothingNoted();
        vm.revertToState(start);
    }

    /// @dev Lets somebody pay as many clusters as an account can, and tries one more; all that the account does stays affordable.
    function streamsAreCapped(uint256 seed) external seeded(seed) {
        if (_nodeIds.length == 0) return;
        uint256 start = vm.snapshotState();
        (address person, Currency currency) = (_person(), _currency());
        if (_freeRates(person, currency) && !accounts.getListing(currency).paused) {
            BucketId[] memory bucketIds = new BucketId[](MAX_STREAMS + 1 - accounts.getAccount(person, currency).streamCount);
            NodeId nodeId = _ownNode(person);
            for (uint256 i = 0; i + 1 < bucketIds.length; ++i) bucketIds[i] = _subscribe(person, currency, nodeId, true);
            _expect(
                accounts.listStreams(person, currency).length == MAX_STREAMS,
                "streamsAreCapped",
                "not as many streams as there can be"
            );
            _subscribe(person, currency, nodeId, false);
            _requireAffordable(person, currency);
            vm.prank(person);
            buckets.release(bucketIds[_below(bucketIds.length - 1)], 1);
            _requireListed(person, currency, MAX_STREAMS - 1);
        }
        requireNothingNoted();
        vm.revertToState(start);
    }

    /// @dev Everyone takes what is theirs, and nothing is left but what is less than a base unit, and what did not divide.
    function nobodyCanBeStopped() external {
        _catchUp();
        _settleClusters();
        _leaveClusters();
        for (uint256 i = 0; i < _bucketIds.length; ++i) {
            bytes memory data = abi.encodeCall(IBucketRegistry.settlePayment, (_bucketIds[i]));
            _must(STRANGER, address(buckets), _gasOfSettlingBucket(_bucketIds[i]), data);
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            bytes memory distribute = abi.encodeCall(IClusterRegistry.distributeRevenues, (_clusterIds[i]));
            _must(STRANGER, address(clusters), _gasOfSettling(_clusterIds[i]), distribute);
            IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(_clusterIds[i]);
            for (uint256 j = 0; j < members.length; ++j) {
                bytes memory data = abi.encodeCall(IClusterRegistry.claimRevenues, (_clusterIds[i], members[j].nodeId));
                _must(STRANGER, address(clusters), _gasOf(1), data);
            }
        }
        for (uint256 i = 0; i < currencies.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) _leave(people[j], currencies[i]);
        }
        requireNothingNoted();
    }

    /// @dev Every node leaves every cluster, and every bond goes back, whatever anyone did.
    function _leaveClusters() private {
        for (uint256 i = 0; i < _clusterIds.length * _nodeIds.length; ++i) {
            (ClusterId clusterId, NodeId nodeId) = (_clusterIds[i / _nodeIds.length], _nodeIds[i % _nodeIds.length]);
            (, uint256 vnodes, , , , ) = clusters.membershipOf(clusterId, nodeId);
            if (vnodes == 0 || terms.getAgreement(clusterId, nodeId).exitAt != 0) continue;
            bytes memory data = abi.encodeCall(ITermsRegistry.announceExit, (clusterId, nodeId));
            _must(nodes.providerOf(nodeId), address(terms), _gasOf(1), data);
        }
        // The longest notice there can be; and once more for the nodes that served on after theirs.
        for (uint256 round = 0; round < 2; ++round) {
            vm.warp(vm.getBlockTimestamp() + 30 days);
            _catchUp();
            _settleClusters();
            _finishExits();
        }
        for (uint256 i = 0; i < _clusterIds.length * _nodeIds.length; ++i) {
            (ClusterId clusterId, NodeId nodeId) = (_clusterIds[i / _nodeIds.length], _nodeIds[i % _nodeIds.length]);
            _expect(terms.bondOf(clusterId, nodeId) == 0, "nobodyCanBeStopped", "a bond did not come back");
        }
    }

    function _finishExits() private {
        for (uint256 i = 0; i < _clusterIds.length * _nodeIds.length; ++i) {
            (ClusterId clusterId, NodeId nodeId) = (_clusterIds[i / _nodeIds.length], _nodeIds[i % _nodeIds.length]);
            if (terms.getAgreement(clusterId, nodeId).exitAt != 0) {
                bytes memory data = abi.encodeCall(ITermsRegistry.finishExit, (clusterId, nodeId));
                _must(STRANGER, address(terms), _gasOf(2) + _gasOfSettling(clusterId), data);
            } else if (terms.bondOf(clusterId, nodeId) != 0) {
                bytes memory data = abi.encodeCall(ITermsRegistry.withdrawBond, (clusterId, nodeId, type(uint256).max));
                _must(nodes.providerOf(nodeId), address(terms), _gasOf(1), data);
            }
        }
    }

    /// @dev What handlers noted while people acted.
    function requireNothingNoted() public view {
        require(bytes(violation).length == 0, violation);
    }

    function _leave(address person, Currency currency) private {
        uint256 balance = accounts.getAccount(person, currency).balance;
        if (balance == 0) return;
        uint256 before = currency.heldBy(person);
        bytes memory data = abi.encodeCall(IAccountRegistry.withdraw, (currency, type(uint256).max, person));
        _must(person, address(accounts), _gasOfTouching(person, currency), data);
        _expect(currency.heldBy(person) == before + balance, "nobodyCanBeStopped", "not all could be withdrawn");
        _expect(accounts.getAccount(person, currency).balance == 0, "nobodyCanBeStopped", "something is left in an account");
    }

    function _settleSomething() private {
        uint256 from = _next() >> 128;
        uint256 what = _below(5);
        if (what == 0) buckets.settlePayment(_bucketIds[from % _bucketIds.length]);
        else if (what == 1) clusters.distributeRevenues(_clusterIds[from % _clusterIds.length]);
        else if (what == 2) accounts.touchAccount(_person(), _currency());
        else if (what == 3) accounts.settlePayment(_person(), _clusterIds[from % _clusterIds.length]);
        else _claimAll(from);
    }

    /// @dev Each cluster up to now, in as many calls as it takes.
    function _settleClusters() internal {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            while (!accounts.getLine(_clusterIds[i]).isSettled) {
                bytes memory data = abi.encodeCall(IAccountRegistry.settleCluster, (_clusterIds[i], MAX_TICKS));
                if (!_must(STRANGER, address(accounts), _gasOfSettling(_clusterIds[i]), data)) return;
            }
        }
    }

    function _touchAll(uint256 from) private {
        for (uint256 i = 0; i < PEOPLE * currencies.length; ++i) {
            uint256 number = (from + i) % (PEOPLE * currencies.length);
            accounts.touchAccount(people[number % PEOPLE], currencies[number / PEOPLE]);
        }
    }

    /// @dev Once everybody has been touched, clusters have all that their payers were charged, and nothing is withheld.
    function _requireNothingLate() private {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            IAccountRegistry.LineStatus memory line = accounts.getLine(_clusterIds[i]);
            uint256 refunded = 0;
            for (uint256 j = 0; j < PEOPLE; ++j) refunded += _refundOf(people[j], _clusterIds[i]);
            bool all = _taken[_clusterIds[i]] + line.scaledRevenue + refunded == _earned[_clusterIds[i]];
            _expect(
                all && line.scaledUnserved == 0,
                "clustersEarnWhatAccountsWereCharged",
                "a cluster has less than its payers were charged, once all are touched"
            );
        }
    }

    function _touchUnlessRefunded(address person, Currency currency) private {
        IAccountRegistry.StreamStatus[] memory streams = accounts.listStreams(person, currency);
        for (uint256 i = 0; i < streams.length; ++i) {
            if (streams[i].scaledUnserved != 0 || accounts.getLine(streams[i].clusterId).unservedShare != 0) return;
        }
        accounts.touchAccount(person, currency);
    }

    /// @dev A cluster that somebody has paid, from a random one on; if there is none, the first.
    function _earning() private returns (ClusterId clusterId) {
        uint256 start = _below(_clusterIds.length);
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            clusterId = _clusterIds[(start + i) % _clusterIds.length];
            if (CurrencyId.unwrap(accounts.getLine(clusterId).currencyId) != 0) return clusterId;
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

    // ------------------------------------------------------------ many streams

    function _freeRates(address person, Currency currency) private view returns (bool) {
        return _rate[person][currency] < type(uint96).max / 2;
    }

    function _ownNode(address person) private returns (NodeId nodeId) {
        vm.prank(person);
        nodeId = nodes.createNode(1e15, 1_000, "");
        vm.prank(person);
        nodes.trustManager(person);
    }

    /// @dev A cluster with a bucket, both somebody's own, which is allocated if another stream fits.
    function _subscribe(address person, Currency currency, NodeId nodeId, bool fits) private returns (BucketId bucketId) {
        NodeId[] memory nodeIds = new NodeId[](1);
        nodeIds[0] = nodeId;
        vm.prank(person);
        ClusterId clusterId = clusters.createCluster(currency, 1, nodeIds, 0, "");
        vm.prank(person);
        clusters.reserveResource(clusterId, 1);
        vm.prank(person);
        bucketId = buckets.createBucket(clusterId, "");
        vm.prank(person);
        try buckets.allocate(bucketId, 1, 1e15) {
            _expect(fits, "streamsAreCapped", "more streams than there can be");
        } catch (bytes memory reason) {
            // forge-lint: disable-next-line(unsafe-typecast)
            bool capped = bytes4(reason) == IStreamErrors.StreamLimitReached.selector;
            _expect(!fits && capped, "streamsAreCapped", "a stream was refused that fits");
        }
    }

    function _requireAffordable(address person, Currency currency) private {
        uint256 amount = 1 + (1e16 * 3 * (1e36 / _price[currency]) * 1 days) / _scaled(currency);
        if (amount > _roomIn(currency)) return;
        _fund(person, currency, amount);
        bytes memory deposit = abi.encodeCall(IAccountRegistry.deposit, (currency, amount));
        _spend(person, currency, currency.isNative() ? amount : 0, deposit);
        vm.warp(vm.getBlockTimestamp() + 12 hours);
        _spend(person, currency, 0, abi.encodeCall(IAccountRegistry.touchAccount, (person, currency)));
    }

    function _spend(address person, Currency currency, uint256 value, bytes memory data) private {
        uint256 bound = _gasOfTouching(person, currency);
        vm.prank(person);
        uint256 gasBefore = gasleft();
        (bool success, ) = address(accounts).call{value: value}(data);
        uint256 gasUsed = gasBefore - gasleft();
        _expect(success, "streamsAreCapped", "an account with all streams cannot be used");
        _expect(gasUsed < bound, "streamsAreCapped", "an account with all streams costs too much");
    }

    function _requireListed(address person, Currency currency, uint256 count) private {
        IAccountRegistry.StreamStatus[] memory streams = accounts.listStreams(person, currency);
        uint256 rate = 0;
        for (uint256 i = 0; i < streams.length; ++i) {
            rate += streams[i].ratePerMonth;
            bool same = accounts.getStream(person, streams[i].clusterId).ratePerMonth == streams[i].ratePerMonth;
            _expect(same, "streamsAreCapped", "a stream is listed with another rate");
        }
        bool whole = streams.length == count && rate == accounts.getAccount(person, currency).ratePerMonth;
        _expect(whole, "streamsAreCapped", "what is listed is not what an account pays");
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
