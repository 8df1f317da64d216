// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IStorageProofs} from "../interfaces/IStorageProofs.sol";

/// @dev A node's record in a cluster. The fields that are not named here are those of {IStorageProofs.ProofStatus}.
/// @param leftAt When the node had last left the cluster as it was last seen to serve, or as the record began. If an agreement of its
/// provider began later, or none is left, all of the record is void.
/// @param officeSince Since when the validator was in office as it last asked something of the node, or counted something against it; if
/// the validator has taken office again since, all of the record but the commitments is void.
struct ProofRecord {
    bytes32 root;
    uint64 leafCount;
    uint40 leftAt;
    uint40 commitmentDue;
    uint32 challenges;
    uint8 misses;
    uint8 answersInRow;
    bool slashDue;
    uint40 officeSince;
    uint8 challengeMisses;
    bytes32 proposedRoot;
    bytes32 challengedRoot;
    uint64 challengedLeafCount;
    uint64 proposedLeafCount;
    uint48 seedBlock;
    uint40 openedAt;
    IStorageProofs.ChallengeState state;
    bytes32 seed;
}
