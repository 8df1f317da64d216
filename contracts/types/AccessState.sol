// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessRights} from "../libraries/AccessRights.sol";
import {Gates} from "../libraries/Gates.sol";
import {KeyEpochs} from "../libraries/KeyEpochs.sol";

using Gates for Gate global;
using KeyEpochs for KeyEpochState global;
using AccessRights for AccessState global;

/// @dev Rights are bits.
uint8 constant READ = 1;
uint8 constant WRITE = 2;

/// @notice A token of which an account has to hold enough.
/// @param token The token; zero: there is no gate.
/// @param byId Whether the registry asks the token for the balance of an id, as of an ERC-1155.
/// @param minimum The balance from which on an account passes.
struct Gate {
    address token;
    bool byId;
    uint256 id;
    uint256 minimum;
}

/// @notice Until when an account may read and write (unix seconds, not including that second); 0: it may not.
struct Grant {
    uint40 readUntil;
    uint40 writeUntil;
}

/// @notice Where a wrapped key is: a part of the code of a contract, by its number (see {ItemStore}); 0: there is none.
/// @param start Where the key starts in that code (bytes).
/// @param end Where the key ends.
struct WrappedKey {
    uint32 epoch;
    uint32 code;
    uint16 start;
    uint16 end;
}

/// @notice The grants, gates and keys of the owner of one tenure.
struct AccessState {
    mapping(uint8 right => Gate) gates;
    mapping(address account => Grant) grants;
    mapping(address reader => WrappedKey) keys;
}

/// @notice The key epochs of a bucket, over all its tenures, and whether it is public.
/// @param epochsStarted How many epochs were started, not counting those that came with a new owner.
/// @param lastEpochWithKeys The newest epoch for which keys were published, if `anyKeys`.
/// @param anyKeys Whether keys were ever published for the bucket.
/// @param publicTenure The tenure whose owner made the bucket public, if `isPublic`. A later tenure is not public.
struct KeyEpochState {
    uint32 epochsStarted;
    uint32 lastEpochWithKeys;
    uint32 publicTenure;
    bool anyKeys;
    bool isPublic;
}
