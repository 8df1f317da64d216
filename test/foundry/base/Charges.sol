// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {ProofBooks} from "./ProofBooks.sol";
import {vm} from "./Vm.sol";

/// @dev What each account should be charged, each stream should cost, and each cluster should earn: books that charge everybody every time
/// that the clock moves, as far as balances reach, and know neither lines nor ticks. Amounts are in scaled units.
abstract contract Charges is ProofBooks {
    struct Agreement {
        address manager;
        uint256 managementFeeBps;
        Currency currency;
    }

    /// @dev Where an account's streams end on the lines of their clusters.
    /// @param touchedAt The currency's index when the account was last touched.
    /// @param paidIndex The account's paid index then.
    /// @param end The index at which its streams end; `touchedAt` if they are not registered.
    /// @param farthest Whether no end can lie further ahead.
    /// @param credited What has been credited since without a touch.
    struct Registration {
        uint256 touchedAt;
        uint256 paidIndex;
        uint256 end;
        bool farthest;
        uint256 credited;
    }

    /// @dev What was not served of what a stream was charged since its payer was last touched, in 2^-32: up to its registered end, and
    /// beyond. What of it came back with a touch that is under way.
    struct Unserved {
        uint256 onLine;
        uint256 beyond;
        uint256 refunded;
    }

    uint256 internal constant SHARE = 2 ** 32;
    /// @dev The index has room for 421 years at the lowest of prices (contracts/libraries/Units.sol).
    uint256 private constant LAST_MOMENT = START + 420 * 365 days;

    uint256 private _bookedUntil = START;

    // Of a currency.
    mapping(Currency currency => uint256) internal _index;
    mapping(Currency currency => uint256) internal _price;
    mapping(Currency currency => uint256) internal _tickBits;

    // Of an account.
    mapping(address account => mapping(Currency currency => uint256)) internal _balance;
    mapping(address account => mapping(Currency currency => uint256)) internal _rate;
    /// @dev How much of the index went by while the account could not pay.
    mapping(address account => mapping(Currency currency => uint256)) internal _skipped;
    mapping(address account => mapping(Currency currency => Registration)) internal _registration;
    /// @dev How much of the index the account paid for in the last step of time, and how much of that before its registered end.
    mapping(address account => mapping(Currency currency => uint256)) private _advance;
    mapping(address account => mapping(Currency currency => uint256)) private _advanceOnLine;

    // Of a stream.
    mapping(address payer => mapping(ClusterId clusterId => uint256)) internal _streamRate;
    mapping(address payer => mapping(ClusterId clusterId => Unserved)) internal _unserved;

    // Of a cluster.
    mapping(ClusterId clusterId => Agreement) internal _agreement;
    /// @dev What its payers were charged, less what came back to them.
    mapping(ClusterId clusterId => uint256) internal _earned;
    /// @dev The share that is not served, in 2^-32, the index at which it last changed, and whether it ever did.
    mapping(ClusterId clusterId => uint256) internal _missingShare;
    mapping(ClusterId clusterId => uint256) internal _missingSince;
    mapping(ClusterId clusterId => bool) internal _hasMissed;

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
            for (uint256 j = 0; j < PEOPLE; ++j) _charge(people[j], currency, passed);
            _index[currency] += passed;
        }
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            for (uint256 j = 0; j < PEOPLE; ++j) _chargeStream(people[j], _clusterIds[i]);
        }
    }

    /// @dev Charges an account for as much of the index as it can pay for.
    function _charge(address account, Currency currency, uint256 passed) private {
        uint256 rate = _rate[account][currency];
        if (rate == 0) return;
        uint256 affordable = _balance[account][currency] / rate;
        uint256 advance = affordable < passed ? affordable : passed;
        uint256 end = _registration[account][currency].end;
        uint256 untilEnd = end > _index[currency] ? end - _index[currency] : 0;
        _expect(untilEnd <= affordable, "endsAreInTime", "a registered end lies after its account runs out of funds");
        _balance[account][currency] -= rate * advance;
        _skipped[account][currency] += passed - advance;
        _advance[account][currency] = advance;
        _advanceOnLine[account][currency] = untilEnd < advance ? untilEnd : advance;
    }

    function _chargeStream(address payer, ClusterId clusterId) private {
        uint256 rate = _streamRate[payer][clusterId];
        if (rate == 0) return;
        Currency currency = _agreement[clusterId].currency;
        (uint256 all, uint256 onLine) = (_advance[payer][currency], _advanceOnLine[payer][currency]);
        _earned[clusterId] += rate * all;
        uint256 share = _missingShare[clusterId];
        if (share == 0) return;
        Unserved storage unserved = _unserved[payer][clusterId];
        unserved.onLine += rate * onLine * share;
        unserved.beyond += rate * (all - onLine) * share;
    }

    // ------------------------------------------------------------ what follows

    function _paidIndex(address account, Currency currency) internal view returns (uint256) {
        return _index[currency] - _skipped[account][currency];
    }

    /// @dev How much of the index the account has paid for, and its clusters do not know of yet.
    function _lateOf(address account, Currency currency) internal view returns (uint256) {
        Registration storage registration = _registration[account][currency];
        uint256 paidAtEnd = registration.paidIndex + registration.end - registration.touchedAt;
        uint256 paid = _paidIndex(account, currency);
        return paid > paidAtEnd ? paid - paidAtEnd : 0;
    }

    /// @dev What a touch would give back of a stream: all that was not served. What an account paid beyond its registered end before it ran
    /// out of funds, or after, is unknown if the share has changed since that end.
    function _refundOf(address payer, ClusterId clusterId) internal view returns (uint256) {
        Unserved storage unserved = _unserved[payer][clusterId];
        Currency currency = _agreement[clusterId].currency;
        uint256 end = _registration[payer][currency].end;
        bool known = _missingSince[clusterId] <= end || _lateOf(payer, currency) + end == _index[currency];
        return (unserved.onLine + (known ? unserved.beyond : 0)) / SHARE;
    }
}
