// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {vm} from "../base/Vm.sol";
import {Agreements} from "./Agreements.sol";

/// @dev Reports, vacancies, exits and validators. Whoever finishes what is announced mostly waits until the notice is over.
abstract contract Judgments is Agreements {
    function reportQuality(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isJudgedByPerson);
        (address by, bool entitled) = _validatorOf(clusterId, nodeId);
        uint16 quality = uint16(_oneIn(3) ? 10_000 : _below(10_001));
        _change(clusterId, by, entitled, address(terms), abi.encodeCall(ITermsRegistry.reportQuality, (clusterId, nodeId, quality, 1, "")));
    }

    function announceExit(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_canAnnounce);
        (address by, bool entitled) = _providerOf(nodeId);
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.announceExit, (clusterId, nodeId)));
    }

    function finishExit(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isLeaving);
        _awaitNotice(_exitOf(clusterId, nodeId));
        _change(clusterId, _person(), true, address(terms), abi.encodeCall(ITermsRegistry.finishExit, (clusterId, nodeId)));
    }

    /// @dev Of a node that has been slashed so that its bond is short, or is now.
    function vacateUncovered(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_isShort);
        if (!_isShort(clusterId, nodeId)) {
            (clusterId, nodeId) = _pair(_canBeShort);
            require(_canBeShort(clusterId, nodeId), "no bond");
            bytes memory data = abi.encodeCall(ITermsRegistry.slash, (clusterId, nodeId, _slashOf(clusterId, nodeId), 1, ""));
            _act(terms.validatorOf(clusterId, nodeId), true, address(terms), data);
        }
        uint256 since = terms.getAgreement(clusterId, nodeId).shortSince;
        if (since != 0) _awaitNotice(since + 7 days);
        _change(clusterId, _person(), true, address(terms), abi.encodeCall(ITermsRegistry.vacateUncovered, (clusterId, nodeId)));
    }

    /// @dev By a node that can, and agrees to the terms; where there is no vacancy, after a node has left.
    function fillVacancy(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_oneIn(2) ? _hasVacancyInUse : _hasVacancy);
        if (!_hasVacancy(clusterId)) (clusterId, entitled) = (_vacate(), true);
        if (entitled) by = _agreement[clusterId].manager;
        (NodeId nodeId, uint32 vnodeIndex) = (_filler(clusterId), _vacantVnode(clusterId));
        require(NodeId.unwrap(nodeId) != 0, "no node");
        _agree(clusterId, nodeId, uint256(clusters.getCluster(clusterId).vnodeCount) * terms.getTerms(clusterId).bondPerVnode);
        // Mostly for nothing, as what the vacancy's rent was is not to be seen.
        if (!_oneIn(4)) _act(nodes.providerOf(nodeId), true, address(nodes), abi.encodeCall(INodeRegistry.changeNodeRent, (nodeId, 0)));
        bytes memory data = abi.encodeCall(ITermsRegistry.fillVacancy, (clusterId, vnodeIndex, nodeId, _oneIn(2)));
        _change(clusterId, by, entitled, address(terms), data);
    }

    function offerValidator(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_anyCluster);
        address validator =
            _oneIn(8)
                ? address(0)
                : _oneIn(4)
                    ? address(proofs)
                    : _person();
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.offerValidator, (clusterId, validator)));
    }

    function finishValidator(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_isValidatorOffered);
        (, uint256 effectiveAt) = terms.offeredValidator(clusterId);
        _awaitNotice(effectiveAt);
        _act(_person(), true, address(terms), abi.encodeCall(ITermsRegistry.finishValidator, (clusterId)));
    }

    // ------------------------------------------------------------ choices

    /// @dev Lets a node of a cluster that buckets use leave it.
    function _vacate() private returns (ClusterId clusterId) {
        clusterId = _cluster(_isPaid);
        NodeId nodeId = _member(clusterId).nodeId;
        bytes memory data = abi.encodeCall(ITermsRegistry.announceExit, (clusterId, nodeId));
        if (_exitOf(clusterId, nodeId) == 0) _act(nodes.providerOf(nodeId), true, address(terms), data);
        uint256 exitAt = _exitOf(clusterId, nodeId);
        if (exitAt > vm.getBlockTimestamp()) _pass(exitAt - vm.getBlockTimestamp());
        _act(STRANGER, true, address(terms), abi.encodeCall(ITermsRegistry.finishExit, (clusterId, nodeId)));
    }

    function _awaitNotice(uint256 effectiveAt) internal {
        if (effectiveAt > vm.getBlockTimestamp() && !_oneIn(8)) _pass(effectiveAt - vm.getBlockTimestamp());
    }

    function _isJudgedByPerson(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _serves(clusterId, nodeId) && terms.validatorOf(clusterId, nodeId) != address(proofs);
    }

    function _canAnnounce(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _serves(clusterId, nodeId) && _exitOf(clusterId, nodeId) == 0;
    }

    function _isLeaving(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _exitOf(clusterId, nodeId) != 0;
    }

    function _isShort(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return terms.getAgreement(clusterId, nodeId).shortSince != 0;
    }

    function _isValidatorOffered(ClusterId clusterId) private view returns (bool) {
        (, uint256 effectiveAt) = terms.offeredValidator(clusterId);
        return effectiveAt != 0;
    }

    function _hasVacancy(ClusterId clusterId) private view returns (bool) {
        if (clusters.getMembers(clusterId).length == 0 && clusters.getCluster(clusterId).rentPerUnit == 0) return false;
        return _vacantVnode(clusterId) != type(uint32).max;
    }

    function _hasVacancyInUse(ClusterId clusterId) private view returns (bool) {
        return clusters.getCluster(clusterId).resourceUsed != 0 && _hasVacancy(clusterId);
    }

    /// @dev The first vacant one of the first few vnodes.
    function _vacantVnode(ClusterId clusterId) private view returns (uint32) {
        NodeId[] memory vnodes = clusters.getVnodes(clusterId, 0, 24);
        for (uint32 i = 0; i < vnodes.length; ++i) if (NodeId.unwrap(vnodes[i]) == 0) return i;
        return type(uint32).max;
    }

    /// @dev The cheapest node that is not in the cluster and may be.
    function _filler(ClusterId clusterId) private returns (NodeId nodeId) {
        (uint256 start, uint256 lowest) = (_below(_nodeIds.length), type(uint256).max);
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            NodeId other = _nodeIds[(start + i) % _nodeIds.length];
            if (_serves(clusterId, other) || _exitOf(clusterId, other) != 0) continue;
            if (!nodes.isTrusted(nodes.providerOf(other), _agreement[clusterId].manager)) continue;
            uint256 free = nodes.getNode(other).capacity - nodes.getNode(other).reserved;
            if (free < clusters.getCluster(clusterId).resourcePerVnode || nodes.rentOf(other) >= lowest) continue;
            (nodeId, lowest) = (other, nodes.rentOf(other));
        }
    }
}
