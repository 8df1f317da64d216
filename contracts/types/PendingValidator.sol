// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {PendingChange} from "./PendingChange.sol";

/// @dev A validator that is announced.
struct PendingValidator {
    address validator;
    PendingChange change;
}
