// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {CurrencyId} from "../types/Ids.sol";
import {StoredTerms} from "../types/StoredTerms.sol";
import {Units} from "./Units.sol";

/// @title ClusterTerms
/// @notice The terms of a cluster: its own, fixed when it is created, or the default ones.
library ClusterTerms {
    uint24 private constant DEFAULT_NOTICE = 7 days;
    uint256 private constant MIN_NOTICE = 1 hours;
    uint256 private constant MAX_NOTICE = 30 days;

    /// @notice Sets the terms of a cluster that is new.
    function set(StoredTerms storage self, ITermsRegistry.Terms memory terms, CurrencyId currencyId) internal {
        require(terms.maxSlashBps <= Units.BPS, ITermsRegistry.BpsTooHigh(terms.maxSlashBps, Units.BPS));
        _requireNotice(terms.leavingNotice);
        _requireNotice(terms.validatorNotice);
        (self.validator, self.maxSlashBps) = (terms.validator, terms.maxSlashBps);
        (self.leavingNotice, self.validatorNotice) = (terms.leavingNotice, terms.validatorNotice);
        (self.bondPerVnode, self.currencyId) = (terms.bondPerVnode, currencyId);
    }

    /// @notice Whether the cluster has terms of its own. Those have a notice of at least an hour.
    function isOwn(StoredTerms storage self) internal view returns (bool) {
        return self.leavingNotice != 0;
    }

    /// @notice The notices in force, in seconds.
    function notices(StoredTerms storage self) internal view returns (uint24 leavingNotice, uint24 validatorNotice) {
        (leavingNotice, validatorNotice) = (self.leavingNotice, self.validatorNotice);
        if (leavingNotice == 0) (leavingNotice, validatorNotice) = (DEFAULT_NOTICE, DEFAULT_NOTICE);
    }

    function _requireNotice(uint256 notice) private pure {
        require(notice >= MIN_NOTICE && notice <= MAX_NOTICE, ITermsRegistry.NoticeInvalid(notice, MIN_NOTICE, MAX_NOTICE));
    }
}
