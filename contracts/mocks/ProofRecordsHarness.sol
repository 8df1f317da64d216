// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ProofRecords} from "../libraries/ProofRecords.sol";
import {ProofRecord} from "../types/ProofRecord.sol";

/// @title ProofRecordsHarness
/// @notice For tests: opens {ProofRecords}, over a record of its own.
contract ProofRecordsHarness {
    using ProofRecords for ProofRecord;

    ProofRecord private _record;

    /// @notice Puts a record in place.
    function store(ProofRecord calldata record) external {
        _record = record;
    }

    /// @notice See {ProofRecords.reset}.
    function reset(uint40 leftAt) external {
        _record.reset(leftAt);
    }

    /// @notice See {ProofRecords.clear}.
    function clear() external {
        _record.clear();
    }

    /// @notice See {ProofRecords.countMiss}.
    function countMiss(bool isChallenge) external {
        _record.countMiss(isChallenge);
    }

    /// @notice See {ProofRecords.countAnswer}.
    function countAnswer(uint256 answersPerMiss) external {
        _record.countAnswer(answersPerMiss);
    }

    /// @notice The record as it is stored.
    function stored() external view returns (ProofRecord memory) {
        return _record;
    }

    /// @notice See {ProofRecords.isOfAnotherOffice}.
    function isOfAnotherOffice(uint40 officeSince) external view returns (bool) {
        return _record.isOfAnotherOffice(officeSince);
    }
}
