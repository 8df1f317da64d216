// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BucketId} from "../types/Ids.sol";

/// @title IBucketAccess
/// @notice Keeps who may do what with a bucket, and for whom its data keys are wrapped.
/// @dev Rights are bits: 1 reading, 2 writing, 3 both. There are several ways in, and any of them is enough: to own the bucket (every
/// right); to be granted a right; for reading, that the bucket is public; to hold a token that gates the right. A new owner starts with
/// none of these: grants, gates, publicity and keys of the owner before are void at once.
///
/// Whoever follows the events knows all of it: {AccessGranted} and {AccessRevoked} for accounts, {PublicAccessChanged}, {GateChanged},
/// {KeyEpochStarted} and {KeyPublished}; {IBucketRegistry-BucketAccepted} voids everything and starts the next epoch;
/// {IBucketRegistry-BucketClosed} ends it all. Time ends a grant without an event.
interface IBucketAccess {
    /// @notice What holders of a token may pass.
    /// @param token The token; zero: there is no gate.
    /// @param byId Whether the token is asked for the balance of one id, as ERC-1155 has them, or (ERC-20, ERC-721) for the balance.
    /// @param id Which id.
    /// @param minimum From which balance on, in the token's base units (ERC-721: in tokens).
    struct GateStatus {
        address token;
        bool byId;
        uint256 id;
        uint256 minimum;
    }

    /// @notice Who may do what with a bucket, beside the accounts that were granted something.
    /// @param isPublic Whether everyone may read.
    /// @param epoch The key epoch, the one to publish keys for. A bucket begins in epoch 0.
    /// @param hasKeys Whether keys were published for it: if not, it has no data key yet.
    struct AccessStatus {
        bool isPublic;
        uint32 epoch;
        bool hasKeys;
        GateStatus readGate;
        GateStatus writeGate;
    }

    /// @notice A question to {canAccessMany}, as to {canAccess}.
    struct AccessQuery {
        BucketId bucketId;
        address account;
        uint8 right;
    }

    /// @notice Its answer.
    struct AccessAnswer {
        bool allowed;
        bool funded;
    }

    /// @notice An account is granted rights, beside those that it has.
    /// @param rights 1 reading, 2 writing, 3 both.
    /// @param until When these rights end (unix seconds); 0: they do not. It replaces what was said before of the same rights.
    event AccessGranted(BucketId indexed bucketId, address indexed account, uint8 rights, uint40 until);
    /// @notice All that an account was granted is taken back.
    event AccessRevoked(BucketId indexed bucketId, address indexed account);
    /// @notice Everyone may read a bucket, or no longer because of that.
    event PublicAccessChanged(BucketId indexed bucketId, bool isPublic);
    /// @notice Holders of a token may do something with a bucket. This replaces the gates that these rights had.
    /// @param rights 1 reading, 2 writing, 3 each of them.
    /// @param token The token; zero: the gates are gone.
    /// @param byId Whether the balance of one id counts.
    event GateChanged(BucketId indexed bucketId, address indexed token, uint8 rights, bool byId, uint256 id, uint256 minimum);
    /// @notice From now on data is encrypted with another key, since somebody may have lost access or because the owner wants it so.
    event KeyEpochStarted(BucketId indexed bucketId, uint32 epoch);
    /// @notice The data key of an epoch is wrapped for a reader.
    /// @param wrapped What the reader unwraps; see the format of key envelopes.
    event KeyPublished(BucketId indexed bucketId, address indexed reader, uint32 indexed epoch, bytes wrapped);

    /// @notice Rights are 1 (reading), 2 (writing) or 3 (both).
    error RightsInvalid(uint256 rights);
    /// @notice The end of a grant has passed already (unix seconds).
    error GrantEnded(uint256 until, uint256 timestamp);
    /// @notice A list of accounts has at least one.
    error AccountsMissing();
    /// @notice Nobody is at the zero address.
    error AccessAccountZero();
    /// @notice A gate that asks for nothing lets everyone in.
    error GateMinimumZero(address token);
    /// @notice A token is asked with 100,000 gas, and less was left: what it would have said is unknown.
    error GateGasTooLow(uint256 available, uint256 needed);
    /// @notice Each reader has one wrapped key.
    error KeyCountMismatch(uint256 readers, uint256 keys);
    /// @notice A wrapped key is empty, or longer than the registry keeps (bytes).
    error KeyLengthInvalid(address reader, uint256 length, uint256 maximum);
    /// @notice The keys of one call are longer than the registry keeps together (bytes).
    error KeysTooLong(uint256 length, uint256 maximum);
    /// @notice Keys are published for the bucket's epoch or the next.
    error KeyEpochInvalid(BucketId bucketId, uint256 epoch, uint256 current);
    /// @notice The epoch has a data key already, which the owner has.
    error KeyEpochTaken(BucketId bucketId, uint256 epoch);

    /// @notice Grants rights to accounts, beside those that they have. For the owner.
    /// @dev Granting a right again moves its end, also to an earlier time. The end of a grant starts no key epoch: revoke it, or publish
    /// keys for the next epoch, to keep the data that follows from who has read so far.
    /// @param accounts To whom. Naming somebody twice changes nothing.
    /// @param rights 1 reading, 2 writing, 3 both.
    /// @param until Up to when, not including that second (unix seconds); 0: no end.
    function grantAccess(BucketId bucketId, address[] calldata accounts, uint8 rights, uint40 until) external;

    /// @notice Takes back all that accounts were granted, and starts a key epoch if the present one has keys. For the owner.
    /// @dev What they may do as anyone may (a public bucket, a token that they hold) they still may.
    function revokeAccess(BucketId bucketId, address[] calldata accounts) external;

    /// @notice Lets everyone read, or no longer, which starts a key epoch if the present one has keys. For the owner.
    function setPublic(BucketId bucketId, bool isPublic) external;

    /// @notice Lets those do something who hold enough of a token. For the owner.
    /// @dev There is one gate for reading and one for writing; the one before is replaced, which starts a key epoch if the present one has
    /// keys. A gate asks
    /// `balanceOf(account, id)` if the token says by ERC-165, now, that it is an ERC-1155, or if the id is not zero; otherwise it asks
    /// `balanceOf(account)`, which ERC-20 and ERC-721 have in common.
    ///
    /// Warning: nothing else is checked of the token. Who is asked decides who may enter.
    /// @param right 1 reading, 2 writing, 3 each of them.
    /// @param token The token; zero removes the gate, whatever the id and the minimum.
    /// @param id Which id of an ERC-1155; 0 for the others: a gate by one token of an ERC-721 opens to nobody.
    /// @param minimum From which balance on, above zero, in the token's base units (ERC-721: in tokens).
    function setGate(BucketId bucketId, uint8 right, address token, uint256 id, uint256 minimum) external;

    /// @notice Publishes a data key, wrapped for each of its readers. For the owner.
    /// @dev What loses somebody access (revoking, a gate that is replaced, the end of publicity) starts an epoch, if keys were published
    /// for the one before; so do a new owner, and publishing for the next. A reader's key replaces the one before, but for the owner's
    /// own, which is published once in an epoch: if each of an owner's devices begins an epoch with a key for the owner, the second of
    /// two that do is refused, and they cannot disagree on the key.
    /// @param epoch The bucket's epoch, or the next.
    /// @param readers For whom. Whether they may read is not checked.
    /// @param wrapped The key wrapped for each of them: 1 to 256 bytes each, at most 24,000 in all.
    function publishKeys(BucketId bucketId, uint32 epoch, address[] calldata readers, bytes[] calldata wrapped) external;

    /// @notice Whether an account may do something with a bucket now, and whether the bucket is paid for. There need not be such a bucket.
    /// @dev A token is asked with 100,000 gas, and has to answer with 32 bytes; whatever else it does counts as a balance of zero. The call
    /// needs so much gas that it can be asked, and reverts otherwise: no caller can turn a yes into a no.
    /// @param account Who; zero: anyone, who may read what is public.
    /// @param right 1 reading, 2 writing, 3 both of them.
    /// @return allowed Whether the account may.
    /// @return funded Whether the bucket holds resource, and its owner's account covers what it pays (as `coveredUntil` of
    /// {IBucketRegistry-getBucket} says).
    function canAccess(BucketId bucketId, address account, uint8 right) external view returns (bool allowed, bool funded);

    /// @notice The same for many, of any buckets. No token can spoil the answers about others.
    function canAccessMany(AccessQuery[] calldata queries) external view returns (AccessAnswer[] memory answers);

    /// @notice Who may do what with a bucket, beside the accounts that were granted something. Reverts if there is none.
    function getAccess(BucketId bucketId) external view returns (AccessStatus memory);

    /// @notice What an account was granted, not counting what it may do otherwise.
    /// @return readUntil Until when it may read (unix seconds); 0: it was not granted; the largest value: no end.
    /// @return writeUntil Until when it may write.
    function grantOf(BucketId bucketId, address account) external view returns (uint40 readUntil, uint40 writeUntil);

    /// @notice The newest data key that is wrapped for a reader.
    /// @return epoch Its epoch, which may not be the bucket's any more.
    /// @return wrapped What the reader unwraps; empty: there is none.
    function keyOf(BucketId bucketId, address reader) external view returns (uint32 epoch, bytes memory wrapped);
}
