// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Agreement} from "../types/Agreement.sol";
import {NodeService} from "../types/NodeService.sol";
import {Office} from "../types/Office.sol";
import {PendingChange, PendingChanges} from "../types/PendingChange.sol";
import {PendingValidator} from "../types/PendingValidator.sol";
import {StoredTerms} from "../types/StoredTerms.sol";
import {Agreements} from "./Agreements.sol";
import {Casts} from "./Casts.sol";
import {ClusterTerms} from "./ClusterTerms.sol";

/// @title Validators
/// @notice The validators of a cluster: one in office, and one for each node.
/// @dev Offices are numbered from 0. An announced exit stores the number of an office in a slot that it writes anyway. The validator's
/// address would take a slot of its own.
library Validators {
    using Agreements for Agreement;
    using ClusterTerms for StoredTerms;

    // ------------------------------------------------------------ functions that change state

    /// @notice Announces another validator, or none (zero), and returns when it may take office (unix seconds; 0: none is announced).
    function offer(PendingValidator storage self, StoredTerms storage terms, address validator) internal returns (uint40) {
        PendingChange change;
        if (validator != address(0)) {
            (uint256 leavingNotice, uint256 notice) = terms.notices();
            // By then the notices of all nodes that were leaving when the last validator took office are over: the validator before the
            // present one is the only other whose nodes have a bond that answers for them.
            uint256 nextAt = terms.validatorSince + leavingNotice;
            change = PendingChanges.announceAt(Math.max(block.timestamp + notice, nextAt));
        }
        (self.validator, self.change) = (validator, change);
        return change.effectiveAt();
    }

    /// @notice Lets a validator take office.
    /// @param former The offices before, by their numbers.
    /// @param previous The validator in office until now.
    function takeOffice(
        StoredTerms storage self,
        mapping(uint256 office => Office) storage former,
        address previous,
        address validator
    ) internal {
        uint16 office = self.office;
        former[office] = Office(previous, self.validatorSince);
        (self.validator, self.validatorSince, self.office) = (validator, Casts.currentTime(), office + 1);
    }

    // ------------------------------------------------------------ views

    /// @notice The number of the office whose validator judges a node. That is the office in which its exit was announced; for a node that
    /// left before the present office, or in its first second, the office before; otherwise the present one.
    function officeOf(
        StoredTerms storage self,
        Agreement storage agreement,
        NodeService memory service
    ) internal view returns (uint16 office) {
        if (agreement.exitAnnouncedAt != 0) return agreement.exitOffice;
        (uint256 since, uint16 present) = (self.validatorSince, self.office);
        return service.leftAt <= since && agreement.hasLeft(service) ? present - 1 : present;
    }

    /// @notice The validator of an office (zero: the manager who created the cluster), and since when it held it.
    function holderOf(
        StoredTerms storage self,
        mapping(uint256 office => Office) storage former,
        uint16 office
    ) internal view returns (address validator, uint40 since) {
        if (office == self.office) return (self.validator, self.validatorSince);
        (validator, since) = (former[office].validator, former[office].since);
    }
}
