// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Coverage} from "../libraries/Coverage.sol";
import {Fees} from "../libraries/Fees.sol";
import {WeightChange, Weights} from "../libraries/Weights.sol";
import {Cluster, Member} from "../types/Cluster.sol";
import {ClusterId, NodeId} from "../types/Ids.sol";

/// @title WeightsHarness
/// @notice Shows {Weights}, {Coverage} and {Fees} of a cluster and a node of its own.
contract WeightsHarness {
    using Coverage for Member;
    using Weights for Cluster;
    using Weights for Member;

    Cluster private _cluster;
    Member private _member;

    /// @notice Sets the cluster.
    function setCluster(uint16 vnodeCount, uint96 rentPerUnit) external {
        (_cluster.vnodeCount, _cluster.rentPerUnit) = (vnodeCount, rentPerUnit);
    }

    /// @notice Sets the node.
    function setMember(uint88 rent, uint16 vnodes, uint16 qualityDeficitBps) external {
        (_member.rent, _member.vnodes, _member.qualityDeficitBps) = (rent, vnodes, qualityDeficitBps);
    }

    /// @notice {Weights.applyChange}.
    function applyChange(WeightChange calldata change) external returns (bool hasUnserved, uint256 share) {
        return _cluster.applyChange(change);
    }

    /// @notice {Coverage.cover}.
    function cover(uint16 vnodes, bool isNew) external {
        _member.cover(vnodes, isNew);
    }

    /// @notice {Coverage.noteReduction}.
    function noteReduction(uint24 leavingNotice) external {
        _member.noteReduction(leavingNotice);
    }

    /// @notice {Weights.servedOf}.
    function served() external view returns (uint256 servedWeight, uint256 servedVnodes) {
        return _cluster.servedOf();
    }

    /// @notice The cluster's rent per unit.
    function totalRent() external view returns (uint96) {
        return _cluster.rentPerUnit;
    }

    /// @notice {Weights.weightOf}.
    function weight() external view returns (uint256) {
        return _member.weightOf();
    }

    /// @notice {Weights.qualityOf}.
    function quality() external view returns (uint16) {
        return _member.qualityOf();
    }

    /// @notice For how many vnodes the node is covered, and whether it gets no more.
    function coverage() external view returns (uint16 coveredVnodes, bool leaving) {
        return (_member.coveredVnodes, _member.leaving);
    }

    /// @notice {Coverage.liableVnodesOf}.
    function liableVnodes(uint24 leavingNotice) external view returns (uint16) {
        return _member.liableVnodesOf(leavingNotice);
    }

    /// @notice {Coverage.requireCovered}, of cluster 7 and node 8.
    function requireCovered(uint256 vnodes) external view {
        _member.requireCovered(ClusterId.wrap(7), NodeId.wrap(8), vnodes);
    }

    /// @notice {Fees.split}.
    function split(
        uint256 amount,
        uint256 networkFeeBps,
        uint256 managementFeeBps
    ) external pure returns (uint256 networkFee, uint256 managementFee, uint256 shares) {
        return Fees.split(amount, networkFeeBps, managementFeeBps);
    }
}
