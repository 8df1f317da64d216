// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice How the caller pays into its account in the same call: by ether, by its allowance to the account registry, or by its EIP-2612
/// permit for the account registry.
/// @param amount Base units of the cluster's currency. Of the native currency exactly as much is sent along.
/// @param deadline When the permit expires (unix seconds); 0: there is none, and the allowance has to suffice.
/// @param v The permit's signature, with `r` and `s`.
struct Funding {
    uint256 amount;
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}
