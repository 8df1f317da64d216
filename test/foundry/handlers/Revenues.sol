// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {BucketId, ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Totals} from "../base/Totals.sol";

/// @dev Anyone settles, distributes and claims: nothing may stop it, and it makes nobody richer or poorer.
abstract contract Revenues is Totals {
    function settlePayment(uint256 seed) external seeded(seed) {
        BucketId bucketId = _bucket(_isInCluster);
        bytes memory data = abi.encodeCall(IBucketRegistry.settlePayment, (bucketId));
        _collect(buckets.getBucket(bucketId).clusterId, address(buckets), 1, data);
    }

    /// @dev Buckets that there are not and the same again do not matter.
    function settlePayments(uint256 seed) external seeded(seed) {
        BucketId[] memory bucketIds = new BucketId[](1 + _below(6));
        for (uint256 i = 0; i < bucketIds.length; ++i) {
            bucketIds[i] = _oneIn(8) ? BucketId.wrap(uint32(_next())) : _bucket(_anyBucket);
        }
        bytes memory data = abi.encodeCall(IBucketRegistry.settlePayments, (bucketIds));
        _collect(_cluster(_anyCluster), address(buckets), bucketIds.length, data);
    }

    function distributeRevenues(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_hasPool);
        _collect(clusterId, address(clusters), 1, abi.encodeCall(IClusterRegistry.distributeRevenues, (clusterId)));
    }

    function claimRevenues(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_hasClaims);
        NodeId nodeId = _claimant(clusterId);
        _collect(clusterId, address(clusters), 1, abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, nodeId)));
    }

    function clusterMulticall(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_hasPool);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IClusterRegistry.distributeRevenues, (clusterId));
        calls[1] = abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, _claimant(clusterId)));
        calls[2] = abi.encodeCall(IClusterRegistry.claimRevenues, (clusterId, _claimant(clusterId)));
        _collect(clusterId, address(clusters), 3, abi.encodeCall(Multicall.multicall, (calls)));
    }

    function setNetworkFee(uint256 seed) external seeded(seed) {
        (address by, uint16 bps, address account) = (_mostly(FEE_MANAGER), uint16(_below(1_100)), _person());
        bytes memory data = abi.encodeCall(IClusterRegistry.setNetworkFee, (bps, account));
        if (_act(by, by == FEE_MANAGER, address(clusters), data)) (_networkFeeBps, _networkAccount) = (bps, account);
    }

    function _collect(ClusterId clusterId, address target, uint256 steps, bytes memory data) private {
        uint256[] memory totals = _totals(clusterId);
        if (!_must(_person(), target, steps, data)) return;
        _expectSame(totals, _totals(clusterId), "collectingChangesNoTotal", "somebody has more or less than before");
    }

    // ------------------------------------------------------------ choices

    function _hasPool(ClusterId clusterId) private view returns (bool) {
        return accounts.poolOf(clusterId) != 0;
    }

    function _hasClaims(ClusterId clusterId) private view returns (bool) {
        return _unclaimed[clusterId] != 0;
    }

    function _claimant(ClusterId clusterId) private returns (NodeId) {
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        return members[_below(members.length)].nodeId;
    }
}
