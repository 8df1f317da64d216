// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBucketAccess} from "../../../contracts/interfaces/IBucketAccess.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId} from "../../../contracts/types/Ids.sol";
import {Calls} from "./Calls.sol";

/// @dev Who may do what with buckets, in the books of somebody who writes down what owners do, and throws all of a bucket away when it
/// changes hands.
abstract contract Sharings is Calls {
    struct Door {
        Currency token;
        uint256 id;
        uint256 minimum;
    }

    struct Guest {
        uint256 readUntil;
        uint256 writeUntil;
        uint32 keyEpoch;
        bytes key;
    }

    struct Sharing {
        bool isPublic;
        Door[3] doors;
        mapping(address person => Guest) guests;
    }

    struct Epoch {
        uint32 number;
        bool hasKeys;
    }

    uint8 internal constant READ = 1;
    uint8 internal constant WRITE = 2;

    mapping(BucketId bucketId => Sharing) internal _sharing;
    /// @dev Epochs go on from owner to owner.
    mapping(BucketId bucketId => Epoch) internal _epoch;

    /// @dev Something that could be kept was taken from somebody.
    function _noteTaken(BucketId bucketId) internal {
        if (_epoch[bucketId].hasKeys) _epoch[bucketId] = Epoch({number: _epoch[bucketId].number + 1, hasKeys: false});
    }

    /// @dev A bucket has another owner, who has shared nothing.
    function _noteOwner(BucketId bucketId, address owner) internal {
        Sharing storage sharing = _sharing[bucketId];
        sharing.isPublic = false;
        for (uint8 right = READ; right <= WRITE; ++right) delete sharing.doors[right];
        for (uint256 i = 0; i < PEOPLE; ++i) delete sharing.guests[people[i]];
        _epoch[bucketId] = Epoch({number: _epoch[bucketId].number + 1, hasKeys: false});
        _requireUnshared(bucketId, owner);
    }

    /// @dev Reads every place in which something could be left.
    function _requireUnshared(BucketId bucketId, address owner) private {
        IBucketAccess.AccessStatus memory status = buckets.getAccess(bucketId);
        bool closed = !status.isPublic && status.readGate.token == address(0) && status.writeGate.token == address(0);
        _expect(closed && !status.hasKeys, "nothingOutlivesAnOwner", "publicity, a gate or the keys of an epoch");
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address person = people[i];
            (uint256 readUntil, uint256 writeUntil) = buckets.grantOf(bucketId, person);
            (, bytes memory key) = buckets.keyOf(bucketId, person);
            _expect(readUntil == 0 && writeUntil == 0 && key.length == 0, "nothingOutlivesAnOwner", "a grant or a key");
            if (person == owner) continue;
            (bool mayRead, ) = buckets.canAccess(bucketId, person, READ);
            (bool mayWrite, ) = buckets.canAccess(bucketId, person, WRITE);
            _expect(!mayRead && !mayWrite, "nothingOutlivesAnOwner", "a right");
        }
    }
}
