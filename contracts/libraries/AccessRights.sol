// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";

import {IBucketAccess} from "../interfaces/IBucketAccess.sol";
import {IAccountErrors} from "../interfaces/ISharedErrors.sol";
import {AccessState, Gate, Grant, KeyEpochState, READ, WRITE, WrappedKey} from "../types/AccessState.sol";
import {BucketId} from "../types/Ids.sol";

/// @title AccessRights
/// @notice Keeps what the owner of one tenure shares: grants, gates and wrapped keys.
library AccessRights {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;
    using SafeCast for uint256;

    uint40 private constant NO_END = type(uint40).max;

    /// @dev ECIES on secp256k1 makes 82 bytes of a key of 32 bytes, or 129 with an uncompressed point and a nonce.
    uint256 private constant MAX_KEY = 256;
    /// @dev The code of a contract can hold so much (EIP-170), and a transaction can pay for it.
    uint256 private constant MAX_KEYS = 24_000;

    /// @notice Grants rights to an account, beside those that it has.
    /// @param until When the rights end (unix seconds); 0: they do not.
    function grant(AccessState storage self, address account, uint8 rights, uint40 until) internal {
        require(account != address(0), IAccountErrors.AccountZero());
        uint40 end = until == 0 ? NO_END : until;
        Grant storage granted = self.grants[account];
        (uint40 readUntil, uint40 writeUntil) = (granted.readUntil, granted.writeUntil);
        if (rights & READ != 0) readUntil = end;
        if (rights & WRITE != 0) writeUntil = end;
        (granted.readUntil, granted.writeUntil) = (readUntil, writeUntil);
    }

    /// @notice Sets the gates of rights.
    /// @return replaced Whether one of these rights had a gate before.
    function setGates(AccessState storage self, uint8 rights, Gate memory gate) internal returns (bool replaced) {
        for (uint8 right = READ; right <= WRITE; ++right) {
            if (rights & right == 0) continue;
            if (self.gates[right].token != address(0)) replaced = true;
            self.gates[right] = gate;
        }
    }

    /// @notice Notes where each reader's wrapped key is, and tells it.
    /// @param code The number of the contract whose code is all keys, see {join}.
    function publish(
        AccessState storage self,
        BucketId bucketId,
        uint32 epoch,
        uint32 code,
        address[] calldata readers,
        bytes[] calldata wrapped
    ) internal {
        uint16 start = 0;
        for (uint256 i = 0; i < readers.length; ++i) {
            WrappedKey storage key = self.keys[readers[i]];
            // The caller is the owner.
            if (readers[i] == msg.sender) require(key.code == 0 || key.epoch != epoch, IBucketAccess.KeyEpochTaken(bucketId, epoch));
            uint16 end = (start + wrapped[i].length).toUint16();
            (key.epoch, key.code, key.start, key.end) = (epoch, code, start, end);
            start = end;
            emit IBucketAccess.KeyPublished(bucketId, readers[i], epoch, wrapped[i]);
        }
    }

    /// @notice Whether an account may do something: by a grant, by a gate or, for reading, because the bucket is public.
    /// @param account The account; zero: anyone, who may read what is public.
    /// @param right 1 reading, 2 writing, 3 both.
    /// @param gateGas The gas with which a token is asked.
    function allows(
        AccessState storage self,
        KeyEpochState storage epochs,
        uint32 tenure,
        address account,
        uint8 right,
        uint256 gateGas
    ) internal view returns (bool) {
        if (right & READ != 0 && !epochs.isPublicIn(tenure) && !_mayRead(self, account, gateGas)) return false;
        return right & WRITE == 0 || _mayWrite(self, account, gateGas);
    }

    /// @notice Requires that there are such rights.
    function requireRights(uint8 rights) internal pure {
        require(rights != 0 && rights <= READ | WRITE, IBucketAccess.RightsInvalid(rights));
    }

    /// @notice All wrapped keys, one after the other.
    function join(address[] calldata readers, bytes[] calldata wrapped) internal pure returns (bytes memory) {
        DynamicBufferLib.DynamicBuffer memory buffer;
        for (uint256 i = 0; i < readers.length; ++i) {
            uint256 length = wrapped[i].length;
            require(readers[i] != address(0), IAccountErrors.AccountZero());
            require(length != 0 && length <= MAX_KEY, IBucketAccess.KeyLengthInvalid(readers[i], length, MAX_KEY));
            buffer.p(wrapped[i]);
        }
        require(buffer.data.length <= MAX_KEYS, IBucketAccess.KeysTooLong(buffer.data.length, MAX_KEYS));
        return buffer.data;
    }

    function _mayRead(AccessState storage self, address account, uint256 gateGas) private view returns (bool) {
        if (account == address(0)) return false;
        return block.timestamp < self.grants[account].readUntil || self.gates[READ].isOpenTo(account, gateGas);
    }

    function _mayWrite(AccessState storage self, address account, uint256 gateGas) private view returns (bool) {
        if (account == address(0)) return false;
        return block.timestamp < self.grants[account].writeUntil || self.gates[WRITE].isOpenTo(account, gateGas);
    }
}
