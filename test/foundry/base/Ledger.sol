// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Exits} from "./Exits.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev What should be: the books of somebody who reads every event, counts every second, and charges every account at every step, while
/// the registries do so only when they have to. Amounts are in scaled units unless said otherwise.
abstract contract Ledger is Exits {
    /// @dev What the owner of a bucket allowed the manager.
    struct Cap {
        uint256 resource;
        uint256 rent;
    }

    struct Agreement {
        address manager;
        uint256 managementFeeBps;
        Currency currency;
    }

    /// @dev What a node's provider has posted in a cluster, in base units, and what of it may be lost within a week.
    struct Bond {
        Currency currency;
        address provider;
        uint256 amount;
        uint256 weekBegan;
        uint256 leftToLose;
    }

    /// @dev What was not served of what a stream was charged since it was last settled, rounded down at each of so many steps; what of that
    /// came back; whether its payer could not pay for some of the time, and whether it was settled before while it could not.
    struct Unserved {
        uint256 due;
        uint256 steps;
        uint256 returned;
        bool dry;
        bool afterDry;
    }

    struct Window {
        uint256 openedAt;
        uint256 price;
    }

    uint256 private constant MONTH = 31 days;
    /// @dev The index has room for 421 years at the lowest of prices (contracts/libraries/Units.sol).
    uint256 private constant LAST_MOMENT = START + 420 * 365 days;
    uint256 private constant BPS = 10_000;
    uint256 private constant MIN_PRICE = 1e10;
    uint256 private constant MAX_PRICE = 1e25;

    uint256 private _bookedUntil = START;

    // Of a currency. The first three in base units.
    mapping(Currency currency => uint256) internal _deposited;
    mapping(Currency currency => uint256) internal _withdrawn;
    mapping(Currency currency => uint256) internal _donated;
    mapping(Currency currency => uint256) internal _index;
    mapping(Currency currency => uint256) internal _price;
    mapping(Currency currency => Window) private _hour;
    mapping(Currency currency => Window) private _day;

    // Of an account.
    mapping(address account => mapping(Currency currency => uint256)) internal _balance;
    mapping(address account => mapping(Currency currency => uint256)) internal _rate;
    /// @dev How much of the index went by while the account could not pay.
    mapping(address account => mapping(Currency currency => uint256)) internal _skipped;
    mapping(address account => mapping(Currency currency => uint256)) private _advance;
    mapping(address account => mapping(Currency currency => bool)) private _ranDry;

    // Of a stream: its rate, what its payer was charged for it, and what its cluster's pool received of that.
    mapping(address payer => mapping(ClusterId clusterId => uint256)) internal _streamRate;
    mapping(address payer => mapping(ClusterId clusterId => uint256)) internal _charged;
    mapping(address payer => mapping(ClusterId clusterId => uint256)) internal _paid;
    /// @dev What came back, as it was not served.
    mapping(address payer => mapping(ClusterId clusterId => uint256)) internal _returned;
    mapping(address payer => mapping(ClusterId clusterId => Unserved)) private _unserved;

    // Of a cluster: what was agreed, what waits to be distributed, and what was distributed to its nodes and not claimed.
    mapping(ClusterId clusterId => Agreement) internal _agreement;
    mapping(ClusterId clusterId => uint256) internal _pool;
    /// @dev The share of a cluster that is not served, in 2^-128.
    mapping(ClusterId clusterId => uint256) internal _missingShare;
    mapping(ClusterId clusterId => uint256) internal _unclaimed;
    uint256 internal _networkFeeBps;
    mapping(ClusterId clusterId => bool) internal _hasTerms;
    mapping(ClusterId clusterId => mapping(address provider => uint256)) internal _claimedBy;

    // Of bonds: all that there are, in a currency and one by one.
    mapping(Currency currency => uint256) internal _bonds;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Bond)) internal _bond;
    address internal _networkAccount;

    // Of the call that is under way: who may be charged how much more by it.
    address internal _consenting;
    uint256 internal _consent;
    mapping(BucketId bucketId => Cap) internal _cap;

    /// @dev The first invariant that was found broken while people acted: its name, and what happened.
    string public violation;

    // ------------------------------------------------------------ verdicts

    /// @dev Notes it, as a handler that reverts would undo what it found.
    function _violate(string memory name, string memory what) internal {
        if (bytes(violation).length == 0) violation = string.concat(name, ": ", what);
    }

    function _expect(bool holds, string memory name, string memory what) internal override {
        if (!holds) _violate(name, what);
    }

    function _scaled(Currency currency) internal view returns (uint256) {
        return MONTH * 10 ** (36 - _decimalsOf[currency]);
    }

    // ------------------------------------------------------------ time

    function _pass(uint256 duration) internal {
        require(vm.getBlockTimestamp() + duration < LAST_MOMENT, "the end of time");
        vm.warp(vm.getBlockTimestamp() + duration);
        _catchUp();
    }

    /// @dev Charges everybody for the time that has passed. A handler that reverts undoes all that it did but for the time.
    function _catchUp() internal {
        uint256 duration = vm.getBlockTimestamp() - _bookedUntil;
        if (duration == 0) return;
        _bookedUntil += duration;
        for (uint256 i = 0; i < currencies.length; ++i) {
            Currency currency = currencies[i];
            uint256 passed = duration * (1e36 / _price[currency]);
            _index[currency] += passed;
            for (uint256 j = 0; j < PEOPLE; ++j) _charge(people[j], currency, passed);
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            ClusterId clusterId = _clusterIds[i];
            Currency currency = _agreement[clusterId].currency;
            for (uint256 j = 0; j < PEOPLE; ++j) {
                uint256 rate = _streamRate[people[j]][clusterId];
                if (rate == 0) continue;
                uint256 charged = rate * _advance[people[j]][currency];
                _charged[people[j]][clusterId] += charged;
                Unserved storage unserved = _unserved[people[j]][clusterId];
                unserved.due += Math.mulDiv(charged, _missingShare[clusterId], 2 ** 128);
                unserved.steps++;
                if (_ranDry[people[j]][currency]) unserved.dry = true;
            }
        }
    }

    /// @dev Charges an account for as much of the index as it can pay for.
    function _charge(address account, Currency currency, uint256 passed) private {
        uint256 rate = _rate[account][currency];
        if (rate == 0) return;
        uint256 affordable = _balance[account][currency] / rate;
        uint256 advance = affordable < passed ? affordable : passed;
        _balance[account][currency] -= rate * advance;
        _skipped[account][currency] += passed - advance;
        (_advance[account][currency], _ranDry[account][currency]) = (advance, advance != passed);
    }

    // ------------------------------------------------------------ events

    /// @dev Reads what happened since `vm.recordLogs`.
    function _follow() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(accounts)) _followAccounts(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(clusters)) _followClusters(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(terms)) _followTerms(logs[i], logs[i].topics[0]);
        }
    }

    function _followAccounts(Vm.Log memory log, bytes32 topic) private {
        if (topic == IAccountRegistry.PaymentSettled.selector) {
            (uint256 settled, ) = abi.decode(log.data, (uint256, uint256));
            _settled(_address(log.topics[1]), _clusterId(log.topics[2]), settled);
        } else if (topic == IAccountRegistry.StreamChanged.selector) {
            (uint256 rate, , uint256 settled, ) = abi.decode(log.data, (uint256, uint256, uint256, uint256));
            _settled(_address(log.topics[1]), _clusterId(log.topics[2]), settled);
            _streamChanged(_address(log.topics[1]), _clusterId(log.topics[2]), rate);
        } else if (topic == IAccountRegistry.Deposited.selector) {
            (uint256 amount, ) = abi.decode(log.data, (uint256, uint256));
            Currency currency = Currency.wrap(_address(log.topics[2]));
            _deposited[currency] += amount;
            _balance[_address(log.topics[1])][currency] += amount * _scaled(currency);
        } else if (topic == IAccountRegistry.Withdrawn.selector) {
            (uint256 amount, ) = abi.decode(log.data, (uint256, uint256));
            Currency currency = Currency.wrap(_address(log.topics[2]));
            _withdrawn[currency] += amount;
            _take(_balance[_address(log.topics[1])], currency, amount * _scaled(currency), "a withdrawal of more than the balance");
        } else if (topic == IAccountRegistry.UnservedRefunded.selector) {
            _cameBack(_address(log.topics[1]), _clusterId(log.topics[2]), abi.decode(log.data, (uint256)));
        } else if (topic == IAccountRegistry.UnservedShareChanged.selector) {
            _missingShare[_clusterId(log.topics[1])] = abi.decode(log.data, (uint256));
        } else if (topic == IAccountRegistry.PriceChanged.selector) {
            (uint256 price, ) = abi.decode(log.data, (uint256, uint256));
            _priceChanged(Currency.wrap(_address(log.topics[1])), price);
        }
    }

    function _followClusters(Vm.Log memory log, bytes32 topic) private {
        if (topic == IClusterRegistry.RevenuesDistributed.selector) {
            (uint256 network, uint256 management, uint256 shares, ) = abi.decode(log.data, (uint256, uint256, uint256, uint256));
            _distributed(_clusterId(log.topics[1]), network, management, shares);
        } else if (topic == IClusterRegistry.RevenuesClaimed.selector) {
            _claimed(_clusterId(log.topics[1]), NodeId.wrap(uint32(uint256(log.topics[2]))), abi.decode(log.data, (uint256)));
        } else if (topic == IClusterRegistry.ClusterRemoved.selector) {
            _removed(_clusterId(log.topics[1]), abi.decode(log.data, (uint256)));
        }
    }

    function _followTerms(Vm.Log memory log, bytes32 topic) private {
        _followExits(log, topic);
        bool posted = topic == ITermsRegistry.BondPosted.selector;
        if (!posted && topic != ITermsRegistry.BondReturned.selector && topic != ITermsRegistry.NodeSlashed.selector) return;
        (uint256 amount, uint256 left) = abi.decode(log.data, (uint256, uint256));
        ClusterId clusterId = _clusterId(log.topics[1]);
        Bond storage bond = _bond[clusterId][NodeId.wrap(uint32(uint256(log.topics[2])))];
        if (posted) {
            if (bond.provider == address(0)) (bond.currency, bond.provider) = (_agreement[clusterId].currency, _address(log.topics[3]));
            bond.amount += amount;
            _bonds[bond.currency] += amount;
            _take(_balance[bond.provider], bond.currency, amount * _scaled(bond.currency), "a bond of more than the balance");
        } else {
            bool returned = topic == ITermsRegistry.BondReturned.selector;
            if (!returned) _lost(clusterId, bond, amount);
            _balance[returned ? bond.provider : _networkAccount][bond.currency] += amount * _scaled(bond.currency);
            _expect(amount <= bond.amount, "bondsAreInCustody", "more of a bond left than was posted");
            unchecked {
                (bond.amount, _bonds[bond.currency]) = (bond.amount - amount, _bonds[bond.currency] - amount);
            }
        }
        _expect(left == bond.amount, "bondsAreInCustody", "a bond is not what was posted less what left");
    }

    function _lost(ClusterId clusterId, Bond storage bond, uint256 amount) private {
        uint256 time = vm.getBlockTimestamp();
        if (bond.weekBegan == 0 || time >= bond.weekBegan + 7 days) {
            // A cluster that is gone has no terms to read any more.
            uint256 share = _agreement[clusterId].manager == address(0) ? BPS : terms.getTerms(clusterId).maxSlashBps;
            (bond.weekBegan, bond.leftToLose) = (time, (bond.amount * share) / BPS);
        }
        _expect(amount <= bond.leftToLose, "slashesAreWithinTerms", "more was lost in a week than may be");
        unchecked {
            bond.leftToLose -= amount;
        }
    }

    function _cameBack(address payer, ClusterId clusterId, uint256 amount) private {
        _returned[payer][clusterId] += amount;
        _unserved[payer][clusterId].returned += amount;
        _balance[payer][_agreement[clusterId].currency] += amount;
    }

    function _settled(address payer, ClusterId clusterId, uint256 amount) private {
        _paid[payer][clusterId] += amount;
        _pool[clusterId] += amount;
        Unserved storage unserved = _unserved[payer][clusterId];
        bool nothing = unserved.returned == 0;
        bool all = unserved.returned >= unserved.due && unserved.returned <= unserved.due + unserved.steps;
        // An account that was dry when the stream was settled may have been so for no time since, and counts as dry all the same.
        bool right = unserved.dry ? nothing : all || (unserved.afterDry && nothing);
        _expect(right, "whatIsNotServedComesBack", "what came back to a payer is not what was not served");
        _unserved[payer][clusterId] = Unserved({due: 0, steps: 0, returned: 0, dry: false, afterDry: unserved.dry});
    }

    function _streamChanged(address payer, ClusterId clusterId, uint256 rate) private {
        uint256 old = _streamRate[payer][clusterId];
        if (rate > old) {
            bool agreed = payer == _consenting && rate - old <= _consent;
            _expect(agreed, "onlyOwnersRaiseWhatTheyPay", "a rate rose without its payer's consent");
        }
        _streamRate[payer][clusterId] = rate;
        Currency currency = _agreement[clusterId].currency;
        _rate[payer][currency] = _rate[payer][currency] + rate - old;
    }

    function _priceChanged(Currency currency, uint256 price) private {
        uint256 old = _price[currency];
        _price[currency] = price;
        _expect(price >= MIN_PRICE && price <= MAX_PRICE, "pricesMoveWithinBounds", "a price is out of range");
        if (old == 0) old = price;
        _moveWithin(_hour[currency], 1 hours, 2, old, price);
        _moveWithin(_day[currency], 1 days, 4, old, price);
    }

    function _moveWithin(Window storage window, uint256 duration, uint256 factor, uint256 old, uint256 price) private {
        uint256 time = vm.getBlockTimestamp();
        if (time >= window.openedAt + duration) (window.openedAt, window.price) = (time, old);
        bool within = price * factor >= window.price && price <= window.price * factor;
        _expect(within, "pricesMoveWithinBounds", "a price moved further than it may within an hour or a day");
    }

    function _distributed(ClusterId clusterId, uint256 network, uint256 management, uint256 shares) private {
        Agreement storage agreement = _agreement[clusterId];
        uint256 pool = _pool[clusterId];
        uint256 expectedNetwork = (pool * _networkFeeBps) / BPS;
        uint256 expectedManagement = ((pool - expectedNetwork) * agreement.managementFeeBps) / BPS;
        uint256 expectedShares = pool - expectedNetwork - expectedManagement;
        _expect(network == expectedNetwork, "feesAreAsAgreed", "the network fee");
        _expect(management == expectedManagement, "feesAreAsAgreed", "the management fee");
        _expect(shares == expectedShares, "feesAreAsAgreed", "what is left for the nodes");
        _balance[_networkAccount][agreement.currency] += expectedNetwork;
        _balance[agreement.manager][agreement.currency] += expectedManagement;
        _pool[clusterId] = 0;
        _unclaimed[clusterId] += expectedShares;
    }

    function _claimed(ClusterId clusterId, NodeId nodeId, uint256 amount) private {
        _balance[nodes.providerOf(nodeId)][_agreement[clusterId].currency] += amount;
        _claimedBy[clusterId][nodes.providerOf(nodeId)] += amount;
        _expect(amount <= _unclaimed[clusterId], "custodyIsExact", "nodes claimed more than was distributed to them");
        unchecked {
            _unclaimed[clusterId] -= amount;
        }
    }

    /// @dev What was left goes to the network's account.
    function _removed(ClusterId clusterId, uint256 leftover) private {
        unchecked {
            _expect(leftover == _pool[clusterId] + _unclaimed[clusterId], "custodyIsExact", "what a removed cluster left");
        }
        _balance[_networkAccount][_agreement[clusterId].currency] += leftover;
        _pool[clusterId] = 0;
        _unclaimed[clusterId] = 0;
    }

    /// @dev Whether the cluster of a bucket still exists.
    function _isInCluster(BucketId bucketId) internal view returns (bool) {
        return _agreement[buckets.getBucket(bucketId).clusterId].manager != address(0);
    }

    function _take(mapping(Currency => uint256) storage from, Currency currency, uint256 amount, string memory what) private {
        _expect(amount <= from[currency], "balancesAreExact", what);
        unchecked {
            from[currency] -= amount;
        }
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }

    function _clusterId(bytes32 topic) private pure returns (ClusterId) {
        return ClusterId.wrap(uint32(uint256(topic)));
    }
}
