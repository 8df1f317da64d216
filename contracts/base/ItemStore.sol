// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {LibRLP} from "solady/src/utils/LibRLP.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";

import {IParamsErrors} from "../interfaces/ISharedErrors.sol";

/// @title ItemStore
/// @notice Gives the registries of nodes, clusters and buckets their ids, in order from 1, pages of them, and the params of each item.
/// @dev Any `eth_call` can read the params. Up to 31 bytes are in a slot, more are the code of a contract (SSTORE2), which is the cheapest
/// way for each. The address of that contract follows from the number of contracts that this one has created, so an item refers to its
/// params with 32 bits.
abstract contract ItemStore is IParamsErrors, Multicall {
    // ------------------------------------------------------------ types

    /// @param lastId The highest id given so far.
    /// @param lastCode How many contracts this one has created, each of which holds params or other data as its code.
    struct Counters {
        uint32 lastId;
        uint32 lastCode;
    }

    // ------------------------------------------------------------ constants

    uint256 private constant MAX_PARAMS = 24_000;
    uint256 private constant MAX_SHORT_PARAMS = 31;

    /// @dev The reference to params in a slot. Other references are the numbers of contracts, from 1; 0: no params.
    uint32 private constant IN_SLOT = type(uint32).max;

    // ------------------------------------------------------------ storage

    Counters private _counters;
    mapping(uint32 id => bytes32) private _shortParams;

    // ------------------------------------------------------------ internal

    /// @dev Gives the next id, and stores the item's params.
    function _newItem(string calldata params) internal returns (uint32 id, uint32 ref) {
        Counters memory counters = _counters;
        id = ++counters.lastId;
        ref = _keepParams(id, params, counters);
        _counters = counters;
    }

    /// @dev Stores new params for an item. The old params stay in the chain's history, and no view returns them.
    function _replaceParams(uint32 id, uint32 oldRef, string calldata params) internal returns (uint32 ref) {
        _forgetParams(id, oldRef);
        Counters memory counters = _counters;
        ref = _keepParams(id, params, counters);
        _counters = counters;
    }

    /// @dev Clears the slot of params that are in one.
    function _forgetParams(uint32 id, uint32 ref) internal {
        if (ref == IN_SLOT) delete _shortParams[id];
    }

    function _paramsOf(uint32 id, uint32 ref) internal view returns (string memory) {
        if (ref == 0) return "";
        if (ref == IN_SLOT) return LibString.unpackOne(_shortParams[id]);
        return string(SSTORE2.read(_contractOf(ref)));
    }

    /// @dev Stores data as the code of a new contract, and returns the number of that contract.
    function _storeBlob(bytes memory data) internal returns (uint32 ref) {
        SSTORE2.write(data);
        ref = ++_counters.lastCode;
    }

    /// @dev A part of the data that {_storeBlob} stored in a contract.
    function _codeOf(uint32 ref, uint256 start, uint256 end) internal view returns (bytes memory) {
        return SSTORE2.read(_contractOf(ref), start, end);
    }

    /// @dev The ids of the items on a page that exist and belong to `owner` (zero: to any), and the highest id given so far.
    function _page(uint32 offset, uint32 limit, address owner) internal view returns (uint256[] memory ids, uint256 lastId) {
        lastId = _counters.lastId;
        uint256 first = Math.max(offset, 1);
        uint256 count = Math.saturatingSub(Math.min(uint256(offset) + limit, lastId + 1), first);
        ids = new uint256[](count);
        uint256 found = 0;
        // Ids have 32 bits, and at most as many are found as the page has.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                address itemOwner = _ownerOf(uint32(first + i));
                if (itemOwner != address(0) && (owner == address(0) || itemOwner == owner)) ids[found++] = first + i;
            }
        }
        // Shortens the array in place. Solidity can only copy it.
        assembly ("memory-safe") {
            mstore(ids, found)
        }
    }

    /// @dev The owner of an item; zero: there is no such item.
    function _ownerOf(uint32 id) internal view virtual returns (address);

    /// @dev A contract's first creation has the nonce 1 (EIP-161), and the registries create no other contracts.
    function _contractOf(uint32 ref) private view returns (address) {
        return LibRLP.computeAddress(address(this), ref);
    }

    function _keepParams(uint32 id, string calldata params, Counters memory counters) private returns (uint32) {
        uint256 length = bytes(params).length;
        if (length == 0) return 0;
        if (length <= MAX_SHORT_PARAMS) {
            _shortParams[id] = LibString.packOne(params);
            return IN_SLOT;
        }
        require(length <= MAX_PARAMS, ParamsTooLong(length, MAX_PARAMS));
        SSTORE2.write(bytes(params));
        return ++counters.lastCode;
    }
}
