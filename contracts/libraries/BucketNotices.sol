// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Notices} from "../types/BucketState.sol";
import {PendingChange, PendingChanges} from "../types/PendingChange.sol";

/// @title BucketNotices
/// @notice Keeps the two notices on a bucket: the one for not paying, and the one of the cluster's manager.
/// @dev The notice for not paying belongs to what the bucket paid when it was given. It is void once the owner's account has paid for nine
/// tenths of the time since then, and when the bucket's rate became zero or ceased to be zero. A void notice stays stored until the next
/// replaces it.
///
/// Indices are the account registry's: they are below 2^120 and never fall.
library BucketNotices {
    using SafeCast for int256;
    using SafeCast for uint256;

    uint256 private constant MIN_RECLAIM_NOTICE = 1 hours;
    uint256 private constant MAX_RECLAIM_NOTICE = 7 days;
    uint256 private constant END_NOTICE = 30 days;
    /// @dev The manager's notice can be acted on for so long. Without a lapse a manager could keep all its buckets under notice for ever.
    uint256 private constant END_NOTICE_LAPSE = 30 days;

    /// @notice Gives notice for not paying.
    /// @param index The currency's index; 0: the bucket's rate is zero.
    /// @param paidIndex The owner's paid index.
    /// @param duration How long the notice is (seconds).
    /// @return until When the notice is over (unix seconds).
    function announceReclaim(Notices storage self, uint256 index, uint256 paidIndex, uint256 duration) internal returns (uint40 until) {
        PendingChange change = PendingChanges.announce(duration);
        self.reclaim = change;
        (self.noticeIndex, self.noticePaidIndex) = (index.toUint120(), paidIndex.toInt256().toInt128());
        return change.effectiveAt();
    }

    /// @notice Lets the progress of a new owner's account continue where that of the old owner's account stopped.
    /// @param oldPaidIndex The old owner's paid index.
    /// @param newPaidIndex The new owner's paid index.
    function moveProgress(Notices storage self, uint256 oldPaidIndex, uint256 newPaidIndex) internal {
        int256 moved = newPaidIndex.toInt256() - oldPaidIndex.toInt256();
        self.noticePaidIndex = (self.noticePaidIndex + moved).toInt128();
    }

    /// @notice Gives the manager's notice.
    /// @return until When the notice is over (unix seconds).
    function announceEnd(Notices storage self) internal returns (uint40 until) {
        PendingChange change = PendingChanges.announce(END_NOTICE);
        self.end = change;
        return change.effectiveAt();
    }

    /// @notice The notice for not paying, or none if it is void.
    /// @param index The currency's index; 0: the bucket's rate is zero.
    /// @param paidIndex The owner's paid index.
    function pendingReclaim(Notices storage self, uint256 index, uint256 paidIndex) internal view returns (PendingChange) {
        bool isVoid = self.noticeIndex == 0 ? index != 0 : index == 0 || hasPaidSince(self, index, paidIndex);
        return isVoid ? PendingChange.wrap(0) : self.reclaim;
    }

    /// @notice Whether the owner's account has paid for at least nine tenths of the time since the notice, as the index counts it.
    function hasPaidSince(Notices storage self, uint256 index, uint256 paidIndex) internal view returns (bool) {
        uint256 passed = index - self.noticeIndex;
        int256 paid = paidIndex.toInt256() - self.noticePaidIndex;
        return passed != 0 && 10 * paid >= 9 * passed.toInt256();
    }

    /// @notice The manager's notice, or none if it has lapsed.
    function pendingEnd(Notices storage self) internal view returns (PendingChange) {
        return self.end.unlessLapsed(END_NOTICE_LAPSE);
    }

    /// @notice How long the notice for not paying is: as long as the bucket has paid for since it last grew, at the present price, within
    /// bounds (seconds).
    /// @param paidSinceGrowth How much of the index the owner's account has paid for since then.
    /// @param indexPerSecond The present speed of the currency's index.
    function reclaimNotice(uint256 paidSinceGrowth, uint256 indexPerSecond) internal pure returns (uint256) {
        return Math.min(Math.max(paidSinceGrowth / indexPerSecond, MIN_RECLAIM_NOTICE), MAX_RECLAIM_NOTICE);
    }

    /// @notice How long the notice to a bucket with a rate of zero is (seconds).
    function reclaimNoticeOfZeroRate() internal pure returns (uint256) {
        return MAX_RECLAIM_NOTICE;
    }
}
