// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";

/// @title Revenues
/// @notice Keeps the clusters and their nodes, and shares what a cluster earns.
/// @dev What a unit of weight has earned since the beginning (`revenuePerWeight`) only grows; a node is owed its weight times the growth
/// since it was last paid. Whoever changes a weight pays the node first.
abstract contract Revenues is IClusterRegistry, AccessManaged {
    // ------------------------------------------------------------ types

    /// @dev A slot for who runs it, one for what buckets and nodes change, two for its revenue.
    /// @param freePlace The first free place among those that its nodes have taken; 0: none.
    /// @param leavingNotice How long the bond of a node answers for vnodes that it serves no more (seconds); 0: default terms, no bonds.
    /// @param placeCount How many places its nodes have ever taken at a time; 0: it was never filled.
    /// @param stride How many nodes it was filled with: vnodes go round robin over the first so many places.
    /// @param hasUndistributed Whether `undistributed` is not zero, which saves reading it.
    /// @param closed Whether buckets may allocate no more.
    /// @param hasUnserved Whether it has ever served less than what its owners pay for; if not, `served` is zero and not read.
    /// @param revenuePerWeight Scaled units that a unit of weight has earned. Full width: weights can be tiny.
    /// @param undistributed Scaled units that did not divide by the weight. They are below it, and wait for the next distribution.
    /// @param served The sum of its nodes' weights.
    struct Cluster {
        address manager;
        uint16 managementFeeBps;
        uint32 params;
        uint16 freePlace;
        uint24 leavingNotice;
        uint96 rentPerUnit;
        uint32 resourcePerVnode;
        uint32 resourceUsed;
        uint16 vnodeCount;
        CurrencyId currencyId;
        uint16 placeCount;
        uint16 stride;
        bool hasUndistributed;
        bool closed;
        bool hasUnserved;
        uint256 revenuePerWeight;
        uint112 undistributed;
        uint112 served;
    }

    /// @dev A node in a cluster.
    /// @param rent Its rent there.
    /// @param place The number of its place; 0: it is not in the cluster.
    /// @param vnodes How many vnodes are on it, as in its place.
    /// @param qualityDeficitBps What its quality lacks of all of it, in basis points.
    /// @param coveredVnodes For how many vnodes it has agreed to the cluster's terms and posted a bond, if they ask for it.
    /// @param leaving Whether it gets no more vnodes, whatever the terms.
    /// @param leftAt When it last left the cluster (unix seconds).
    /// @param liableVnodes The most vnodes that it served within a leaving notice before `reducedAt`.
    /// @param reducedAt When it last gave up a vnode under its agreement (unix seconds); 0: never.
    /// @param revenuePaid Up to where of the cluster's `revenuePerWeight` it has been paid. Full width, or a claim could pay again.
    struct Member {
        uint88 rent;
        uint16 place;
        uint16 vnodes;
        uint16 qualityDeficitBps;
        uint16 coveredVnodes;
        bool leaving;
        uint40 leftAt;
        uint16 liableVnodes;
        uint40 reducedAt;
        uint256 revenuePaid;
    }

    struct NetworkFee {
        uint16 bps;
        address account;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MAX_NETWORK_FEE = 1_000;

    /// @inheritdoc IClusterRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable ACCOUNT_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Cluster) internal _clusters;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Member)) internal _members;
    NetworkFee private _networkFee;

    // ------------------------------------------------------------ constructor

    constructor(address authority, address nodeRegistry, address accountRegistry, address networkAccount) AccessManaged(authority) {
        NODE_REGISTRY = nodeRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
        _setNetworkFee(0, networkAccount);
    }

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc IClusterRegistry
    function distributeRevenues(ClusterId clusterId) external {
        _distribute(clusterId, _cluster(clusterId), false);
    }

    /// @inheritdoc IClusterRegistry
    function claimRevenues(ClusterId clusterId, NodeId nodeId) external {
        _payMember(clusterId, _clusters[clusterId], nodeId);
    }

    /// @inheritdoc IClusterRegistry
    function setNetworkFee(uint16 networkFeeBps, address networkAccount) external restricted {
        _setNetworkFee(networkFeeBps, networkAccount);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function claimable(ClusterId clusterId, NodeId nodeId) external view returns (uint256 amount) {
        Cluster storage cluster = _cluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        (, uint256 scale, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        return _owed(cluster, member) / scale;
    }

    /// @inheritdoc IClusterRegistry
    function networkFee() external view returns (uint16 networkFeeBps, address networkAccount) {
        return (_networkFee.bps, _networkFee.account);
    }

    /// @inheritdoc IClusterRegistry
    function undistributedOf(ClusterId clusterId) external view returns (uint256 scaledAmount) {
        return _clusters[clusterId].undistributed;
    }

    // ------------------------------------------------------------ internal

    /// @dev Settles the cluster and shares its revenue out to the manager, the network and, by `revenuePerWeight`, the nodes. Before a
    /// change it has to be settled as a whole: what was earned before the change is shared as it was.
    function _distribute(ClusterId clusterId, Cluster storage cluster, bool whole) internal {
        (uint256 weight, bool hasUndistributed) = _totalWeight(cluster);
        if (weight == 0) return;
        NetworkFee memory fee = _networkFee;
        (address manager, uint16 managementFeeBps) = (cluster.manager, cluster.managementFeeBps);
        (uint256 forNetwork, uint256 forManager, uint256 shares) = IAccountRegistry(ACCOUNT_REGISTRY).takePool(
            IAccountRegistry.Distribution({
                clusterId: clusterId,
                whole: whole,
                networkFeeBps: fee.bps,
                managementFeeBps: managementFeeBps,
                networkAccount: fee.account,
                manager: manager
            })
        );
        // No fee is the whole, so there are shares unless the pool was empty.
        if (shares == 0) return;
        uint256 undistributed = hasUndistributed ? cluster.undistributed : 0;
        uint256 revenuePerWeight;
        uint256 rest;
        // Shares are below 2^224, the rest below 2^112. What has been earned is only ever compared by its difference, which a wrap would
        // leave right.
        unchecked {
            uint256 toShare = shares + undistributed;
            revenuePerWeight = cluster.revenuePerWeight + toShare / weight;
            rest = toShare % weight;
        }
        cluster.revenuePerWeight = revenuePerWeight;
        if (rest != undistributed) {
            // Below the weight, which has 112 bits.
            cluster.undistributed = uint112(rest);
            cluster.hasUndistributed = rest != 0;
        }
        emit RevenuesDistributed(clusterId, fee.account, manager, forNetwork, forManager, shares, revenuePerWeight);
    }

    /// @dev Credits a node's provider with what the node has earned.
    function _payMember(ClusterId clusterId, Cluster storage cluster, NodeId nodeId) internal {
        Member storage member = _member(clusterId, nodeId);
        uint256 weight = _weightOf(member);
        uint256 earned = cluster.revenuePerWeight;
        uint256 paid = member.revenuePaid;
        if (paid == earned) return;
        member.revenuePaid = earned;
        _credit(clusterId, cluster, nodeId, _share(weight, earned, paid));
    }

    /// @dev Credits a node's provider.
    function _credit(ClusterId clusterId, Cluster storage cluster, NodeId nodeId, uint256 scaledAmount) internal {
        if (scaledAmount == 0) return;
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).credit(provider, cluster.currencyId, scaledAmount);
        emit RevenuesClaimed(clusterId, nodeId, provider, scaledAmount);
    }

    /// @dev Gives what no node has a claim to, to the network's account: all of a pool that has no weight to be shared by, and what did
    /// not divide.
    function _giveUpLeftover(ClusterId clusterId, Cluster storage cluster) internal returns (address networkAccount, uint256 leftover) {
        networkAccount = _networkFee.account;
        uint256 undistributed = cluster.undistributed;
        (leftover, , ) = IAccountRegistry(ACCOUNT_REGISTRY).takePool(
            IAccountRegistry.Distribution({
                clusterId: clusterId,
                whole: true,
                networkFeeBps: uint16(Units.BPS),
                managementFeeBps: 0,
                networkAccount: networkAccount,
                manager: address(0)
            })
        );
        leftover += undistributed;
        if (undistributed != 0) IAccountRegistry(ACCOUNT_REGISTRY).credit(networkAccount, cluster.currencyId, undistributed);
    }

    function _setNetworkFee(uint16 networkFeeBps, address networkAccount) private {
        require(networkFeeBps <= MAX_NETWORK_FEE, NetworkFeeTooHigh(networkFeeBps, MAX_NETWORK_FEE));
        require(networkAccount != address(0), NetworkAccountZero());
        _networkFee = NetworkFee({bps: networkFeeBps, account: networkAccount});
        emit NetworkFeeChanged(networkFeeBps, networkAccount);
    }

    function _owed(Cluster storage cluster, Member storage member) internal view returns (uint256) {
        return _share(_weightOf(member), cluster.revenuePerWeight, member.revenuePaid);
    }

    /// @dev What a cluster's nodes weigh together, below 2^96 x 10^4, and whether something did not divide by it.
    function _totalWeight(Cluster storage cluster) private view returns (uint256 weight, bool hasUndistributed) {
        // Fields that share a slot are read side by side: once for all.
        (uint256 rentPerUnit, bool undistributed, bool hasUnserved) = (cluster.rentPerUnit, cluster.hasUndistributed, cluster.hasUnserved);
        weight = hasUnserved ? cluster.served : rentPerUnit * Units.BPS;
        hasUndistributed = undistributed;
    }

    /// @dev Its rent, scaled by its quality, on all its vnodes: below 2^88 x 2^16 x 10^4, and no more than the cluster's.
    function _weightOf(Member storage member) internal view returns (uint256) {
        (uint256 rent, uint256 vnodes, uint256 qualityDeficitBps) = (member.rent, member.vnodes, member.qualityDeficitBps);
        unchecked {
            return rent * vnodes * (Units.BPS - qualityDeficitBps);
        }
    }

    /// @dev A part of what is owed in the currency, so it cannot overflow; and what has been earned does not fall.
    function _share(uint256 weight, uint256 earned, uint256 paid) private pure returns (uint256) {
        unchecked {
            return weight * (earned - paid);
        }
    }

    function _cluster(ClusterId clusterId) internal view returns (Cluster storage cluster) {
        cluster = _clusters[clusterId];
        require(cluster.manager != address(0), ClusterUnknown(clusterId));
    }

    function _managedCluster(ClusterId clusterId) internal view returns (Cluster storage cluster) {
        cluster = _cluster(clusterId);
        require(msg.sender == cluster.manager, CallerNotManager(clusterId, msg.sender, cluster.manager));
    }

    function _member(ClusterId clusterId, NodeId nodeId) internal view returns (Member storage member) {
        member = _members[clusterId][nodeId];
        if (member.place != 0) return member;
        // A cluster that does not exist has no members.
        _cluster(clusterId);
        revert NodeNotInCluster(clusterId, nodeId);
    }
}
