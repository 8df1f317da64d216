// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Ledger} from "./Ledger.sol";
import {vm} from "./Vm.sol";

/// @dev Calls on behalf of people. A call that is refused makes its handler revert, so that the fuzzer counts it; what may never happen is
/// noted.
abstract contract Calls is Ledger {
    /// @dev What settling, distributing, claiming and withdrawing may cost, at any size of the network.
    uint256 private constant GAS_BOUND = 200_000;

    uint256 private _gasUsed;

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
    /// @param steps How many settlements, distributions, claims or withdrawals it is.
    function _must(address by, address target, uint256 steps, bytes memory data) internal returns (bool success) {
        (success, ) = _call(by, target, 0, data);
        _expect(success, "nobodyCanBeStopped", "somebody could not take, claim or settle what is theirs");
        _expect(_gasUsed < steps * GAS_BOUND, "nobodyCanBeStopped", "it cost too much");
    }

    function _call(address by, address target, uint256 value, bytes memory data) private returns (bool success, bytes memory result) {
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
