// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessRights} from "../libraries/AccessRights.sol";
import {Gates} from "../libraries/Gates.sol";
import {AccessState, Gate, Grant, KeyEpochState, WrappedKey} from "../types/AccessState.sol";
import {BucketId} from "../types/Ids.sol";

/// @title AccessRightsHarness
/// @notice For tests: opens {AccessRights}, {KeyEpochs} and {Gates}, over one tenure's sharing and one bucket's key epochs.
contract AccessRightsHarness {
    AccessState private _sharing;
    KeyEpochState private _epochs;

    /// @notice See {AccessRights.grant}.
    function grant(address account, uint8 rights, uint40 until) external {
        _sharing.grant(account, rights, until);
    }

    /// @notice See {Gates.gateOf} and {AccessRights.setGates}.
    function setGates(uint8 rights, address token, uint256 id, uint256 minimum, uint256 gateGas) external returns (bool replaced) {
        return _sharing.setGates(rights, Gates.gateOf(token, id, minimum, msg.sender, gateGas));
    }

    /// @notice See {AccessRights.publish}.
    function publish(BucketId bucketId, uint32 epoch, uint32 code, address[] calldata readers, bytes[] calldata wrapped) external {
        _sharing.publish(bucketId, epoch, code, readers, wrapped);
    }

    /// @notice See {KeyEpochs.leave}.
    function leave(BucketId bucketId, uint32 tenure) external {
        _epochs.leave(bucketId, tenure);
    }

    /// @notice See {KeyEpochs.enter}.
    function enter(BucketId bucketId, uint32 tenure, uint32 epoch) external {
        _epochs.enter(bucketId, tenure, epoch);
    }

    /// @notice See {KeyEpochs.setPublic}.
    function setPublic(uint32 tenure, bool isPublic) external returns (bool wasPublic) {
        return _epochs.setPublic(tenure, isPublic);
    }

    /// @notice See {AccessRights.allows}.
    function allows(uint32 tenure, address account, uint8 right, uint256 gateGas) external view returns (bool) {
        return _sharing.allows(_epochs, tenure, account, right, gateGas);
    }

    /// @notice The grant of an account.
    function grantOf(address account) external view returns (Grant memory) {
        return _sharing.grants[account];
    }

    /// @notice The gate of a right.
    function gateOf(uint8 right) external view returns (Gate memory) {
        return _sharing.gates[right];
    }

    /// @notice Where a reader's key is.
    function keyOf(address reader) external view returns (WrappedKey memory) {
        return _sharing.keys[reader];
    }

    /// @notice See {KeyEpochs.current}, {KeyEpochs.hasKeys} and {KeyEpochs.isPublicIn}.
    function epochsIn(uint32 tenure) external view returns (uint32 current, bool hasKeys, bool isPublic) {
        return (_epochs.current(tenure), _epochs.hasKeys(tenure), _epochs.isPublicIn(tenure));
    }

    /// @notice See {AccessRights.join}.
    function join(address[] calldata readers, bytes[] calldata wrapped) external pure returns (bytes memory) {
        return AccessRights.join(readers, wrapped);
    }

    /// @notice See {AccessRights.requireRights}.
    function requireRights(uint8 rights) external pure {
        AccessRights.requireRights(rights);
    }

    /// @notice See {Gates.neededGas}.
    function neededGas(uint256 gateGas) external pure returns (uint256) {
        return Gates.neededGas(gateGas);
    }
}
