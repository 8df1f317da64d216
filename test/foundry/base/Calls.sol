// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId} from "../../../contracts/types/Ids.sol";
import {Ledger} from "./Ledger.sol";
import {vm} from "./Vm.sol";

/// @dev Calls on behalf of people. A call that is refused makes its handler revert, so that the fuzzer counts it; what may never happen is
/// noted.
abstract contract Calls is Ledger {
    // What settling, distributing, claiming and withdrawing may cost, at any size of the network: a call, each stream of an account that it
    // touches, and each tick with an end, or word without one, that it passes.
    uint256 private constant CALL_GAS = 200_000;
    uint256 private constant STREAM_GAS = 120_000;
    uint256 private constant TICK_GAS = 12_000;
    /// @dev How many ticks are passed at most inside another call (contracts/AccountRegistry.sol).
    uint256 internal constant MAX_TICKS = 2_000;

    uint256 private _gasUsed;
    /// @dev What the last call returned.
    bytes internal _result;

    /// @dev A call that the registries may refuse.
    /// @param entitled Whether the caller is who may do it; anyone else has to be refused.
    /// @return Whether it succeeded; if not, an invariant was found broken.
    function _act(address by, bool entitled, address target, bytes memory data) internal returns (bool) {
        return _send(by, entitled, target, 0, data);
    }

    /// @dev As {_act}, with ether.
    function _send(address by, bool entitled, address target, uint256 value, bytes memory data) internal returns (bool) {
        (bool success, bytes memory reason) = _call(by, target, value, data);
        if (!success) {
            if (!_hasName(reason)) {
                _violate("refusalsHaveNames", "a panic or a bare revert");
                return false;
            }
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        _expect(entitled, "strangersAreRefused", "somebody did what only another may");
        return entitled;
    }

    /// @dev A call that nothing may stop.
    /// @param gasBound What it may cost.
    function _must(address by, address target, uint256 gasBound, bytes memory data) internal returns (bool success) {
        (success, _result) = _call(by, target, 0, data);
        _expect(success, "nobodyCanBeStopped", "somebody could not take, claim or settle what is theirs");
        string memory cost = string.concat("it cost ", vm.toString(_gasUsed), " gas, more than ", vm.toString(gasBound));
        _expect(_gasUsed < gasBound, "nobodyCanBeStopped", cost);
    }

    function _gasOf(uint256 calls) internal pure returns (uint256) {
        return calls * CALL_GAS;
    }

    function _gasOfTouching(address account, Currency currency) internal view returns (uint256) {
        return CALL_GAS + accounts.getAccount(account, currency).streamCount * STREAM_GAS;
    }

    function _gasOfSettling(ClusterId clusterId) internal view returns (uint256) {
        uint256 ticks = _stepsAhead(clusterId);
        return CALL_GAS + (ticks < MAX_TICKS ? ticks : MAX_TICKS) * TICK_GAS;
    }

    function _call(address by, address target, uint256 value, bytes memory data) internal returns (bool success, bytes memory result) {
        vm.recordLogs();
        vm.prank(by);
        uint256 gasBefore = gasleft();
        (success, result) = target.call{value: value}(data);
        _gasUsed = gasBefore - gasleft();
        if (success) _follow();
        (_consenting, _consent) = (address(0), 0);
    }

    /// @dev Whether a reason is a custom error, and not empty, `Panic` or `Error`.
    function _hasName(bytes memory reason) private pure returns (bool) {
        if (reason.length < 4) return false;
        // forge-lint: disable-next-line(unsafe-typecast)
        bytes4 selector = bytes4(reason);
        return selector != 0x4e487b71 && selector != 0x08c379a0;
    }
}
