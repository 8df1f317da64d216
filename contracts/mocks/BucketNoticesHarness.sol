// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BucketNotices} from "../libraries/BucketNotices.sol";
import {Notices} from "../types/BucketState.sol";
import {PendingChange} from "../types/PendingChange.sol";

/// @title BucketNoticesHarness
/// @notice For tests: opens {BucketNotices}, over the notices of one bucket.
contract BucketNoticesHarness {
    Notices private _notices;

    /// @notice See {BucketNotices.announceReclaim}.
    function announceReclaim(uint256 index, uint256 paidIndex, uint256 duration) external returns (uint40) {
        return _notices.announceReclaim(index, paidIndex, duration);
    }

    /// @notice See {BucketNotices.moveProgress}.
    function moveProgress(uint256 oldPaidIndex, uint256 newPaidIndex) external {
        _notices.moveProgress(oldPaidIndex, newPaidIndex);
    }

    /// @notice See {BucketNotices.announceEnd}.
    function announceEnd() external returns (uint40) {
        return _notices.announceEnd();
    }

    /// @notice See {BucketNotices.pendingReclaim}.
    function pendingReclaim(uint256 index, uint256 paidIndex) external view returns (PendingChange) {
        return _notices.pendingReclaim(index, paidIndex);
    }

    /// @notice See {BucketNotices.hasPaidSince}.
    function hasPaidSince(uint256 index, uint256 paidIndex) external view returns (bool) {
        return _notices.hasPaidSince(index, paidIndex);
    }

    /// @notice See {BucketNotices.pendingEnd}.
    function pendingEnd() external view returns (PendingChange) {
        return _notices.pendingEnd();
    }

    /// @notice The notices as they are stored.
    function stored() external view returns (Notices memory) {
        return _notices;
    }

    /// @notice See {BucketNotices.reclaimNotice}.
    function reclaimNotice(uint256 paidSinceGrowth, uint256 indexPerSecond) external pure returns (uint256) {
        return BucketNotices.reclaimNotice(paidSinceGrowth, indexPerSecond);
    }

    /// @notice See {BucketNotices.reclaimNoticeOfZeroRate}.
    function reclaimNoticeOfZeroRate() external pure returns (uint256) {
        return BucketNotices.reclaimNoticeOfZeroRate();
    }
}
