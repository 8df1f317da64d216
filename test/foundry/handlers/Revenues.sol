// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId, CurrencyId, NodeId} from "../../../contracts/types/Ids.sol";
import {Totals} from "../base/Totals.sol";

/// @dev Anyone touches, settles, distributes and claims: nothing may stop it, and it makes nobody richer or poorer.
abstract contract Revenues is Totals {
    /// @dev In so many calls, most backlogs are distributed.
    uint256 private constant MAX_CALLS = 12;

    /// @dev Of who pays somebody, if anybody does.
    function touchAccount(uint256 seed) external seeded(seed) {
        (address account, Currency currency) = _payer();
        ClusterId clusterId = _cluster(_anyCluster);
        bytes memory data = abi.encodeCall(IAccountRegistry.touchAccount, (account, currency));
        _collect(clusterId, address(accounts), _gasOfTouching(account, currency), data);
    }

    /// @dev Much or little at a time. One that nobody has ever paid cannot be settled.
    function settleCluster(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_wasEverPaid);
        uint256 maxTicks = _oneIn(2) ? _below(4) : MAX_TICKS;
        bytes memory data = abi.encodeCall(IAccountRegistry.settleCluster, (clusterId, maxTicks));
        if (!_wasEverPaid(clusterId)) {
            _act(_person(), true, address(accounts), data);
            return;
        }
        _collect(clusterId, address(accounts), _gasOfSettling(clusterId), data);
        bool settled = abi.decode(_result, (bool));
        _expect(!settled || _endsAhead(clusterId) == 0, "linesAddUp", "a cluster is settled, and some passed ends are not crossed");
    }

    /// @dev Whether the account pays the cluster or not.
    function settleAnyPayment(uint256 seed) external seeded(seed) {
        (address account, ) = _payer();
        ClusterId clusterId = _cluster(_anyCluster);
        uint256 gasBound = _gasOfTouching(account, _agreement[clusterId].currency) + _gasOfSettling(clusterId);
        bytes memory data = abi.encodeCall(IAccountRegistry.settlePayment, (account, clusterId));
        _collect(clusterId, address(accounts), gasBound, data);
    }

    function settlePayment(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_isInCluster);
        bytes memory data = abi.encodeCall(IBucketRegistry.settlePayment, (bucketId));
        _collect(buckets.getBucket(bucketId).clusterId, address(buckets), _gasOfSettlingBucket(bucketId), data);
    }

    /// @dev Buckets that there are not and the same again do not matter.
    function settlePayments(uint256 seed) external seeded(seed) {
        BucketId[] memory bucketIds = new BucketId[](1 + _below(6));
        uint256 gasBound = 0;
        for (uint256 i = 0; i < bucketIds.length; ++i) {
            bool exists = !_oneIn(8) && _bucketIds.length != 0;
            bucketIds[i] = exists ? _bucket(_anyBucket) : BucketId.wrap(uint32(_next()) | (1 << 31));
            gasBound += exists ? _gasOfSettlingBucket(bucketIds[i]) : _gasOf(1);
        }
        bytes memory data = abi.encodeCall(IBucketRegistry.settlePayments, (bucketIds));
        _collect(_cluster(_anyCluster), address(buckets), gasBound, data);
    }

    function distributeRevenues(uint256 seed) external seeded(seed) {
        _distribute(_cluster(_hasPool));
    }

    /// @dev After years in which nobody was paid, and payers ran out of funds: again and again, until all is distributed. Where ticks pass
    /// fastest, some years need several calls.
    function distributeBacklog(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _fastest();
        uint256 duration = _between(31 days, 6 * 365 days);
        for (uint256 i = 0; i < PEOPLE; ++i) _fundFor(people[i], clusterId, _below(duration));
        _pass(duration);
        bool settled = accounts.getLine(clusterId).isSettled;
        _distribute(clusterId);
        for (uint256 i = 0; i < MAX_CALLS && !settled; ++i) {
            settled = accounts.getLine(clusterId).isSettled;
            _distribute(clusterId);
        }
    }

    function claimRevenues(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_hasClaims);
        NodeId nodeId = _claimant(clusterId);
        _collect(clusterId, address(clusters), _gasOf(1), abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, nodeId)));
    }

    function clusterMulticall(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_hasPool);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IClusterRegistry.distributeRevenues, (clusterId));
        calls[1] = abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, _claimant(clusterId)));
        calls[2] = abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, _claimant(clusterId)));
        uint256 gasBound = _gasOfSettling(clusterId) + _gasOf(2);
        _collect(clusterId, address(clusters), gasBound, abi.encodeCall(Multicall.multicall, (calls)));
    }

    function setNetworkFee(uint256 seed) external seeded(seed) {
        (address by, uint16 bps, address account) = (_mostly(FEE_MANAGER), uint16(_below(1_100)), _person());
        bytes memory data = abi.encodeCall(IClusterRegistry.setNetworkFee, (bps, account));
        if (_act(by, by == FEE_MANAGER, address(clusters), data)) (_networkFeeBps, _networkAccount) = (bps, account);
    }

    function _distribute(ClusterId clusterId) private {
        bool settled = accounts.getLine(clusterId).isSettled;
        bytes memory data = abi.encodeCall(IClusterRegistry.distributeRevenues, (clusterId));
        _collect(clusterId, address(clusters), _gasOfSettling(clusterId), data);
        (uint256 weight, ) = clusters.servedOf(clusterId);
        bool empty = !settled || weight == 0 || accounts.poolOf(clusterId) == 0;
        _expect(empty, "feesAreAsAgreed", "a pool was not distributed whole");
    }

    /// @dev What has not been settled for very long shows only as far as one call can settle it.
    function _collect(ClusterId clusterId, address target, uint256 gasBound, bytes memory data) private {
        bool settled = accounts.getLine(clusterId).isSettled;
        uint256[] memory totals = settled ? _totals(clusterId) : new uint256[](0);
        if (!_must(_person(), target, gasBound, data)) return;
        if (settled) _expectSame(totals, _totals(clusterId), "collectingChangesNoTotal", "somebody has more or less than before");
    }

    // ------------------------------------------------------------ choices

    function _hasPool(ClusterId clusterId) private view returns (bool) {
        return accounts.poolOf(clusterId) != 0 && clusters.getMembers(clusterId).length != 0;
    }

    function _wasEverPaid(ClusterId clusterId) private view returns (bool) {
        return CurrencyId.unwrap(accounts.getLine(clusterId).currencyId) != 0;
    }

    function _earns(ClusterId clusterId) private view returns (bool) {
        (uint256 rate, ) = _storedLine(clusterId);
        return rate != 0;
    }

    /// @dev Of some that earn, the one where ticks pass fastest.
    function _fastest() private returns (ClusterId clusterId) {
        uint256 fastest = 0;
        for (uint256 i = 0; i < 4; ++i) {
            ClusterId other = _cluster(_earns);
            Currency currency = _agreement[other].currency;
            uint256 speed = (1e36 / _price[currency]) >> (_tickBits[currency] - 16);
            if (speed > fastest) (clusterId, fastest) = (other, speed);
        }
    }

    /// @dev Lets somebody who pays a cluster deposit for so long, mostly.
    function _fundFor(address payer, ClusterId clusterId, uint256 duration) private {
        Currency currency = _agreement[clusterId].currency;
        if (_streamRate[payer][clusterId] == 0 || _oneIn(4)) return;
        uint256 amount = (_rate[payer][currency] * (1e36 / _price[currency]) * duration) / _scaled(currency) + 1;
        if (amount > _roomIn(currency)) return;
        _fund(payer, currency, amount);
        bytes memory data = abi.encodeCall(IAccountRegistry.deposit, (currency, amount));
        _send(payer, true, address(accounts), currency.isNative() ? amount : 0, data);
    }

    function _payer() private returns (address person, Currency currency) {
        uint256 start = _below(PEOPLE * currencies.length);
        for (uint256 i = 0; i < PEOPLE * currencies.length; ++i) {
            uint256 number = (start + i) % (PEOPLE * currencies.length);
            (person, currency) = (people[number % PEOPLE], currencies[number / PEOPLE]);
            if (_rate[person][currency] != 0) break;
        }
    }

    function _hasClaims(ClusterId clusterId) private view returns (bool) {
        return _unclaimed[clusterId] != 0 && clusters.getMembers(clusterId).length != 0;
    }

    function _claimant(ClusterId clusterId) private returns (NodeId) {
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        require(members.length != 0, "no nodes");
        return members[_below(members.length)].nodeId;
    }
}
