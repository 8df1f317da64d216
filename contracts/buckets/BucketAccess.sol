// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";

import {IBucketAccess} from "../interfaces/IBucketAccess.sol";
import {IBucketRegistry} from "../interfaces/IBucketRegistry.sol";
import {ItemStore} from "../base/ItemStore.sol";
import {Gate, Gates} from "../libraries/Gates.sol";
import {BucketId} from "../types/Ids.sol";

/// @title BucketAccess
/// @notice Keeps who may do what with a bucket, and for whom its data keys are wrapped.
/// @dev All of it belongs to a *tenure*, the time between a bucket's changes of hands, and is found by its number. So what an owner leaves
/// behind is void when the number goes up, however much it is. Key epochs go on over tenures, so that the epoch which data is labelled with
/// means one key: a bucket's epoch is the number of its tenure plus the number of times that another epoch was started.
abstract contract BucketAccess is IBucketRegistry, ItemStore {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    // ------------------------------------------------------------ types

    /// @dev Until when an account may (unix seconds, not including); 0: it may not.
    struct Grant {
        uint40 readUntil;
        uint40 writeUntil;
    }

    /// @dev Where a wrapped key is: a part of the code of a contract, by its number (see {ItemStore}); 0: there is none.
    struct Key {
        uint32 epoch;
        uint32 code;
        uint16 start;
        uint16 end;
    }

    /// @dev What the owner of a tenure shares.
    struct Sharing {
        mapping(uint8 right => Gate) gates;
        mapping(address account => Grant) grants;
        mapping(address reader => Key) keys;
    }

    /// @param epochsStarted How many epochs were started, not counting those that came with a new owner.
    /// @param epochsWithKeys Keys were published for the epoch before this one, the last that has any; 0: for none.
    /// @param publicTenure The tenure in which the bucket is public, plus one.
    struct KeyEpochState {
        uint32 epochsStarted;
        uint32 epochsWithKeys;
        uint32 publicTenure;
    }

    // ------------------------------------------------------------ constants

    uint8 private constant READ = 1;
    uint8 private constant WRITE = 2;
    uint40 private constant NO_END = type(uint40).max;

    /// @dev ECIES on secp256k1 makes 82 bytes of a key of 32, or 129 with an uncompressed point and a nonce.
    uint256 private constant MAX_KEY = 256;
    /// @dev What contract code can hold (EIP-170), and a transaction can afford.
    uint256 private constant MAX_KEYS = 24_000;

    // ------------------------------------------------------------ storage

    mapping(BucketId bucketId => mapping(uint32 tenure => Sharing)) private _sharings;
    mapping(BucketId bucketId => KeyEpochState) private _keyEpochs;

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IBucketAccess
    function grantAccess(BucketId bucketId, address[] calldata accounts, uint8 rights, uint40 until) external {
        Sharing storage sharing = _sharings[bucketId][_ownTenure(bucketId)];
        _requireRights(rights);
        require(until == 0 || until > block.timestamp, GrantEnded(until, block.timestamp));
        require(accounts.length != 0, AccountsMissing());
        uint40 end = until == 0 ? NO_END : until;
        for (uint256 i = 0; i < accounts.length; ++i) {
            address account = accounts[i];
            require(account != address(0), AccessAccountZero());
            Grant storage grant = sharing.grants[account];
            (uint40 readUntil, uint40 writeUntil) = (grant.readUntil, grant.writeUntil);
            if (rights & READ != 0) readUntil = end;
            if (rights & WRITE != 0) writeUntil = end;
            (grant.readUntil, grant.writeUntil) = (readUntil, writeUntil);
            emit AccessGranted(bucketId, account, rights, until);
        }
    }

    /// @inheritdoc IBucketAccess
    function revokeAccess(BucketId bucketId, address[] calldata accounts) external {
        uint32 tenure = _ownTenure(bucketId);
        Sharing storage sharing = _sharings[bucketId][tenure];
        require(accounts.length != 0, AccountsMissing());
        for (uint256 i = 0; i < accounts.length; ++i) {
            delete sharing.grants[accounts[i]];
            emit AccessRevoked(bucketId, accounts[i]);
        }
        _leaveEpoch(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function setPublic(BucketId bucketId, bool isPublic) external {
        uint32 tenure = _ownTenure(bucketId);
        KeyEpochState storage state = _keyEpochs[bucketId];
        bool wasPublic = state.publicTenure == tenure + 1;
        state.publicTenure = isPublic ? tenure + 1 : 0;
        emit PublicAccessChanged(bucketId, isPublic);
        if (wasPublic && !isPublic) _leaveEpoch(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function setGate(BucketId bucketId, uint8 right, address token, uint256 id, uint256 minimum) external {
        uint32 tenure = _ownTenure(bucketId);
        Sharing storage sharing = _sharings[bucketId][tenure];
        _requireRights(right);
        Gate memory gate = Gates.gateOf(token, id, minimum);
        bool replaced = false;
        for (uint8 one = READ; one <= WRITE; ++one) {
            if (right & one == 0) continue;
            if (sharing.gates[one].token != address(0)) replaced = true;
            sharing.gates[one] = gate;
        }
        emit GateChanged(bucketId, token, right, gate.byId, gate.id, gate.minimum);
        if (replaced) _leaveEpoch(bucketId, tenure);
    }

    /// @inheritdoc IBucketAccess
    function publishKeys(BucketId bucketId, uint32 epoch, address[] calldata readers, bytes[] calldata wrapped) external {
        uint32 tenure = _ownTenure(bucketId);
        require(readers.length != 0, AccountsMissing());
        require(readers.length == wrapped.length, KeyCountMismatch(readers.length, wrapped.length));
        _enterEpoch(bucketId, tenure, epoch);
        mapping(address reader => Key) storage keys = _sharings[bucketId][tenure].keys;
        uint32 code = _storeBlob(_joined(readers, wrapped));
        uint256 start = 0;
        for (uint256 i = 0; i < readers.length; ++i) {
            Key storage kept = keys[readers[i]];
            if (readers[i] == msg.sender) require(kept.code == 0 || kept.epoch != epoch, KeyEpochTaken(bucketId, epoch));
            uint256 end = start + wrapped[i].length;
            // All keys together have at most 24,000 bytes.
            (kept.epoch, kept.code, kept.start, kept.end) = (epoch, code, uint16(start), uint16(end));
            start = end;
            emit KeyPublished(bucketId, readers[i], epoch, wrapped[i]);
        }
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IBucketAccess
    function canAccess(BucketId bucketId, address account, uint8 right) public view returns (bool allowed, bool funded) {
        _requireRights(right);
        (address owner, uint32 tenure) = _holding(bucketId);
        if (owner == address(0)) return (false, false);
        funded = _isFunded(bucketId);
        allowed =
            account == owner ||
            ((right & READ == 0 || _mayRead(bucketId, tenure, account)) && (right & WRITE == 0 || _mayWrite(bucketId, tenure, account)));
    }

    /// @inheritdoc IBucketAccess
    function canAccessMany(AccessQuery[] calldata queries) external view returns (AccessAnswer[] memory answers) {
        answers = new AccessAnswer[](queries.length);
        for (uint256 i = 0; i < queries.length; ++i) {
            AccessQuery calldata query = queries[i];
            (answers[i].allowed, answers[i].funded) = canAccess(query.bucketId, query.account, query.right);
        }
    }

    /// @inheritdoc IBucketAccess
    function getAccess(BucketId bucketId) external view returns (AccessStatus memory status) {
        uint32 tenure = _tenure(bucketId);
        Sharing storage sharing = _sharings[bucketId][tenure];
        KeyEpochState storage state = _keyEpochs[bucketId];
        status.isPublic = state.publicTenure == tenure + 1;
        status.epoch = tenure + state.epochsStarted;
        status.hasKeys = state.epochsWithKeys > status.epoch;
        status.readGate = _gateStatus(sharing.gates[READ]);
        status.writeGate = _gateStatus(sharing.gates[WRITE]);
    }

    /// @inheritdoc IBucketAccess
    function grantOf(BucketId bucketId, address account) external view returns (uint40 readUntil, uint40 writeUntil) {
        Grant storage grant = _sharings[bucketId][_tenure(bucketId)].grants[account];
        return (grant.readUntil, grant.writeUntil);
    }

    /// @inheritdoc IBucketAccess
    function keyOf(BucketId bucketId, address reader) external view returns (uint32 epoch, bytes memory wrapped) {
        Key storage key = _sharings[bucketId][_tenure(bucketId)].keys[reader];
        if (key.code != 0) (epoch, wrapped) = (key.epoch, _codeOf(key.code, key.start, key.end));
    }

    // ------------------------------------------------------------ internal

    /// @dev Who owns a bucket, in which tenure; zero: there is none.
    function _holding(BucketId bucketId) internal view virtual returns (address owner, uint32 tenure);

    /// @dev The tenure of a bucket. Reverts if there is none.
    function _tenure(BucketId bucketId) internal view virtual returns (uint32);

    /// @dev The same, and requires that the caller owns it.
    function _ownTenure(BucketId bucketId) internal view virtual returns (uint32);

    /// @dev Whether a bucket that is there holds something, and its owner's account covers it.
    function _isFunded(BucketId bucketId) internal view virtual returns (bool);

    /// @dev Starts another epoch, unless the present one has no keys that anyone could keep.
    function _leaveEpoch(BucketId bucketId, uint32 tenure) private {
        KeyEpochState storage state = _keyEpochs[bucketId];
        uint32 epoch = tenure + state.epochsStarted;
        if (state.epochsWithKeys <= epoch) return;
        ++state.epochsStarted;
        emit KeyEpochStarted(bucketId, epoch + 1);
    }

    /// @dev Notes that an epoch has keys, the present one or the next, which it starts.
    function _enterEpoch(BucketId bucketId, uint32 tenure, uint32 epoch) private {
        KeyEpochState storage state = _keyEpochs[bucketId];
        uint32 current = tenure + state.epochsStarted;
        require(epoch == current || epoch == current + 1, KeyEpochInvalid(bucketId, epoch, current));
        if (epoch != current) {
            ++state.epochsStarted;
            emit KeyEpochStarted(bucketId, epoch);
        }
        state.epochsWithKeys = epoch + 1;
    }

    function _mayRead(BucketId bucketId, uint32 tenure, address account) private view returns (bool) {
        if (_keyEpochs[bucketId].publicTenure == tenure + 1) return true;
        if (account == address(0)) return false;
        Sharing storage sharing = _sharings[bucketId][tenure];
        return block.timestamp < sharing.grants[account].readUntil || sharing.gates[READ].isOpenTo(account);
    }

    function _mayWrite(BucketId bucketId, uint32 tenure, address account) private view returns (bool) {
        if (account == address(0)) return false;
        Sharing storage sharing = _sharings[bucketId][tenure];
        return block.timestamp < sharing.grants[account].writeUntil || sharing.gates[WRITE].isOpenTo(account);
    }

    /// @dev All wrapped keys, one after the other.
    function _joined(address[] calldata readers, bytes[] calldata wrapped) private pure returns (bytes memory) {
        DynamicBufferLib.DynamicBuffer memory buffer;
        for (uint256 i = 0; i < readers.length; ++i) {
            uint256 length = wrapped[i].length;
            require(readers[i] != address(0), AccessAccountZero());
            require(length != 0 && length <= MAX_KEY, KeyLengthInvalid(readers[i], length, MAX_KEY));
            buffer.p(wrapped[i]);
        }
        require(buffer.data.length <= MAX_KEYS, KeysTooLong(buffer.data.length, MAX_KEYS));
        return buffer.data;
    }

    function _gateStatus(Gate storage gate) private view returns (GateStatus memory) {
        return GateStatus({token: gate.token, byId: gate.byId, id: gate.id, minimum: gate.minimum});
    }

    function _requireRights(uint8 rights) private pure {
        require(rights != 0 && rights <= READ | WRITE, RightsInvalid(rights));
    }
}
