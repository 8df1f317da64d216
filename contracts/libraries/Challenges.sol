// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";
import {ProofRecord} from "../types/ProofRecord.sol";
import {Casts} from "./Casts.sol";
import {StorageTrees} from "./StorageTrees.sol";

/// @title Challenges
/// @notice A challenge fixes the tree when it is opened, and its positions later, by the hash of a block that did not exist then.
library Challenges {
    using SafeCast for uint256;

    uint256 private constant LEAF_SIZE = 256;
    /// @dev For how many blocks the EVM itself knows a hash.
    uint256 private constant NATIVE_HASHES = 256;

    // ------------------------------------------------------------ functions that change state

    /// @notice Lets the hash of a later block decide, and the window begin now.
    function open(ProofRecord storage self, IStorageProofs.Rules storage rules) internal returns (uint256 seedBlock, uint256 deadline) {
        seedBlock = block.number + rules.delay;
        deadline = block.timestamp + rules.window;
        (self.seedBlock, self.openedAt, self.state) = (seedBlock.toUint48(), Casts.currentTime(), IStorageProofs.ChallengeState.Opened);
    }

    // ------------------------------------------------------------ views

    /// @notice Until when the challenge can be answered (unix seconds).
    function deadlineOf(ProofRecord storage self, IStorageProofs.Rules storage rules) internal view returns (uint256) {
        return uint256(self.openedAt) + rules.window;
    }

    /// @notice The seed of the challenge: the one that is drawn, or the one that the block's hash gives now.
    function currentSeed(ProofRecord storage self, ClusterId clusterId, NodeId nodeId) internal view returns (bytes32) {
        return self.state == IStorageProofs.ChallengeState.Drawn ? self.seed : seedFrom(self, clusterId, nodeId);
    }

    /// @notice The seed that follows from the hash of the block that decides. Reverts if the hash is not known.
    function seedFrom(ProofRecord storage self, ClusterId clusterId, NodeId nodeId) internal view returns (bytes32) {
        uint256 seedBlock = self.seedBlock;
        require(block.number > seedBlock, IStorageProofs.SeedNotReady(seedBlock, block.number));
        bytes32 hash = hashOf(seedBlock);
        require(hash != bytes32(0), IStorageProofs.SeedLapsed(seedBlock, block.number));
        return keccak256(abi.encode(hash, address(this), clusterId, nodeId));
    }

    /// @notice The hash of a block before this one, or 0 if it is not known any more.
    /// @dev {Blockhash.blockHash} would take for a hash the revert data of the history contract; where that gives reasons (Hardhat's does),
    /// anyone could know the positions.
    function hashOf(uint256 blockNumber) internal view returns (bytes32) {
        if (block.number - blockNumber <= NATIVE_HASHES) return blockhash(blockNumber);
        (bool success, bytes memory data) = Blockhash.HISTORY_STORAGE_ADDRESS.staticcall(abi.encode(blockNumber));
        return success && data.length == 32 ? bytes32(data) : bytes32(0);
    }

    /// @notice The position of a leaf that is asked for.
    /// @dev A remainder of up to 48 bits prefers none of the positions measurably: the hash has 256.
    /// @param index Which of the leaves it is, counted from 0.
    function positionOf(bytes32 seed, uint256 index, uint256 leafCount) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index))) % leafCount;
    }

    /// @notice Reverts unless the proofs show the leaves at all the positions that follow from a seed.
    /// @param count How many those are.
    function requireProofs(
        bytes32 seed,
        uint256 count,
        bytes32 root,
        uint256 leafCount,
        IStorageProofs.Proof[] calldata proofs
    ) internal pure {
        require(proofs.length == count, IStorageProofs.ProofCountInvalid(proofs.length, count));
        for (uint256 i = 0; i < count; ++i) {
            IStorageProofs.Proof calldata proof = proofs[i];
            require(proof.leaf.length == LEAF_SIZE, IStorageProofs.LeafSizeInvalid(i, proof.leaf.length, LEAF_SIZE));
            uint256 position = positionOf(seed, i, leafCount);
            bool holds = StorageTrees.holds(root, leafCount, position, proof.leaf, proof.path);
            require(holds, IStorageProofs.ProofInvalid(i, position));
        }
    }
}
