// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IBucketAccess} from "../../../contracts/interfaces/IBucketAccess.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId} from "../../../contracts/types/Ids.sol";
import {Sharings} from "../base/Sharings.sol";

/// @dev Owners let others use their buckets, and take that back.
abstract contract Sharers is Sharings {
    uint256 private constant FOR_GOOD = type(uint40).max;

    function grantAccess(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _own();
        address[] memory guests = _some();
        uint8 rights = uint8(1 + _below(3));
        uint40 until = uint40(_oneIn(2) ? 0 : block.timestamp + _between(1, 90 days));
        bytes memory data = abi.encodeCall(IBucketAccess.grantAccess, (bucketId, guests, rights, until));
        if (!_act(by, entitled, address(buckets), data)) return;
        for (uint256 i = 0; i < guests.length; ++i) {
            Guest storage guest = _sharing[bucketId].guests[guests[i]];
            if (rights & READ != 0) guest.readUntil = until == 0 ? FOR_GOOD : until;
            if (rights & WRITE != 0) guest.writeUntil = until == 0 ? FOR_GOOD : until;
        }
    }

    function revokeAccess(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _own();
        address[] memory guests = _some();
        if (!_act(by, entitled, address(buckets), abi.encodeCall(IBucketAccess.revokeAccess, (bucketId, guests)))) return;
        for (uint256 i = 0; i < guests.length; ++i) {
            Guest storage guest = _sharing[bucketId].guests[guests[i]];
            (guest.readUntil, guest.writeUntil) = (0, 0);
        }
        _noteTaken(bucketId);
    }

    function setPublic(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _own();
        bool isPublic = _oneIn(2);
        if (!_act(by, entitled, address(buckets), abi.encodeCall(IBucketAccess.setPublic, (bucketId, isPublic)))) return;
        if (_sharing[bucketId].isPublic && !isPublic) _noteTaken(bucketId);
        _sharing[bucketId].isPublic = isPublic;
    }

    /// @dev The native currency stands for no gate.
    function setGate(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _own();
        uint8 rights = uint8(1 + _below(3));
        Door memory door = Door({token: _currency(), id: _oneIn(4) ? 1 : 0, minimum: 0});
        door.minimum = _between(1, door.token.heldBy(_person()) + 1);
        // A token without ids does not answer a question about one.
        entitled = entitled && (door.id == 0 || door.token.isNative());
        bytes memory data = abi.encodeCall(IBucketAccess.setGate, (bucketId, rights, Currency.unwrap(door.token), door.id, door.minimum));
        if (!_act(by, entitled, address(buckets), data)) return;
        bool replaced = false;
        for (uint8 right = READ; right <= WRITE; ++right) {
            if (rights & right == 0) continue;
            if (!_sharing[bucketId].doors[right].token.isNative()) replaced = true;
            _sharing[bucketId].doors[right] = door;
        }
        if (replaced) _noteTaken(bucketId);
    }

    function publishKeys(uint256 seed) external seeded(seed) {
        (BucketId bucketId, address by, bool entitled) = _own();
        address[] memory readers = _some();
        bytes[] memory keys = new bytes[](readers.length);
        for (uint256 i = 0; i < readers.length; ++i) keys[i] = abi.encodePacked(_next(), new bytes(_below(64)));
        uint32 current = _epoch[bucketId].number;
        uint32 epoch = uint32(current + _below(3));
        entitled = entitled && epoch <= current + 1;
        // Each epoch has one key, that which its owner has.
        for (uint256 i = 0; i < readers.length; ++i) {
            Guest storage guest = _sharing[bucketId].guests[readers[i]];
            if (readers[i] == by && guest.key.length != 0 && guest.keyEpoch == epoch) entitled = false;
        }
        bytes memory data = abi.encodeCall(IBucketAccess.publishKeys, (bucketId, epoch, readers, keys));
        if (!_act(by, entitled, address(buckets), data)) return;
        _epoch[bucketId] = Epoch({number: epoch, hasKeys: true});
        for (uint256 i = 0; i < readers.length; ++i) {
            Guest storage guest = _sharing[bucketId].guests[readers[i]];
            (guest.keyEpoch, guest.key) = (epoch, keys[i]);
        }
    }

    // ------------------------------------------------------------ choices

    function _own() private returns (BucketId bucketId, address by, bool entitled) {
        bucketId = _bucket(_anyBucket);
        address owner = buckets.getBucket(bucketId).owner;
        by = _mostly(owner);
        entitled = by == owner;
    }

    /// @dev One person, or two that are not the same.
    function _some() private returns (address[] memory some) {
        uint256 first = _below(PEOPLE);
        some = new address[](1 + _below(2));
        some[0] = people[first];
        if (some.length == 2) some[1] = people[(first + 1 + _below(PEOPLE - 1)) % PEOPLE];
    }
}
