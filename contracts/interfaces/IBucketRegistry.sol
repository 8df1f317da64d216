// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Funding} from "../types/Funding.sol";
import {BucketId, ClusterId} from "../types/Ids.sol";
import {IBucketAccess} from "./IBucketAccess.sol";
import {IClusterErrors} from "./IClusterErrors.sol";
import {IDepositErrors, IManagerErrors, IParamsErrors, IStreamErrors} from "./ISharedErrors.sol";

/// @title IBucketRegistry
/// @notice Keeps the buckets: who owns and pays them, and what of which cluster they hold.
/// @dev A bucket's rate is fixed when it allocates; later changes of the cluster's rents do not change it.
///
/// The events tell all of {getBucket} but `coveredUntil`, which follows from the owner's account. {BucketCreated} begins an empty bucket.
/// {ResourceAllocated} and {ResourceDeallocated} set its resource and its rate. {ResourceCapChanged} sets the cap. {ReclaimNoticed} sets
/// `reclaimableFrom`, and {BucketReclaimed} clears it. {EndNoticed} sets `endsAt`, and {BucketEnded} or the lapse 30 days after it clears
/// it. {BucketOffered} sets `offeredTo`. {BucketAccepted} sets the owner, and clears `offeredTo` and the cap. {BucketParamsChanged} sets
/// the params. {BucketClosed} ends it all.
interface IBucketRegistry is IBucketAccess, IClusterErrors, IManagerErrors, IStreamErrors, IDepositErrors, IParamsErrors {
    /// @notice A bucket.
    /// @param bucketId Its id.
    /// @param owner The account that owns the bucket and pays for it.
    /// @param offeredTo The account that may take it over; zero: none.
    /// @param clusterId The cluster that it is in.
    /// @param resource How many units of resource it holds on each vnode.
    /// @param resourceCap Up to how many units the cluster's manager may allocate for it.
    /// @param capRentPerUnit Up to what rent per unit the manager may allocate (USD, 18 decimals, per month).
    /// @param ratePerMonth Its rate (USD, 18 decimals, per month).
    /// @param coveredUntil Until when its owner's account covers all that it pays (unix seconds); the largest value if this bucket
    /// pays nothing.
    /// @param reclaimableFrom When the notice for not paying is over (unix seconds); 0: there is no notice. A notice that is void because
    /// the account has paid since is still shown.
    /// @param endsAt When the manager's notice is over (unix seconds); 0: there is no notice, or it has lapsed.
    /// @param params Its configuration, a JSON text.
    struct BucketStatus {
        BucketId bucketId;
        address owner;
        address offeredTo;
        ClusterId clusterId;
        uint32 resource;
        uint32 resourceCap;
        uint256 capRentPerUnit;
        uint256 ratePerMonth;
        uint64 coveredUntil;
        uint40 reclaimableFrom;
        uint40 endsAt;
        string params;
    }

    /// @notice An account created a bucket. It holds and pays nothing yet.
    event BucketCreated(BucketId indexed bucketId, address indexed owner, ClusterId indexed clusterId, string params);
    /// @notice A bucket grew.
    /// @param by The caller: the owner or the cluster's manager.
    /// @param resource How many units it now holds.
    /// @param ratePerMonth Its new rate (USD, 18 decimals, per month).
    event ResourceAllocated(
        BucketId indexed bucketId,
        ClusterId indexed clusterId,
        address indexed by,
        uint32 resource,
        uint256 ratePerMonth
    );
    /// @notice A bucket shrank.
    /// @param by The caller: the owner, or anyone after a notice.
    /// @param resource How many units it still holds.
    /// @param ratePerMonth Its new rate (USD, 18 decimals, per month).
    event ResourceDeallocated(
        BucketId indexed bucketId,
        ClusterId indexed clusterId,
        address indexed by,
        uint32 resource,
        uint256 ratePerMonth
    );
    /// @notice The owner lets the cluster's manager allocate up to `resource` units, at a rent of at most `maxRentPerUnit` each (USD, 18
    /// decimals, per month).
    event ResourceCapChanged(BucketId indexed bucketId, uint32 resource, uint256 maxRentPerUnit);
    /// @notice A caller gave notice to a bucket that does not pay. The notice is over at `until` (unix seconds).
    event ReclaimNoticed(BucketId indexed bucketId, ClusterId indexed clusterId, address indexed by, uint40 until);
    /// @notice The manager gave notice to a bucket. The notice is over at `until` (unix seconds), and lapses 30 days later.
    event EndNoticed(BucketId indexed bucketId, ClusterId indexed clusterId, uint40 until);
    /// @notice A caller took back what a bucket held, after the notice for not paying. The notice is used up.
    event BucketReclaimed(BucketId indexed bucketId, ClusterId indexed clusterId, address indexed by);
    /// @notice A caller released what a bucket held, after the manager's notice. The notice is used up.
    event BucketEnded(BucketId indexed bucketId, ClusterId indexed clusterId, address indexed by);
    /// @notice The owner changed a bucket's configuration.
    event BucketParamsChanged(BucketId indexed bucketId, string params);
    /// @notice The owner offered a bucket to an account; zero: the owner withdrew the offer.
    event BucketOffered(BucketId indexed bucketId, address indexed owner, address indexed offeredTo);
    /// @notice A bucket has a new owner, who pays from now on. Its resource, its rate and both notices stay. The offer is used up, the
    /// resource cap and its rent are zero, all access that the old owner gave is void, and the next key epoch starts.
    event BucketAccepted(BucketId indexed bucketId, address indexed oldOwner, address indexed newOwner);
    /// @notice The owner closed a bucket. If it held something, {ResourceDeallocated} comes first.
    event BucketClosed(BucketId indexed bucketId, address indexed owner, ClusterId indexed clusterId);

    /// @notice No bucket has this id, or the bucket is closed.
    error BucketUnknown(BucketId bucketId);
    /// @notice Only the bucket's owner may do this.
    error CallerNotOwner(BucketId bucketId, address caller, address owner);
    /// @notice Only the owner or, within the resource cap, the cluster's manager may do this.
    error CallerNotOwnerOrManager(BucketId bucketId, address caller);
    /// @notice The manager may allocate no more than the owner allowed.
    error ResourceCapExceeded(BucketId bucketId, uint256 resource, uint256 resourceCap);
    /// @notice More is to be released than the bucket holds.
    error BucketResourceExceeded(BucketId bucketId, uint256 requested, uint256 resource);
    /// @notice The bucket holds nothing.
    error BucketEmpty(BucketId bucketId);
    /// @notice The bucket is paid for until then (unix seconds).
    error BucketCovered(BucketId bucketId, uint256 coveredUntil);
    /// @notice The bucket's notice ends at `effectiveAt` (unix seconds).
    error ChangeNotReady(BucketId bucketId, uint256 effectiveAt);
    /// @notice The bucket is not offered to the caller.
    error BucketNotOffered(BucketId bucketId, address caller, address offeredTo);
    /// @notice The bucket pays more than the new owner agreed to (USD, 18 decimals, per month).
    error RateAboveMaximum(BucketId bucketId, uint256 ratePerMonth, uint256 maximum);

    /// @notice Creates a bucket in a cluster; the caller is its owner.
    /// @param params A JSON text of at most 24,000 bytes; see the schema of buckets.
    /// @return bucketId Its id.
    function createBucket(ClusterId clusterId, string calldata params) external returns (BucketId bucketId);

    /// @notice Creates a bucket, deposits into the caller's account and allocates resource to the bucket, all at once.
    /// @dev The caller owns the bucket and pays for it from now on. Raises what {createBucket}, {IAccountRegistry.deposit},
    /// {IAccountRegistry.depositWithPermit} and {allocate} raise. The call refuses ether for a token (`EtherMismatch`), and a permit for
    /// the native currency (`CurrencyWithoutPermit`).
    /// @param params A JSON text of at most 24,000 bytes; see the schema of buckets.
    /// @param resource Units per vnode.
    /// @param maxRentPerUnit The maximum rent that the caller agrees to (USD, 18 decimals, per unit, per month).
    /// @param funding The caller's deposit, in base units of the cluster's currency: not zero.
    /// @return bucketId The bucket's id.
    function openBucket(
        ClusterId clusterId,
        string calldata params,
        uint32 resource,
        uint128 maxRentPerUnit,
        Funding calldata funding
    ) external payable returns (BucketId bucketId);

    /// @notice Allocates resource, which the owner pays from now on at the cluster's present rent per unit. For the owner, or the
    /// cluster's manager within the resource cap.
    /// @dev The account need not be funded: it pays from the next deposit on.
    /// @param resource Units of resource to add, per vnode.
    /// @param maxRentPerUnit The maximum rent that the caller agrees to (USD, 18 decimals, per unit, per month).
    function allocate(BucketId bucketId, uint32 resource, uint128 maxRentPerUnit) external;

    /// @notice Gives resource back and lowers the rate in proportion; what remains of the rate is rounded up. For the owner.
    /// @param resource Units of resource to give back, per vnode.
    function release(BucketId bucketId, uint32 resource) external;

    /// @notice Lets the cluster's manager allocate for the bucket. For the owner.
    /// @param resource Up to how many units in all, per vnode.
    /// @param maxRentPerUnit Up to what rent (USD, 18 decimals, per unit, per month).
    function setResourceCap(BucketId bucketId, uint32 resource, uint128 maxRentPerUnit) external;

    /// @notice Takes back what a bucket holds that does not pay. The first call gives notice; a call after the notice releases.
    /// For anyone if the owner's account is out of funds, for the cluster's manager if the bucket's rate is zero.
    /// @dev The notice is as long as the bucket has paid for since its owner last let it grow, at the present price, at least an hour
    /// and at most 7 days (7 days for a rate of zero). A call at its end or later releases. The notice is void, and the call gives a new
    /// one, if the account has paid for at least nine tenths of the time since the notice (time in which it owed nothing counts as paid).
    /// A top-up alone does not void it, nor does releasing and allocating, nor a transfer.
    ///
    /// Warning: a top-up in the same block makes a call fail. Repeat the call in the next block.
    function reclaim(BucketId bucketId) external;

    /// @notice Ends a bucket, whether it pays or not. A call of the cluster's manager gives 30 days of notice. During the 30 days after
    /// its end, a call of anyone releases what the bucket holds. Then the notice lapses.
    /// @dev The owner can allocate again, at the rent of that day, unless the manager has closed the cluster.
    function endBucket(BucketId bucketId) external;

    /// @notice Collects funds from a bucket's owner to its cluster: it touches the owner's account, with all its streams, and settles the
    /// cluster with all its payers. For anyone.
    /// @dev A cluster earns without this call. Only the last part before an account runs out of funds, and the part paid out of credits,
    /// wait for it. See {IAccountRegistry.settlePayment}.
    function settlePayment(BucketId bucketId) external;

    /// @notice Does the same as {settlePayment} for many buckets, and skips unknown, closed and empty ones. For anyone.
    function settlePayments(BucketId[] calldata bucketIds) external;

    /// @notice Changes a bucket's configuration. For the owner.
    function changeBucketParams(BucketId bucketId, string calldata params) external;

    /// @notice Offers a bucket to an account, which becomes the owner by accepting. For the owner.
    /// @param owner The account; zero withdraws the offer.
    function offerBucket(BucketId bucketId, address owner) external;

    /// @notice Takes over a bucket, and pays its rate from now on. For the account to which it is offered.
    /// @dev The resource cap starts at zero, no other account has access, and notices go on. While the currency is paused the registry
    /// refuses a bucket that pays.
    /// @param maxRatePerMonth The maximum that the new owner agrees to pay (USD, 18 decimals, per month).
    function acceptBucket(BucketId bucketId, uint128 maxRatePerMonth) external;

    /// @notice Releases all that a bucket holds, and removes it. For the owner.
    function closeBucket(BucketId bucketId) external;

    /// @notice A bucket. Reverts for an unknown bucket.
    function getBucket(BucketId bucketId) external view returns (BucketStatus memory);

    /// @notice The buckets with ids in [offset, offset + limit), of one owner or (zero) of all.
    /// @return items The buckets.
    /// @return lastId The highest id given so far; 0 if none.
    function listBuckets(uint32 offset, uint32 limit, address owner) external view returns (BucketStatus[] memory items, uint256 lastId);

    /// @notice The registry of clusters.
    function CLUSTER_REGISTRY() external view returns (address);

    /// @notice The registry of accounts.
    function ACCOUNT_REGISTRY() external view returns (address);
}
