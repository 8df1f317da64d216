// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BucketId} from "../types/Ids.sol";
import {IAccountErrors} from "./ISharedErrors.sol";

/// @title IBucketAccess
/// @notice Keeps the accounts that may use a bucket, and the readers for whom its data keys are wrapped.
/// @dev Rights are bits: 1 reading, 2 writing, 3 both. Each of these gives a right: to own the bucket (every right); a grant of the right;
/// for reading, that the bucket is public; a balance of the token that gates the right. A new owner starts with none of these: grants,
/// gates, public access and keys of the old owner are void at once.
///
/// The events tell all of it, in their order. A bucket begins with nothing, in epoch 0 and without keys ({IBucketRegistry-BucketCreated}).
/// {AccessGranted} and {AccessRevoked} change {grantOf}. {PublicAccessChanged} and {GateChanged} change {getAccess}. {KeyEpochStarted}
/// sets the epoch, which has no keys. {KeyPublished} sets {keyOf}, and the bucket's epoch has keys. {IBucketRegistry-BucketAccepted} voids
/// everything and adds one to the epoch. {IBucketRegistry-BucketClosed} ends it all. Time ends a grant without an event.
interface IBucketAccess is IAccountErrors {
    /// @notice A gate, which accounts pass that hold enough of a token.
    /// @param token The token; zero: there is no gate.
    /// @param byId Whether the registry asks the token for the balance of one id, as of an ERC-1155, or (ERC-20, ERC-721) for the balance.
    /// @param id The id.
    /// @param minimum The balance from which on an account passes, in the token's base units (ERC-721: in tokens).
    struct GateStatus {
        address token;
        bool byId;
        uint256 id;
        uint256 minimum;
    }

    /// @notice The access to a bucket beside ownership and grants.
    /// @param isPublic Whether everyone may read.
    /// @param epoch The key epoch, the one to publish keys for. A bucket begins in epoch 0.
    /// @param hasKeys Whether keys were published for that epoch. Without keys the epoch has no data key yet.
    struct AccessStatus {
        bool isPublic;
        uint32 epoch;
        bool hasKeys;
        GateStatus readGate;
        GateStatus writeGate;
    }

    /// @notice A question to {canAccessMany}, with the arguments of {canAccess}.
    struct AccessQuery {
        BucketId bucketId;
        address account;
        uint8 right;
    }

    /// @notice An answer of {canAccessMany}, with the values that {canAccess} returns.
    struct AccessAnswer {
        bool allowed;
        bool funded;
    }

    /// @notice The owner granted an account rights, beside those that it has.
    /// @param rights 1 reading, 2 writing, 3 both.
    /// @param until When these rights end (unix seconds); 0: they do not. It replaces the end that the same rights had before.
    event AccessGranted(BucketId indexed bucketId, address indexed account, uint8 rights, uint40 until);
    /// @notice The owner revoked all rights that an account was granted.
    event AccessRevoked(BucketId indexed bucketId, address indexed account);
    /// @notice The owner made a bucket public, so that everyone may read, or private.
    event PublicAccessChanged(BucketId indexed bucketId, bool isPublic);
    /// @notice The owner set the gates of rights, in place of those that these rights had.
    /// @param token The token; zero: the gates are gone.
    /// @param rights 1 reading, 2 writing, 3 each of them.
    /// @param byId Whether the balance of one id counts, as of an ERC-1155.
    /// @param id The id.
    /// @param minimum The balance from which on an account passes, in the token's base units (ERC-721: in tokens).
    event GateChanged(BucketId indexed bucketId, address indexed token, uint8 rights, bool byId, uint256 id, uint256 minimum);
    /// @notice A key epoch started: new data is encrypted with another key. A revocation starts one, or the owner does.
    /// @param epoch The epoch, which has no keys yet.
    event KeyEpochStarted(BucketId indexed bucketId, uint32 epoch);
    /// @notice The owner published the data key of an epoch, wrapped for a reader. It replaces the reader's key of an earlier epoch.
    /// @param wrapped The wrapped key; see the format of key envelopes.
    event KeyPublished(BucketId indexed bucketId, address indexed reader, uint32 indexed epoch, bytes wrapped);

    /// @notice Rights are 1 (reading), 2 (writing) or 3 (both).
    error RightsInvalid(uint256 rights);
    /// @notice The end of a grant has passed already (unix seconds).
    error GrantEnded(uint256 until, uint256 timestamp);
    /// @notice A list of accounts has at least one.
    error AccountsMissing();
    /// @notice A gate with a minimum of zero would be open to everyone.
    error GateMinimumZero(address token);
    /// @notice The registry asks a token with {GATE_GAS} gas, and less was left. The token's answer is unknown.
    error GateGasTooLow(uint256 available, uint256 needed);
    /// @notice The token did not answer the gate's question about the owner with a word, within so much gas. Its gate could never open.
    /// @param byId Whether the question was `balanceOf(account, id)`, as for an ERC-1155, or `balanceOf(account)`.
    error GateTokenUnanswered(address token, bool byId, uint256 gas);
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
    /// @dev Granting a right again moves its end, also to an earlier time. The end of a grant starts no key epoch. Revoke the grant, or
    /// publish keys for the next epoch, to keep later data from former readers.
    /// @param accounts The accounts. Naming one twice changes nothing.
    /// @param rights 1 reading, 2 writing, 3 both.
    /// @param until When the rights end: the first second without them (unix seconds); 0: no end.
    function grantAccess(BucketId bucketId, address[] calldata accounts, uint8 rights, uint40 until) external;

    /// @notice Revokes all rights that accounts were granted, and starts a key epoch if the current one has keys. For the owner.
    /// @dev Public access, and the gates of tokens that these accounts hold, stay open to them.
    function revokeAccess(BucketId bucketId, address[] calldata accounts) external;

    /// @notice Makes a bucket public, so that everyone may read, or private. For the owner.
    /// @dev Making a public bucket private starts a key epoch if the current one has keys.
    function setPublic(BucketId bucketId, bool isPublic) external;

    /// @notice Gates a right by a token: accounts that hold enough of it have the right. For the owner.
    /// @dev There is one gate for reading and one for writing. A gate replaces the one before, which starts a key epoch if the current one
    /// has keys. The gate asks `balanceOf(account, id)` if the token says by ERC-165, now, that it is an ERC-1155, or if the id is not
    /// zero. Otherwise it asks `balanceOf(account)`, which ERC-20 and ERC-721 have in common.
    ///
    /// The registry asks the question about the owner at once, with {GATE_GAS} gas, and refuses a token that does not answer with a word:
    /// an address without code, a token that needs more gas, an ERC-721 with an id.
    ///
    /// Warning: the registry checks nothing else of the token. The token decides which accounts pass, and may cease to answer later; then
    /// no account passes.
    /// @param right 1 reading, 2 writing, 3 each of them.
    /// @param token The token; zero removes the gate, whatever the id and the minimum.
    /// @param id The id of an ERC-1155; 0 for other tokens.
    /// @param minimum The balance from which on an account passes, above zero, in the token's base units (ERC-721: in tokens).
    function setGate(BucketId bucketId, uint8 right, address token, uint256 id, uint256 minimum) external;

    /// @notice Publishes a data key, wrapped for each of its readers. For the owner.
    /// @dev Each of these starts an epoch, if the one before has keys: a revocation, replacing a gate, making a public bucket private. A
    /// new owner always starts one, and so does publishing for the next epoch. A reader's key replaces the reader's key before. The
    /// owner's own key is published once in an epoch: if each device of an owner includes the owner, the registry refuses the second of
    /// two devices that begin an epoch, and the devices cannot disagree on the key.
    /// @param epoch The bucket's epoch, or the next.
    /// @param readers The readers. The registry does not check that they may read.
    /// @param wrapped The key wrapped for each of them: 1 to 256 bytes each, at most 24,000 bytes together.
    function publishKeys(BucketId bucketId, uint32 epoch, address[] calldata readers, bytes[] calldata wrapped) external;

    /// @notice Whether an account may do something with a bucket now, and whether the bucket is paid for. An unknown bucket gives two
    /// noes.
    /// @dev The registry asks a token with {GATE_GAS} gas. A token that does not answer with 32 bytes counts as a balance of zero. The
    /// call reverts with {GateGasTooLow} unless {GATE_GAS} and a tenth of it are left for each question, so no caller can turn a yes into
    /// a no.
    /// @param account The account; zero: anyone, who may read what is public.
    /// @param right 1 reading, 2 writing, 3 both of them.
    /// @return allowed Whether the account may.
    /// @return funded Whether the bucket holds resource, and its owner's account covers what it pays: `coveredUntil` of
    /// {IBucketRegistry-getBucket} is later than now.
    function canAccess(BucketId bucketId, address account, uint8 right) external view returns (bool allowed, bool funded);

    /// @notice Answers many questions, about any buckets, as {canAccess} does.
    /// @dev No token can change the answers about other buckets, but tokens can use gas: up to {GATE_GAS} for each right of a question.
    /// Three times {GATE_GAS} cover any question, so a call with `3 x GATE_GAS x queries.length` gas and 50,000 for the call itself never
    /// fails for lack of gas. With 16.7 million gas and a {GATE_GAS} of 100,000 these are 55 questions. Split longer lists: a call
    /// without enough gas reverts as a whole.
    function canAccessMany(AccessQuery[] calldata queries) external view returns (AccessAnswer[] memory answers);

    /// @notice The access to a bucket beside ownership and grants. Reverts for an unknown bucket.
    function getAccess(BucketId bucketId) external view returns (AccessStatus memory);

    /// @notice The rights that the owner granted to an account. Reverts for an unknown bucket.
    /// @return readUntil When the right to read ends (unix seconds); 0: it is not granted; the largest value: no end.
    /// @return writeUntil When the right to write ends, in the same way.
    function grantOf(BucketId bucketId, address account) external view returns (uint40 readUntil, uint40 writeUntil);

    /// @notice The newest data key that is wrapped for a reader. Reverts for an unknown bucket.
    /// @return epoch Its epoch, which can be earlier than the bucket's.
    /// @return wrapped The wrapped key; empty: there is none.
    function keyOf(BucketId bucketId, address reader) external view returns (uint32 epoch, bytes memory wrapped);

    /// @notice The gas with which the registry asks a token, fixed per network at deployment: 100,000 where gas is Ethereum's.
    function GATE_GAS() external view returns (uint256);
}
