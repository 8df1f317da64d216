// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Charges} from "./Charges.sol";
import {vm} from "./Vm.sol";

/// @dev Which ends should be on the lines of clusters, by the events, and what the account registry has in storage of them.
abstract contract LineBooks is Charges {
    uint256 internal constant MAX_END_TICKS = type(uint40).max;
    uint256 private constant MANY = 48;

    // Where the account registry keeps its lines, and what of a line is where (contracts/libraries/ClusterLines.sol).
    uint256 private constant LINES_SLOT = 6;
    uint256 private constant BITMAP_OFFSET = 6;

    /// @dev The ticks at which streams have been registered to end, but for some that were crossed long ago.
    mapping(ClusterId clusterId => uint256[]) internal _ticks;
    mapping(ClusterId clusterId => mapping(uint256 tick => bool)) private _isKnown;
    /// @dev What should end at a tick, or did when it was passed.
    mapping(ClusterId clusterId => mapping(uint256 tick => uint256)) internal _ends;

    // ------------------------------------------------------------ events

    /// @dev An account is touched, and what it pays is still what it paid before: its refunds are handed out, and its streams are no longer
    /// registered.
    function _touched(address account, Currency currency, uint256 paidIndex) internal {
        bool exact = paidIndex == _paidIndex(account, currency);
        _expect(exact, "nobodyPaysForUnfundedTimeNorTwice", "a touched account's paid index");
        Registration storage registration = _registration[account][currency];
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            ClusterId clusterId = _clusterIds[i];
            uint256 rate = _streamRate[account][clusterId];
            if (rate == 0 || Currency.unwrap(_agreement[clusterId].currency) != Currency.unwrap(currency)) continue;
            uint256 refunded = _unserved[account][clusterId].refunded;
            bool right = refunded == _refundOf(account, clusterId);
            _expect(right, "whatIsNotServedComesBack", "what came back to a payer is not what was not served");
            delete _unserved[account][clusterId];
            if (registration.end > _index[currency]) _ends[clusterId][registration.end >> _tickBits[currency]] -= rate;
        }
    }

    /// @dev Then, with what it pays from now on, its streams are registered to end at the last tick before it runs out of funds.
    function _registered(address account, Currency currency, uint256 balance, uint256 endIndex) internal {
        (uint256 bits, uint256 index, uint256 rate) = (_tickBits[currency], _index[currency], _rate[account][currency]);
        Registration storage registration = _registration[account][currency];
        uint256 ticks = rate == 0 ? 0 : ((index + balance / rate) >> bits) - (index >> bits);
        registration.farthest = ticks >= MAX_END_TICKS;
        if (registration.farthest) ticks = MAX_END_TICKS;
        uint256 end = ticks == 0 ? 0 : ((index >> bits) + ticks) << bits;
        _expect(endIndex <= end, "endsAreInTime", "an account is registered to end after it runs out of funds");
        _expect(endIndex >= end, "littleIsLate", "an account is not registered to end at the last tick before it runs out of funds");
        (registration.touchedAt, registration.paidIndex) = (index, _paidIndex(account, currency));
        (registration.end, registration.credited) = (end == 0 ? index : end, 0);
        for (uint256 i = 0; i < _clusterIds.length && end != 0; ++i) {
            if (Currency.unwrap(_agreement[_clusterIds[i]].currency) != Currency.unwrap(currency)) continue;
            _addEnd(_clusterIds[i], end >> bits, _streamRate[account][_clusterIds[i]]);
        }
    }

    function _addEnd(ClusterId clusterId, uint256 tick, uint256 rate) private {
        if (rate == 0) return;
        _ends[clusterId][tick] += rate;
        if (_isKnown[clusterId][tick]) return;
        _isKnown[clusterId][tick] = true;
        uint256[] storage ticks = _ticks[clusterId];
        ticks.push(tick);
        if (ticks.length < MANY) return;
        (, uint256 crossed) = _storedLine(clusterId);
        for (uint256 i = ticks.length; i > 0; --i) {
            if (ticks[i - 1] > crossed) continue;
            ticks[i - 1] = ticks[ticks.length - 1];
            ticks.pop();
        }
    }

    // ------------------------------------------------------------ storage

    /// @dev The rate of a cluster's line, and up to which tick all ends have been crossed.
    function _storedLine(ClusterId clusterId) internal view returns (uint256 rate, uint256 crossedTick) {
        uint256 word = uint256(vm.load(address(accounts), bytes32(_lineSlot(clusterId))));
        return (word & type(uint112).max, (word >> 112) & type(uint72).max);
    }

    /// @dev Whether a tick is marked in the bitmap of a cluster's line.
    function _isMarked(ClusterId clusterId, uint256 tick) internal view returns (bool) {
        bytes32 slot = keccak256(abi.encode(tick / 256, _lineSlot(clusterId) + BITMAP_OFFSET));
        return (uint256(vm.load(address(accounts), slot)) >> (tick % 256)) & 1 == 1;
    }

    /// @dev How much there is to look at between the last crossing and now: ends, and words without one.
    function _stepsAhead(ClusterId clusterId) internal view returns (uint256 steps) {
        (uint256 rate, uint256 crossed) = _storedLine(clusterId);
        if (rate == 0) return 0;
        uint256 last = _tickNow(clusterId);
        if (crossed >= last) return 0;
        return last / 256 - crossed / 256 + 1 + _endsAhead(clusterId);
    }

    /// @dev How many ends have been passed and not crossed.
    function _endsAhead(ClusterId clusterId) internal view returns (uint256 count) {
        (, uint256 crossed) = _storedLine(clusterId);
        uint256 last = _tickNow(clusterId);
        for (uint256 i = 0; i < _ticks[clusterId].length; ++i) {
            uint256 tick = _ticks[clusterId][i];
            if (tick > crossed && tick <= last && _ends[clusterId][tick] != 0) ++count;
        }
    }

    function _tickNow(ClusterId clusterId) private view returns (uint256) {
        Currency currency = _agreement[clusterId].currency;
        return _index[currency] >> _tickBits[currency];
    }

    function _lineSlot(ClusterId clusterId) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(clusterId, LINES_SLOT)));
    }
}
