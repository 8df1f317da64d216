// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Everyone} from "./Everyone.sol";

/// @dev What forge runs: random sequences of the handlers of {Everyone}, and after each few calls all invariants. README.md lists them.
contract Campaign {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Everyone public everyone;

    function setUp() external {
        everyone = new Everyone();
        everyone.begin();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(everyone);
    }

    /// @dev These change state, and are no handlers.
    function excludeSelectors() external view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0] = FuzzSelector(address(everyone), new bytes4[](7));
        excluded[0].selectors[0] = Everyone.begin.selector;
        excluded[0].selectors[1] = Everyone.check.selector;
        excluded[0].selectors[2] = everyone.orderChangesNoTotal.selector;
        excluded[0].selectors[3] = everyone.frequencyChangesNoTotal.selector;
        excluded[0].selectors[4] = everyone.streamsAreCapped.selector;
        excluded[0].selectors[5] = everyone.nobodyCanBeStopped.selector;
        excluded[0].selectors[6] = everyone.tryToFill.selector;
    }

    function invariant_everything() external {
        everyone.check();
    }

    function afterInvariant() external {
        uint256 seed = uint256(keccak256(abi.encode(block.timestamp, address(everyone).balance)));
        everyone.orderChangesNoTotal(seed);
        everyone.frequencyChangesNoTotal(seed);
        everyone.streamsAreCapped(seed);
        everyone.nobodyCanBeStopped();
        everyone.check();
    }
}
