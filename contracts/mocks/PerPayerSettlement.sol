// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {ClusterId} from "../types/Ids.sol";

/// @title PerPayerSettlement
/// @notice How accounts paid clusters before clusters earned as lines: what a payer owes reaches a cluster's pool when that stream is
/// settled, one stream at a time. Tests compare {PaymentsHarness} with it.
/// @dev The rule is that of the first version of these contracts, in full-width fields. There is one currency, whose index moves only when
/// a test says so.
contract PerPayerSettlement {
    /// @param balance Scaled amount, at `index`.
    /// @param rate The sum of the rates of the account's streams.
    /// @param index The index when the account was last written.
    /// @param skipped How much of the index went by while the account was out of funds.
    /// @param depletions How often `skipped` has grown.
    struct Account {
        uint256 balance;
        uint256 rate;
        uint256 index;
        uint256 skipped;
        uint256 depletions;
    }

    /// @param rate The payer's rate.
    /// @param settledIndex The payer's paid index up to which the cluster has received what it owes.
    /// @param depletions The account's then. If they have changed, a refund is forfeited.
    /// @param unservedUpTo The cluster's unserved index then.
    struct Stream {
        uint256 rate;
        uint256 settledIndex;
        uint256 depletions;
        uint256 unservedUpTo;
    }

    /// @param pool The settled amount that is not taken.
    /// @param hasUnserved Whether the cluster has ever served less than what is paid for.
    /// @param share The share that is not served, in 2^-32.
    /// @param unserved The integral of the share over the index, up to `since`.
    /// @param since The index when the share last changed.
    struct Cluster {
        uint256 pool;
        bool hasUnserved;
        uint256 share;
        uint256 unserved;
        uint256 since;
    }

    uint256 private _index;
    mapping(address account => Account) private _accounts;
    mapping(address payer => mapping(ClusterId clusterId => Stream)) private _streams;
    mapping(ClusterId clusterId => Cluster) private _clusters;

    // ------------------------------------------------------------ functions that change state

    /// @notice Moves the index on.
    function advance(uint256 growth) external {
        _index += growth;
    }

    /// @notice Adds to an account, as a deposit does, or takes from it, as a withdrawal does.
    function change(address account, int256 scaledAmount) public {
        (Account memory accrued, uint256 depletions) = _accrued(account);
        accrued.balance = uint256(int256(accrued.balance) + scaledAmount);
        accrued.depletions = depletions;
        _accounts[account] = accrued;
    }

    /// @notice Adds to an account, as a distribution does.
    function credit(address account, uint256 scaledAmount) external {
        change(account, int256(scaledAmount));
    }

    /// @notice Changes what an account pays to a cluster, and settles that stream.
    function changeRate(IAccountRegistry.RateChange calldata rateChange, bool isRaise) external {
        (address payer, ClusterId clusterId) = (rateChange.payer, rateChange.clusterId);
        (Account memory accrued, uint256 depletions) = _accrued(payer);
        Stream storage stream = _streams[payer][clusterId];
        _pass(payer, clusterId, accrued, depletions);
        accrued.rate = isRaise ? accrued.rate + rateChange.rate : accrued.rate - rateChange.rate;
        stream.rate = isRaise ? stream.rate + rateChange.rate : stream.rate - rateChange.rate;
        accrued.depletions = depletions;
        _accounts[payer] = accrued;
        (stream.settledIndex, stream.depletions) = (accrued.index - accrued.skipped, depletions);
    }

    /// @notice Settles a stream.
    function settle(address payer, ClusterId clusterId) external {
        Stream storage stream = _streams[payer][clusterId];
        if (stream.rate == 0) return;
        (Account memory accrued, uint256 depletions) = _accrued(payer);
        uint256 paidIndex = accrued.index - accrued.skipped;
        if (paidIndex == stream.settledIndex && stream.depletions == accrued.depletions) return;
        uint256 refund = _pass(payer, clusterId, accrued, depletions);
        (stream.settledIndex, stream.depletions) = (paidIndex, accrued.depletions);
        if (refund == 0) return;
        accrued.depletions = depletions;
        _accounts[payer] = accrued;
    }

    /// @notice Takes what has been settled.
    function take(ClusterId clusterId) external {
        _clusters[clusterId].pool = 0;
    }

    /// @notice Lets another share of a cluster be unserved, in 2^-32.
    function setUnservedShare(ClusterId clusterId, uint256 share) external {
        Cluster storage cluster = _clusters[clusterId];
        cluster.unserved = _unservedOf(cluster);
        (cluster.hasUnserved, cluster.share, cluster.since) = (true, share, _index);
    }

    // ------------------------------------------------------------ views

    /// @notice An account now.
    function accountOf(address account) external view returns (uint256 balance, uint256 paidIndex) {
        (Account memory accrued, ) = _accrued(account);
        return (accrued.balance, accrued.index - accrued.skipped);
    }

    /// @notice The refund that {settle} would give.
    function refundOf(address payer, ClusterId clusterId) external view returns (uint256 refund) {
        (Account memory accrued, uint256 depletions) = _accrued(payer);
        (, refund) = _owed(payer, clusterId, accrued, depletions);
    }

    /// @notice The settled amount that is not taken.
    function poolOf(ClusterId clusterId) external view returns (uint256) {
        return _clusters[clusterId].pool;
    }

    // ------------------------------------------------------------ internal

    /// @dev The account now, with its depletions as they are stored, and those that {change} would store.
    function _accrued(address account) private view returns (Account memory accrued, uint256 depletions) {
        accrued = _accounts[account];
        depletions = accrued.depletions;
        uint256 passed = _index - accrued.index;
        accrued.index = _index;
        if (accrued.rate == 0) return (accrued, depletions);
        uint256 cost = accrued.rate * passed;
        if (cost <= accrued.balance) {
            accrued.balance -= cost;
        } else {
            uint256 paid = accrued.balance / accrued.rate;
            accrued.balance -= paid * accrued.rate;
            accrued.skipped += passed - paid;
            ++depletions;
        }
    }

    /// @dev Passes on what a stream owes, less its refund.
    function _pass(address payer, ClusterId clusterId, Account memory accrued, uint256 depletions) private returns (uint256 refund) {
        Cluster storage cluster = _clusters[clusterId];
        uint256 owed;
        (owed, refund) = _owed(payer, clusterId, accrued, depletions);
        if (cluster.hasUnserved) _streams[payer][clusterId].unservedUpTo = _unservedOf(cluster);
        accrued.balance += refund;
        cluster.pool += owed - refund;
    }

    /// @dev The debt of a stream, and the part of it that the cluster has not served: nothing if the account has run out of funds since the
    /// stream was last settled.
    function _owed(
        address payer,
        ClusterId clusterId,
        Account memory accrued,
        uint256 depletions
    ) private view returns (uint256 owed, uint256 refund) {
        Stream storage stream = _streams[payer][clusterId];
        Cluster storage cluster = _clusters[clusterId];
        owed = stream.rate * (accrued.index - accrued.skipped - stream.settledIndex);
        if (owed == 0 || !cluster.hasUnserved || depletions != stream.depletions) return (owed, 0);
        refund = Math.min((stream.rate * (_unservedOf(cluster) - stream.unservedUpTo)) >> 32, owed);
    }

    function _unservedOf(Cluster storage cluster) private view returns (uint256) {
        return cluster.unserved + cluster.share * (_index - cluster.since);
    }
}
