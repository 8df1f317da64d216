// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {IPriceRegistry} from "../../../contracts/interfaces/IPriceRegistry.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {LineBooks} from "./LineBooks.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev What should be: the books of somebody who reads every event, counts every second, and charges every account at every step, while
/// the registries do so only when they have to. Amounts are in scaled units unless said otherwise.
abstract contract Ledger is LineBooks {
    /// @dev What the owner of a bucket allowed the manager.
    struct Cap {
        uint256 resource;
        uint256 rent;
    }

    /// @dev What a node's provider has posted in a cluster, in base units, and what of it may be lost within a week.
    struct Bond {
        Currency currency;
        address provider;
        uint256 amount;
        uint256 lastSlash;
        uint256 leftToLose;
    }

    struct Window {
        uint256 openedAt;
        uint256 price;
    }

    uint256 private constant MONTH = 31 days;
    uint256 private constant BPS = 10_000;
    uint256 private constant MIN_PRICE = 1e10;
    uint256 private constant MAX_PRICE = 1e25;

    // Of a currency. The first three in base units.
    mapping(Currency currency => uint256) internal _deposited;
    mapping(Currency currency => uint256) internal _withdrawn;
    mapping(Currency currency => uint256) internal _donated;
    mapping(Currency currency => Window) private _hour;
    mapping(Currency currency => Window) private _day;

    // Of a cluster: what was taken out of what it earned, and what of that was distributed to its nodes and not claimed.
    mapping(ClusterId clusterId => uint256) internal _taken;
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

    // ------------------------------------------------------------ events

    /// @dev Reads what happened since `vm.recordLogs`.
    function _follow() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(accounts)) _followAccounts(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(clusters)) _followClusters(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(terms)) _followTerms(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(prices)) _followPrices(logs[i], logs[i].topics[0]);
            else if (logs[i].emitter == address(proofs)) _followProofs(logs[i], logs[i].topics[0]);
        }
        _concludeProofs();
    }

    function _followAccounts(Vm.Log memory log, bytes32 topic) private {
        if (topic == IAccountRegistry.AccountTouched.selector) {
            (uint256 balance, uint256 paidIndex, uint256 endIndex) = abi.decode(log.data, (uint256, uint256, uint256));
            (address account, Currency currency) = (_address(log.topics[1]), _currencyWith(log.topics[2]));
            _touched(account, currency, paidIndex);
            _registered(account, currency, balance, endIndex);
        } else if (topic == IAccountRegistry.StreamChanged.selector) {
            _followStream(log);
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
            _shareChanged(_clusterId(log.topics[1]), abi.decode(log.data, (uint256)));
        } else if (topic == IAccountRegistry.CurrencyListed.selector) {
            (, uint8 tickBits, ) = abi.decode(log.data, (uint8, uint8, uint256));
            _tickBits[Currency.wrap(_address(log.topics[1]))] = tickBits;
        }
    }

    function _followStream(Vm.Log memory log) private {
        (uint256 rate, , uint256 balance, uint256 paidIndex, uint256 endIndex) = abi.decode(
            log.data,
            (uint256, uint256, uint256, uint256, uint256)
        );
        (address payer, Currency currency) = (_address(log.topics[1]), _currencyWith(log.topics[3]));
        _touched(payer, currency, paidIndex);
        _streamChanged(payer, _clusterId(log.topics[2]), rate);
        _registered(payer, currency, balance, endIndex);
    }

    function _followPrices(Vm.Log memory log, bytes32 topic) private {
        if (topic != IPriceRegistry.PriceChanged.selector) return;
        (uint256 price, ) = abi.decode(log.data, (uint256, uint256));
        _priceChanged(Currency.wrap(_address(log.topics[1])), price);
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
        _followJudgments(log, topic);
        bool posted = topic == ITermsRegistry.BondPosted.selector;
        if (!posted && topic != ITermsRegistry.BondReturned.selector && topic != ITermsRegistry.NodeSlashed.selector) return;
        (uint256 amount, uint256 left) = topic == ITermsRegistry.NodeSlashed.selector
            ? _slashOf(log)
            : abi.decode(log.data, (uint256, uint256));
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
            _credited(returned ? bond.provider : _networkAccount, bond.currency, amount * _scaled(bond.currency));
            _expect(amount <= bond.amount, "bondsAreInCustody", "more of a bond left than was posted");
            unchecked {
                (bond.amount, _bonds[bond.currency]) = (bond.amount - amount, _bonds[bond.currency] - amount);
            }
        }
        _expect(left == bond.amount, "bondsAreInCustody", "a bond is not what was posted less what left");
    }

    function _slashOf(Vm.Log memory log) private returns (uint256 amount, uint256 left) {
        address recipient;
        (recipient, amount, left, , ) = abi.decode(log.data, (address, uint256, uint256, uint256, string));
        _expect(recipient == _networkAccount, "slashesAreWithinTerms", "a slash is credited to another account");
    }

    function _lost(ClusterId clusterId, Bond storage bond, uint256 amount) private {
        uint256 time = vm.getBlockTimestamp();
        if (bond.lastSlash == 0 || time >= bond.lastSlash + 7 days) {
            // A cluster that is gone has no terms to read any more.
            uint256 share = _agreement[clusterId].manager == address(0) ? BPS : terms.getTerms(clusterId).maxSlashBps;
            bond.leftToLose = (bond.amount * share) / BPS;
        }
        bond.lastSlash = time;
        _expect(amount <= bond.leftToLose, "slashesAreWithinTerms", "more was lost in a week than may be");
        unchecked {
            bond.leftToLose -= amount;
        }
    }

    function _cameBack(address payer, ClusterId clusterId, uint256 amount) private {
        _earned[clusterId] -= amount;
        _unserved[payer][clusterId].refunded += amount;
        _balance[payer][_agreement[clusterId].currency] += amount;
    }

    function _shareChanged(ClusterId clusterId, uint256 share) private {
        if (_hasMissed[clusterId] && _missingShare[clusterId] == share) return;
        (_missingShare[clusterId], _hasMissed[clusterId]) = (share, true);
        _missingSince[clusterId] = _index[_agreement[clusterId].currency];
    }

    /// @dev Something is added to an account without a touch.
    function _credited(address account, Currency currency, uint256 amount) private {
        _balance[account][currency] += amount;
        _registration[account][currency].credited += amount;
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
        _moveWithin(_hour[currency], 1 hours, 206, old, price);
        _moveWithin(_day[currency], 1 days, 400, old, price);
    }

    function _moveWithin(Window storage window, uint256 duration, uint256 factor, uint256 old, uint256 price) private {
        uint256 time = vm.getBlockTimestamp();
        if (time >= window.openedAt + duration) (window.openedAt, window.price) = (time, old);
        bool within = price * factor >= window.price * 100 && price * 100 <= window.price * factor;
        _expect(within, "pricesMoveWithinBounds", "a price moved further than it may within an hour or a day");
    }

    function _distributed(ClusterId clusterId, uint256 network, uint256 management, uint256 shares) private {
        Agreement storage agreement = _agreement[clusterId];
        uint256 amount = network + management + shares;
        uint256 expectedNetwork = (amount * _networkFeeBps) / BPS;
        uint256 expectedManagement = ((amount - expectedNetwork) * agreement.managementFeeBps) / BPS;
        _expect(network == expectedNetwork, "feesAreAsAgreed", "the network fee");
        _expect(management == expectedManagement, "feesAreAsAgreed", "the management fee");
        _credited(_networkAccount, agreement.currency, network);
        _credited(agreement.manager, agreement.currency, management);
        _taken[clusterId] += amount;
        _unclaimed[clusterId] += shares;
    }

    function _claimed(ClusterId clusterId, NodeId nodeId, uint256 amount) private {
        _credited(nodes.providerOf(nodeId), _agreement[clusterId].currency, amount);
        _claimedBy[clusterId][nodes.providerOf(nodeId)] += amount;
        _expect(amount <= _unclaimed[clusterId], "custodyIsExact", "nodes claimed more than was distributed to them");
        unchecked {
            _unclaimed[clusterId] -= amount;
        }
    }

    /// @dev What was left goes to the network's account: all that nobody pays for any more, and that no node has a claim to.
    function _removed(ClusterId clusterId, uint256 leftover) private {
        unchecked {
            bool exact = leftover == _earned[clusterId] - _taken[clusterId] + _unclaimed[clusterId];
            _expect(exact, "custodyIsExact", "what a removed cluster left");
        }
        _credited(_networkAccount, _agreement[clusterId].currency, leftover);
        _taken[clusterId] = _earned[clusterId];
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

    /// @dev Currencies are numbered from 1.
    function _currencyWith(bytes32 topic) private view returns (Currency) {
        return currencies[uint256(topic) - 1];
    }

    function _clusterId(bytes32 topic) private pure returns (ClusterId) {
        return ClusterId.wrap(uint32(uint256(topic)));
    }
}
