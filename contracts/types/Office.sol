// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev An office of a cluster that is over.
/// @param validator The validator that held it.
/// @param since When it took office; 0: when the cluster was created (unix seconds).
struct Office {
    address validator;
    uint40 since;
}
