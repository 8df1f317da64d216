// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Totals} from "../base/Totals.sol";

/// @dev Managers make clusters, reserve resource, and hand clusters over.
abstract contract Clusters is Totals {
    uint256 private constant MAX_CLUSTERS = 9;
    uint256 private constant MAX_MEMBERS = 5;
    uint256 private constant MAX_WEIGHT = type(uint96).max;

    uint32 private _clustersCreated;

    function createCluster(uint256 seed) external seeded(seed) {
        _requireRoomForCluster();
        (address by, Currency currency, uint16 fee) = (_person(), _usualCurrency(), uint16(_oneIn(4) ? 0 : _below(3_001)));
        uint32 vnodeCount = uint32(_oneIn(8) ? _between(1, type(uint16).max) : 1 + _below(24));
        NodeId[] memory nodeIds = _trusting(by, vnodeCount);
        bytes memory data = abi.encodeCall(IClusterRegistry.createCluster, (currency, vnodeCount, nodeIds, fee, _params()));
        if (!_act(by, true, address(clusters), data)) return;
        _noteCluster(by, fee, currency);
    }

    function reserveResource(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_hasRoom);
        uint256 room = _roomOf(clusterId);
        uint32 perVnode = uint32(_between(1, room + room / 16));
        _act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.reserveResource, (clusterId, perVnode)));
    }

    function releaseResource(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_hasFree);
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(clusterId);
        uint256 free = cluster.resourcePerVnode - cluster.resourceUsed;
        uint32 perVnode = uint32(_between(1, free + free / 16));
        _act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.releaseResource, (clusterId, perVnode)));
    }

    function closeCluster(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_anyCluster);
        _act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.closeCluster, (clusterId, _oneIn(4))));
    }

    function changeClusterParams(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_anyCluster);
        _act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.changeClusterParams, (clusterId, _params())));
    }

    function lowerManagementFee(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_hasFee);
        uint16 fee = uint16(_below(_agreement[clusterId].managementFeeBps + 10));
        uint256[] memory totals = _earnedTotals(clusterId);
        bytes memory data = abi.encodeCall(IClusterRegistry.lowerManagementFee, (clusterId, fee));
        if (!_act(by, entitled, address(clusters), data)) return;
        _agreement[clusterId].managementFeeBps = fee;
        _expectSame(totals, _earnedTotals(clusterId), "changesShareWhatWasEarnedBefore", "another management fee");
    }

    function offerManagement(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_anyCluster);
        address to = _oneIn(16) ? address(0) : _person();
        _act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.offerManagement, (clusterId, to)));
    }

    function acceptManagement(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_isOffered);
        address offeredTo = clusters.getCluster(clusterId).offeredTo;
        address by = _mostly(offeredTo);
        uint256[] memory totals = _earnedTotals(clusterId);
        bytes memory data = abi.encodeCall(IClusterRegistry.acceptManagement, (clusterId));
        if (!_act(by, by == offeredTo, address(clusters), data)) return;
        _agreement[clusterId].manager = by;
        _expectSame(totals, _earnedTotals(clusterId), "changesShareWhatWasEarnedBefore", "another manager");
    }

    function removeCluster(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_isUnused);
        if (!_act(by, entitled, address(clusters), abi.encodeCall(IClusterRegistry.removeCluster, (clusterId)))) return;
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            if (ClusterId.unwrap(_clusterIds[i]) == ClusterId.unwrap(clusterId)) _clusterIds[i] = _clusterIds[_clusterIds.length - 1];
        }
        _clusterIds.pop();
        delete _agreement[clusterId];
    }

    // ------------------------------------------------------------ choices

    /// @dev Half of the time that of another cluster, so that people pay several clusters in one currency.
    function _usualCurrency() internal returns (Currency) {
        if (_clusterIds.length == 0 || _oneIn(2)) return _currency();
        return _agreement[_cluster(_anyCluster)].currency;
    }

    function _requireRoomForCluster() internal view {
        require(_clusterIds.length < MAX_CLUSTERS, "enough clusters");
    }

    function _noteCluster(address by, uint256 fee, Currency currency) internal returns (ClusterId clusterId) {
        clusterId = ClusterId.wrap(++_clustersCreated);
        _clusterIds.push(clusterId);
        _agreement[clusterId] = Agreement({manager: by, managementFeeBps: fee, currency: currency});
    }

    function _clusterAndCaller(
        function(ClusterId) internal view returns (bool) suits
    ) internal returns (ClusterId clusterId, address by, bool entitled) {
        clusterId = _cluster(suits);
        address manager = _agreement[clusterId].manager;
        by = _mostly(manager);
        entitled = by == manager;
    }

    /// @dev Distinct nodes whose providers trust the manager, as far as their rents fit, and often only cheap ones; any node if there is
    /// none.
    function _trusting(address manager, uint256 vnodeCount) internal returns (NodeId[] memory nodeIds) {
        uint256 most = 1 + _below(vnodeCount < MAX_MEMBERS ? vnodeCount : MAX_MEMBERS);
        uint256 perNode = vnodeCount / most + 1;
        uint256 dearest = _oneIn(2) ? MAX_WEIGHT : 2 ** _below(88);
        uint256 weight = 0;
        uint256 found = 0;
        nodeIds = new NodeId[](most);
        uint256 start = _below(_nodeIds.length);
        for (uint256 i = 0; i < _nodeIds.length && found < most; ++i) {
            NodeId nodeId = _nodeIds[(start + i) % _nodeIds.length];
            uint256 added = nodes.rentOf(nodeId) * perNode;
            if (nodes.rentOf(nodeId) > dearest || weight + added > MAX_WEIGHT) continue;
            if (!nodes.isTrusted(nodes.providerOf(nodeId), manager)) continue;
            weight += added;
            nodeIds[found++] = nodeId;
        }
        if (found == 0) nodeIds[found++] = _nodeIds[start];
        assembly ("memory-safe") {
            mstore(nodeIds, found)
        }
    }

    /// @dev How much more each vnode could have reserved.
    function _roomOf(ClusterId clusterId) private view returns (uint256 room) {
        room = type(uint32).max - clusters.getCluster(clusterId).resourcePerVnode;
        IClusterRegistry.MemberStatus[] memory members = clusters.getMembers(clusterId);
        for (uint256 i = 0; i < members.length; ++i) {
            uint256 free = nodes.getNode(members[i].nodeId).capacity - nodes.getNode(members[i].nodeId).reserved;
            if (free / members[i].vnodes < room) room = free / members[i].vnodes;
        }
    }

    function _hasRoom(ClusterId clusterId) private view returns (bool) {
        return _roomOf(clusterId) != 0;
    }

    function _hasFree(ClusterId clusterId) private view returns (bool) {
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(clusterId);
        return cluster.resourcePerVnode != cluster.resourceUsed;
    }

    function _hasFee(ClusterId clusterId) private view returns (bool) {
        return _agreement[clusterId].managementFeeBps != 0;
    }

    function _isOffered(ClusterId clusterId) private view returns (bool) {
        return clusters.getCluster(clusterId).offeredTo != address(0);
    }

    function _isUnused(ClusterId clusterId) private view returns (bool) {
        return clusters.getCluster(clusterId).resourceUsed == 0;
    }
}
