// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title StorageTrees
/// @notice Checks that a leaf is at a position of a Merkle tree whose number of leaves is known.
/// @dev The tree has the shape of RFC 9162: on every level nodes are paired from the left, and a last one without a partner goes up as it
/// is. Nothing is padded, so a number of leaves has one shape. A leaf hashes its position with its data, and leaves and inner nodes hash
/// in different domains: a leaf cannot be shown elsewhere, nor an inner node as a leaf.
///
///     leaf  = keccak256(0x00 ++ position (8 bytes, big-endian) ++ data)
///     inner = keccak256(0x01 ++ left ++ right)
library StorageTrees {
    /// @notice Whether the leaf at `position` of the tree holds `data`.
    /// @param leafCount How many leaves the tree has.
    /// @param position Counted from 0, below `leafCount`.
    /// @param path The partners on the way from the leaf to the root.
    function holds(
        bytes32 root,
        uint256 leafCount,
        uint256 position,
        bytes calldata data,
        bytes32[] calldata path
    ) internal pure returns (bool) {
        bytes32 node = hashLeaf(position, data);
        uint256 used = 0;
        // `position` is below `width` on every level; `used` is at most the number of levels.
        unchecked {
            for (uint256 width = leafCount; width > 1; width = (width + 1) / 2) {
                bool isRight = position % 2 == 1;
                if (isRight || position + 1 < width) {
                    if (used == path.length) return false;
                    bytes32 partner = path[used++];
                    node = isRight ? hashInner(partner, node) : hashInner(node, partner);
                }
                position /= 2;
            }
        }
        return used == path.length && node == root;
    }

    /// @notice The hash of a leaf.
    function hashLeaf(uint256 position, bytes calldata data) internal pure returns (bytes32) {
        // Positions have 64 bits.
        return keccak256(abi.encodePacked(bytes1(0x00), uint64(position), data));
    }

    /// @notice The hash of an inner node.
    function hashInner(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // keccak256(abi.encodePacked(bytes1(0x01), left, right)), in memory after the free pointer, so that a walk allocates none.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 0x01)
            mstore(add(free, 0x01), left)
            mstore(add(free, 0x21), right)
            node := keccak256(free, 0x41)
        }
    }
}
