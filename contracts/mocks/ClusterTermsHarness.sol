// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {ClusterTerms} from "../libraries/ClusterTerms.sol";
import {CurrencyId} from "../types/Ids.sol";
import {StoredTerms} from "../types/StoredTerms.sol";

/// @title ClusterTermsHarness
/// @notice For tests: opens {ClusterTerms}, over terms of its own.
contract ClusterTermsHarness {
    using ClusterTerms for StoredTerms;

    StoredTerms private _terms;

    /// @notice See {ClusterTerms.set}.
    function set(ITermsRegistry.Terms calldata terms, CurrencyId currencyId) external {
        _terms.set(terms, currencyId);
    }

    /// @notice The terms as they are stored.
    function stored() external view returns (StoredTerms memory) {
        return _terms;
    }

    /// @notice See {ClusterTerms.isOwn}.
    function isOwn() external view returns (bool) {
        return _terms.isOwn();
    }

    /// @notice See {ClusterTerms.notices}.
    function notices() external view returns (uint24 leavingNotice, uint24 validatorNotice) {
        return _terms.notices();
    }
}
