// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../interfaces/IBucketRegistry.sol";
import {IClusterErrors} from "../interfaces/IClusterErrors.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {Bucket, Notices} from "../types/BucketState.sol";
import {BucketId, ClusterId, CurrencyId} from "../types/Ids.sol";
import {BucketNotices} from "./BucketNotices.sol";

/// @title Holdings
/// @notice Changes what a bucket holds and pays: its resource in the cluster registry, and its rate in the account registry.
/// @dev A bucket's rate is a part of its owner's sum of rates, and its resource a part of what the cluster's buckets use. Those registries
/// check the sums, so the parts fit.
library Holdings {
    using SafeCast for uint256;

    /// @notice Takes resource of a cluster.
    /// @param maxRent The maximum rent (USD, 18 decimals, per unit, per month).
    /// @return rate The rate of that resource (USD, 18 decimals, per month).
    /// @return currencyId The cluster's currency.
    function take(
        address clusterRegistry,
        ClusterId clusterId,
        uint32 resource,
        uint256 maxRent
    ) internal returns (uint256 rate, CurrencyId currencyId) {
        uint256 rent;
        (rent, currencyId) = IClusterRegistry(clusterRegistry).allocateResource(clusterId, resource);
        require(rent <= maxRent, IClusterErrors.RentAboveMaximum(clusterId, rent, maxRent));
        rate = rent * resource;
    }

    /// @notice Gives a bucket resource that was taken, and lets its owner pay for it.
    /// @param addedRate The rate of that resource (USD, 18 decimals, per month).
    /// @return resource How much the bucket now holds.
    /// @return rate Its new rate.
    function grow(
        Bucket storage self,
        address accountRegistry,
        CurrencyId currencyId,
        uint32 addedResource,
        uint256 addedRate
    ) internal returns (uint32 resource, uint256 rate) {
        (address owner, ClusterId clusterId) = (self.owner, self.clusterId);
        IAccountRegistry.RateChange memory change = IAccountRegistry.RateChange(owner, clusterId, currencyId, addedRate);
        uint256 growthIndex = IAccountRegistry(accountRegistry).raiseRate(change);
        uint256 lastGrowthIndex;
        (rate, resource, lastGrowthIndex) = (self.rate, self.resource, self.lastGrowthIndex);
        // An allocation by the manager does not make the owner's notices shorter.
        if (msg.sender != owner && resource != 0) growthIndex = lastGrowthIndex;
        (resource, rate) = (resource + addedResource, rate + addedRate);
        _set(self, rate, resource, growthIndex);
    }

    /// @notice Gives resource back, and lowers the rate in proportion; the rest of the rate is rounded up.
    /// @param resource How much, at most what the bucket holds.
    /// @return left How much the bucket still holds.
    /// @return newRate Its new rate.
    function shrink(
        Bucket storage self,
        address clusterRegistry,
        address accountRegistry,
        uint32 resource
    ) internal returns (uint32 left, uint256 newRate) {
        (uint256 rate, uint32 held, ClusterId clusterId) = (self.rate, self.resource, self.clusterId);
        left = held - resource;
        newRate = Math.ceilDiv(rate * left, held);
        CurrencyId currencyId = IClusterRegistry(clusterRegistry).deallocateResource(clusterId, resource);
        if (newRate != rate) {
            IAccountRegistry.RateChange memory change = IAccountRegistry.RateChange(self.owner, clusterId, currencyId, rate - newRate);
            IAccountRegistry(accountRegistry).lowerRate(change);
        }
        _set(self, newRate, left, self.lastGrowthIndex);
    }

    /// @notice Lets a new owner pay what the owner pays.
    /// @dev The notice for not paying stays: the payments of the new owner's account count from where those of the old owner's stopped.
    /// That holds for an empty bucket too. Otherwise an owner could void the notice by releasing everything, and allocating it again as
    /// another account.
    function movePayer(
        Bucket storage self,
        Notices storage notices,
        address clusterRegistry,
        address accountRegistry,
        address newOwner
    ) internal {
        bool hasNotice = notices.reclaim.isAnnounced() && notices.noticeIndex != 0;
        uint256 rate = self.rate;
        if (rate == 0 && !hasNotice) return;

        (address owner, ClusterId clusterId) = (self.owner, self.clusterId);
        CurrencyId currencyId = IClusterRegistry(clusterRegistry).currencyIdOf(clusterId);
        uint256 oldPaid;
        uint256 newPaid;
        if (rate != 0) {
            IAccountRegistry.RateChange memory change = IAccountRegistry.RateChange(owner, clusterId, currencyId, rate);
            oldPaid = IAccountRegistry(accountRegistry).lowerRate(change);
            change.payer = newOwner;
            newPaid = IAccountRegistry(accountRegistry).raiseRate(change);
            self.lastGrowthIndex = newPaid.toUint128();
        } else {
            (, oldPaid, , , ) = IAccountRegistry(accountRegistry).coverageOf(owner, currencyId);
            (, newPaid, , , ) = IAccountRegistry(accountRegistry).coverageOf(newOwner, currencyId);
        }
        if (hasNotice) notices.moveProgress(oldPaid, newPaid);
    }

    /// @notice Requires that a bucket does not pay: its rate is zero, or its owner's account is out of funds.
    /// @return index The currency's index; 0: the rate is zero.
    /// @return paidIndex The owner's paid index; 0: the rate is zero.
    /// @return duration How long a notice for not paying is (seconds).
    function requireUnpaid(
        Bucket storage self,
        BucketId bucketId,
        address clusterRegistry,
        address accountRegistry
    ) internal view returns (uint256 index, uint256 paidIndex, uint256 duration) {
        if (self.rate == 0) return (0, 0, BucketNotices.reclaimNoticeOfZeroRate());
        CurrencyId currencyId = IClusterRegistry(clusterRegistry).currencyIdOf(self.clusterId);
        uint256 indexPerSecond;
        uint256 coveredUntil_;
        bool depleted;
        (index, paidIndex, indexPerSecond, coveredUntil_, depleted) = IAccountRegistry(accountRegistry).coverageOf(self.owner, currencyId);
        require(depleted, IBucketRegistry.BucketCovered(bucketId, coveredUntil_));
        duration = BucketNotices.reclaimNotice(paidIndex - self.lastGrowthIndex, indexPerSecond);
    }

    /// @notice Until when the owner's account covers all that it pays (unix seconds); the largest value if this bucket pays nothing.
    function coveredUntil(Bucket storage self, address clusterRegistry, address accountRegistry) internal view returns (uint64 until) {
        if (self.rate == 0) return type(uint64).max;
        CurrencyId currencyId = IClusterRegistry(clusterRegistry).currencyIdOf(self.clusterId);
        (, , , until, ) = IAccountRegistry(accountRegistry).coverageOf(self.owner, currencyId);
    }

    function _set(Bucket storage self, uint256 rate, uint32 resource, uint256 growthIndex) private {
        (self.rate, self.resource, self.lastGrowthIndex) = (rate.toUint96(), resource, growthIndex.toUint128());
    }
}
