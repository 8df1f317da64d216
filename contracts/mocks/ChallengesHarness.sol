// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {Challenges} from "../libraries/Challenges.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {ProofRecord} from "../types/ProofRecord.sol";

/// @title ChallengesHarness
/// @notice For tests: opens {Challenges}, over a record and rules of its own.
contract ChallengesHarness {
    using Challenges for ProofRecord;

    ProofRecord private _record;
    IStorageProofs.Rules private _rules;

    /// @notice Puts a record and rules in place.
    function store(ProofRecord calldata record, IStorageProofs.Rules calldata rules) external {
        (_record, _rules) = (record, rules);
    }

    /// @notice See {Challenges.open}.
    function open() external returns (uint256 seedBlock, uint256 deadline) {
        return _record.open(_rules);
    }

    /// @notice The record as it is stored.
    function stored() external view returns (ProofRecord memory) {
        return _record;
    }

    /// @notice See {Challenges.deadlineOf}.
    function deadlineOf() external view returns (uint256) {
        return _record.deadlineOf(_rules);
    }

    /// @notice See {Challenges.currentSeed}.
    function currentSeed(ClusterId clusterId, NodeId nodeId) external view returns (bytes32) {
        return _record.currentSeed(clusterId, nodeId);
    }

    /// @notice See {Challenges.hashOf}.
    function hashOf(uint256 blockNumber) external view returns (bytes32) {
        return Challenges.hashOf(blockNumber);
    }

    /// @notice See {Challenges.positionOf}.
    function positionOf(bytes32 seed, uint256 index, uint256 leafCount) external pure returns (uint256) {
        return Challenges.positionOf(seed, index, leafCount);
    }

    /// @notice See {Challenges.requireProofs}.
    function requireProofs(
        bytes32 seed,
        uint256 count,
        bytes32 root,
        uint256 leafCount,
        IStorageProofs.Proof[] calldata proofs
    ) external pure {
        Challenges.requireProofs(seed, count, root, leafCount, proofs);
    }
}
