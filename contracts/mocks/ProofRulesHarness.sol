// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {ProofRules} from "../libraries/ProofRules.sol";

/// @title ProofRulesHarness
/// @notice For tests: opens {ProofRules}, over rules of its own.
contract ProofRulesHarness {
    using ProofRules for IStorageProofs.Rules;

    IStorageProofs.Rules private _rules;

    /// @notice Puts rules in place, valid or not.
    function store(IStorageProofs.Rules calldata rules) external {
        _rules = rules;
    }

    /// @notice See {ProofRules.qualityFor}.
    function qualityFor(uint256 misses) external view returns (uint16) {
        return _rules.qualityFor(misses);
    }

    /// @notice See {ProofRules.requireValid}.
    function requireValid(IStorageProofs.Rules calldata rules) external pure {
        rules.requireValid();
    }
}
