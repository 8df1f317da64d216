// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../../../contracts/interfaces/IStorageProofs.sol";

/// @dev Small trees over made-up data, by the recursive definition of RFC 9162 (section 2.1), while {StorageTrees} walks from a leaf up.
/// A number says what the leaves hold.
library ProofTrees {
    uint256 private constant LEAF_SIZE = 256;

    function rootOf(uint256 data, uint256 leafCount) internal pure returns (bytes32) {
        return _hash(data, 0, leafCount);
    }

    /// @dev A leaf and the hashes beside its way to the root.
    function prove(uint256 data, uint256 leafCount, uint256 position) internal pure returns (IStorageProofs.Proof memory proof) {
        proof.leaf = leafOf(data, position);
        proof.path = _path(data, 0, leafCount, position);
    }

    function leafOf(uint256 data, uint256 position) internal pure returns (bytes memory) {
        bytes32 word = keccak256(abi.encode(data, position));
        return bytes.concat(word, new bytes(LEAF_SIZE - 32));
    }

    /// @dev The hash over the leaves from one on.
    function _hash(uint256 data, uint256 from, uint256 count) private pure returns (bytes32) {
        if (count == 1) return keccak256(bytes.concat(bytes1(0x00), bytes8(uint64(from)), leafOf(data, from)));
        uint256 left = _leftOf(count);
        return keccak256(bytes.concat(bytes1(0x01), _hash(data, from, left), _hash(data, from + left, count - left)));
    }

    function _path(uint256 data, uint256 from, uint256 count, uint256 position) private pure returns (bytes32[] memory path) {
        if (count == 1) return path;
        uint256 left = _leftOf(count);
        bool isLeft = position < from + left;
        bytes32[] memory below = isLeft ? _path(data, from, left, position) : _path(data, from + left, count - left, position);
        path = new bytes32[](below.length + 1);
        for (uint256 i = 0; i < below.length; ++i) path[i] = below[i];
        path[below.length] = isLeft ? _hash(data, from + left, count - left) : _hash(data, from, left);
    }

    /// @dev The largest power of two below a number.
    function _leftOf(uint256 count) private pure returns (uint256 left) {
        left = 1;
        while (2 * left < count) left *= 2;
    }
}
