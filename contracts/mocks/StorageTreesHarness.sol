// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {StorageTrees} from "../libraries/StorageTrees.sol";

/// @title StorageTreesHarness
/// @notice For tests: opens {StorageTrees}.
contract StorageTreesHarness {
    /// @notice See {StorageTrees.holds}.
    function holds(
        bytes32 root,
        uint256 leafCount,
        uint256 position,
        bytes calldata data,
        bytes32[] calldata path
    ) external pure returns (bool) {
        return StorageTrees.holds(root, leafCount, position, data, path);
    }

    /// @notice See {StorageTrees.hashLeaf}.
    function hashLeaf(uint256 position, bytes calldata data) external pure returns (bytes32) {
        return StorageTrees.hashLeaf(position, data);
    }

    /// @notice See {StorageTrees.hashInner}.
    function hashInner(bytes32 left, bytes32 right) external pure returns (bytes32) {
        return StorageTrees.hashInner(left, right);
    }

    /// @notice The gas of `count` inner nodes, hashed as {StorageTrees.hashInner} does or as plain Solidity does.
    function costOf(uint256 count, bool plain) external view returns (uint256 gas) {
        bytes32 node = bytes32(0);
        gas = gasleft();
        for (uint256 i = 0; i < count; ++i) {
            node = plain ? keccak256(abi.encodePacked(bytes1(0x01), node, bytes32(i))) : StorageTrees.hashInner(node, bytes32(i));
        }
        gas -= gasleft();
        // The optimizer would remove a result that is never read.
        assert(node != bytes32(0));
    }
}
