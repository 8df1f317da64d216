// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Validators} from "../libraries/Validators.sol";
import {Agreement} from "../types/Agreement.sol";
import {NodeService} from "../types/NodeService.sol";
import {Office} from "../types/Office.sol";
import {PendingValidator} from "../types/PendingValidator.sol";
import {StoredTerms} from "../types/StoredTerms.sol";

/// @title ValidatorsHarness
/// @notice For tests: opens {Validators}, over terms and an agreement of its own.
contract ValidatorsHarness {
    using Validators for PendingValidator;
    using Validators for StoredTerms;

    StoredTerms private _terms;
    Agreement private _agreement;
    PendingValidator private _pending;
    mapping(uint256 office => Office) private _former;

    /// @notice Puts terms and an agreement in place.
    function store(StoredTerms calldata terms, Agreement calldata agreement) external {
        (_terms, _agreement) = (terms, agreement);
    }

    /// @notice See {Validators.offer}.
    function offer(address validator) external returns (uint40) {
        return _pending.offer(_terms, validator);
    }

    /// @notice See {Validators.takeOffice}.
    function takeOffice(address previous, address validator) external {
        _terms.takeOffice(_former, previous, validator);
    }

    /// @notice The terms and the announcement as they are stored.
    function stored() external view returns (StoredTerms memory, PendingValidator memory) {
        return (_terms, _pending);
    }

    /// @notice See {Validators.officeOf}.
    function officeOf(NodeService calldata service) external view returns (uint16) {
        return _terms.officeOf(_agreement, service);
    }

    /// @notice See {Validators.holderOf}.
    function holderOf(uint16 office) external view returns (address validator, uint40 since) {
        return _terms.holderOf(_former, office);
    }
}
