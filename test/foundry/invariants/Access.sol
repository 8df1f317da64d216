// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBucketAccess} from "../../../contracts/interfaces/IBucketAccess.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {BucketId} from "../../../contracts/types/Ids.sol";
import {Sharings} from "../base/Sharings.sol";
import {Picture} from "./Picture.sol";

/// @dev What engines read.
abstract contract Access is Sharings, Picture {
    function accessIsAsTheOwnerSaid(Now memory now_) internal view {
        for (uint256 i = 0; i < now_.buckets.length; ++i) {
            IBucketRegistry.BucketStatus memory bucket = now_.buckets[i];
            bool funded = bucket.resource != 0 && (bucket.ratePerMonth == 0 || bucket.coveredUntil > block.timestamp);
            IBucketAccess.AccessAnswer[] memory answers = buckets.canAccessMany(_questions(bucket.bucketId));
            for (uint256 j = 0; j < answers.length; ++j) {
                bool allowed = _may(bucket, people[j / 3], uint8(1 + (j % 3)));
                _require(answers[j].allowed == allowed, "accessIsAsTheOwnerSaid", "somebody may what the owner did not say");
                _require(answers[j].funded == funded, "accessIsAsTheOwnerSaid", "whether a bucket is paid for");
            }
        }
    }

    function keysAreAsPublished(Now memory now_) internal view {
        for (uint256 i = 0; i < now_.buckets.length; ++i) {
            BucketId bucketId = now_.buckets[i].bucketId;
            IBucketAccess.AccessStatus memory status = buckets.getAccess(bucketId);
            bool exact = status.epoch == _epoch[bucketId].number && status.hasKeys == _epoch[bucketId].hasKeys;
            _require(exact, "keysAreAsPublished", "an epoch");
            for (uint256 j = 0; j < PEOPLE; ++j) {
                Guest storage guest = _sharing[bucketId].guests[people[j]];
                (uint32 epoch, bytes memory key) = buckets.keyOf(bucketId, people[j]);
                bool same = keccak256(key) == keccak256(guest.key) && epoch == guest.keyEpoch;
                _require(same, "keysAreAsPublished", "somebody has another key than was published");
            }
        }
    }

    /// @dev Everybody with every combination of rights.
    function _questions(BucketId bucketId) private view returns (IBucketAccess.AccessQuery[] memory queries) {
        queries = new IBucketAccess.AccessQuery[](3 * PEOPLE);
        for (uint256 i = 0; i < queries.length; ++i) {
            queries[i] = IBucketAccess.AccessQuery({bucketId: bucketId, account: people[i / 3], right: uint8(1 + (i % 3))});
        }
    }

    function _may(IBucketRegistry.BucketStatus memory bucket, address person, uint8 rights) private view returns (bool) {
        if (person == bucket.owner) return true;
        Sharing storage sharing = _sharing[bucket.bucketId];
        Guest storage guest = sharing.guests[person];
        bool mayRead = sharing.isPublic || block.timestamp < guest.readUntil || _holds(sharing.doors[READ], person);
        bool mayWrite = block.timestamp < guest.writeUntil || _holds(sharing.doors[WRITE], person);
        return (rights & READ == 0 || mayRead) && (rights & WRITE == 0 || mayWrite);
    }

    /// @dev None of the tokens has ids: a gate for one opens to nobody.
    function _holds(Door storage door, address person) private view returns (bool) {
        return !door.token.isNative() && door.id == 0 && door.token.heldBy(person) >= door.minimum;
    }
}
