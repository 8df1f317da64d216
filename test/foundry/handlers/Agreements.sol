// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {Funding} from "../../../contracts/types/Funding.sol";
import {ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {vm} from "../base/Vm.sol";
import {Members} from "./Members.sol";

/// @dev Clusters with terms of their own: who agrees to them, what they post, and what they lose.
abstract contract Agreements is Members {
    uint256 private constant BPS = 10_000;
    uint32 private constant MAX_VNODES = 24;

    /// @dev Created, agreed to, bonded and filled, as far as providers have what is asked of them.
    function createClusterWithTerms(uint256 seed) external seeded(seed) {
        _requireRoomForCluster();
        (address by, Currency currency, uint32 vnodeCount) = (_person(), _usualCurrency(), 1 + uint32(_below(MAX_VNODES)));
        ITermsRegistry.Terms memory agreed = ITermsRegistry.Terms({
            validator: _validator(),
            bondPerVnode: uint128(_oneIn(4) ? 0 : 1 + _below(100)),
            maxSlashBps: uint16(_below(BPS + 1)),
            leavingNotice: uint24(_between(1 hours, 30 days)),
            validatorNotice: uint24(_between(1 hours, 30 days))
        });
        uint16 fee = uint16(_below(3_001));
        bytes memory data = abi.encodeCall(ITermsRegistry.createClusterWithTerms, (agreed, currency, vnodeCount, fee, _params()));
        if (!_act(by, true, address(terms), data)) return;
        ClusterId clusterId = _noteCluster(by, fee, currency);
        _hasTerms[clusterId] = true;
        if (_oneIn(3)) return;
        NodeId[] memory nodeIds = _trusting(by, vnodeCount);
        uint256 each = vnodeCount / nodeIds.length + 1;
        for (uint256 i = 0; i < nodeIds.length; ++i) _agree(clusterId, nodeIds[i], each * agreed.bondPerVnode);
        // What is refused does not matter: it is filled later.
        try this.tryToFill(clusterId, by, nodeIds) {} catch {}
    }

    function tryToFill(ClusterId clusterId, address by, NodeId[] calldata nodeIds) external {
        require(msg.sender == address(this), "not a deed");
        _act(by, true, address(terms), abi.encodeCall(ITermsRegistry.fillCluster, (clusterId, nodeIds)));
    }

    /// @dev Its providers agree to what is missing, as far as they can.
    function fillCluster(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, address by, bool entitled) = _clusterAndCaller(_isUnfilled);
        IClusterRegistry.ClusterStatus memory cluster = clusters.getCluster(clusterId);
        NodeId[] memory nodeIds = _trusting(cluster.manager, cluster.vnodeCount);
        uint256 each = cluster.vnodeCount / nodeIds.length + 1;
        uint256 bond = each * (_hasTerms[clusterId] ? terms.getTerms(clusterId).bondPerVnode : 0);
        for (uint256 i = 0; i < nodeIds.length; ++i) _agree(clusterId, nodeIds[i], bond);
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.fillCluster, (clusterId, nodeIds)));
    }

    function acceptTerms(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_mayAgree);
        address by = _mostly(nodes.providerOf(nodeId));
        bool entitled = by == nodes.providerOf(nodeId);
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.acceptTerms, (clusterId, nodeId)));
    }

    function acceptTermsWithBond(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_mayAgree);
        (address by, bool entitled) = _providerOf(nodeId);
        Currency currency = _agreement[clusterId].currency;
        uint256 bond = _between(1, 1e6);
        Funding memory funding = Funding({amount: bond + _below(3), deadline: 0, v: 0, r: 0, s: 0});
        _fund(by, currency, funding.amount);
        bytes memory data = abi.encodeCall(ITermsRegistry.acceptTermsWithBond, (clusterId, nodeId, bond, funding));
        _send(by, entitled, address(terms), currency.isNative() ? funding.amount : 0, data);
    }

    function postBond(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_canPost);
        (address by, bool entitled) = _providerOf(nodeId);
        uint256 balance = accounts.getAccount(by, _agreement[clusterId].currency).balance;
        uint256 amount = _between(1, Math.min(balance + balance / 16, 1e9));
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.postBond, (clusterId, nodeId, amount)));
    }

    function withdrawBond(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_canWithdraw);
        (address by, bool entitled) = _providerOf(nodeId);
        uint256 amount = _oneIn(2) ? type(uint256).max : _between(1, _freeBond(clusterId, nodeId) + 1);
        _act(by, entitled, address(terms), abi.encodeCall(ITermsRegistry.withdrawBond, (clusterId, nodeId, amount)));
    }

    function slash(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_canLose);
        (address by, bool entitled) = _validatorOf(clusterId, nodeId);
        uint256 most = _slashOf(clusterId, nodeId);
        uint256 amount = _between(1, most + most / 16);
        bytes memory data = abi.encodeCall(ITermsRegistry.slash, (clusterId, nodeId, amount, uint16(_below(9)), ""));
        _act(by, entitled, address(terms), data);
    }

    /// @dev Two things at once.
    function termsMulticall(uint256 seed) external seeded(seed) {
        (ClusterId clusterId, NodeId nodeId) = _pair(_canPost);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(ITermsRegistry.postBond, (clusterId, nodeId, 1));
        calls[1] = abi.encodeCall(ITermsRegistry.postBond, (clusterId, nodeId, 1));
        _act(nodes.providerOf(nodeId), true, address(terms), abi.encodeCall(Multicall.multicall, (calls)));
    }

    // ------------------------------------------------------------ choices

    /// @dev A cluster and a node that suit, from random ones on; any if there are none.
    function _pair(function(ClusterId, NodeId) internal view returns (bool) suits) internal returns (ClusterId clusterId, NodeId nodeId) {
        (uint256 from, uint256 start) = (_below(_clusterIds.length), _below(_nodeIds.length));
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            clusterId = _clusterIds[(from + i) % _clusterIds.length];
            for (uint256 j = 0; j < _nodeIds.length; ++j) {
                nodeId = _nodeIds[(start + j) % _nodeIds.length];
                if (suits(clusterId, nodeId)) return (clusterId, nodeId);
            }
        }
    }

    function _providerOf(NodeId nodeId) internal returns (address by, bool entitled) {
        by = _mostly(nodes.providerOf(nodeId));
        entitled = by == nodes.providerOf(nodeId);
    }

    /// @dev Who may judge the node, if that is a person: the contract {StorageProofs} judges by its rules alone.
    function _validatorOf(ClusterId clusterId, NodeId nodeId) internal returns (address by, bool entitled) {
        address validator = terms.validatorOf(clusterId, nodeId);
        by = _mostly(validator == address(proofs) ? address(0) : validator);
        entitled = by == validator;
    }

    /// @dev The manager, a person, or {StorageProofs}: more often while no cluster names that.
    function _validator() internal returns (address) {
        if (_oneIn(4)) return address(0);
        return _oneIn(_isAnyJudged() ? 4 : 2) ? address(proofs) : _person();
    }

    function _isAnyJudged() private view returns (bool) {
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            if (_presentValidator(_clusterIds[i]) == address(proofs)) return true;
        }
        return false;
    }

    /// @dev No exit of node 0 is announced, so the present office judges it.
    function _presentValidator(ClusterId clusterId) internal view returns (address validator) {
        (validator, ) = terms.officeOf(clusterId, NodeId.wrap(0));
    }

    function _serves(ClusterId clusterId, NodeId nodeId) internal view returns (bool) {
        (, uint256 vnodes, , , , ) = clusters.membershipOf(clusterId, nodeId);
        return vnodes != 0;
    }

    function _exitOf(ClusterId clusterId, NodeId nodeId) internal view returns (uint256) {
        return terms.getAgreement(clusterId, nodeId).exitAt;
    }

    /// @dev Lets a provider agree and post, as far as it can.
    function _agree(ClusterId clusterId, NodeId nodeId, uint256 bond) internal {
        if (!_hasTerms[clusterId]) return;
        address provider = nodes.providerOf(nodeId);
        if (_mayAgree(clusterId, nodeId))
            _act(provider, true, address(terms), abi.encodeCall(ITermsRegistry.acceptTerms, (clusterId, nodeId)));
        if (terms.getAgreement(clusterId, nodeId).provider == address(0)) return;
        uint256 missing = Math.saturatingSub(bond, terms.bondOf(clusterId, nodeId));
        if (missing == 0) return;
        Currency currency = _agreement[clusterId].currency;
        _fund(provider, currency, missing);
        bytes memory deposit = abi.encodeCall(IAccountRegistry.deposit, (currency, missing));
        _send(provider, true, address(accounts), currency.isNative() ? missing : 0, deposit);
        if (accounts.getAccount(provider, currency).balance < missing) return;
        _act(provider, true, address(terms), abi.encodeCall(ITermsRegistry.postBond, (clusterId, nodeId, missing)));
    }

    function _isUnfilled(ClusterId clusterId) private view returns (bool) {
        return _hasTerms[clusterId] && clusters.getCluster(clusterId).rentPerUnit == 0 && clusters.getMembers(clusterId).length == 0;
    }

    function _mayAgree(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (!_hasTerms[clusterId] || terms.getAgreement(clusterId, nodeId).provider != address(0)) return false;
        (, uint256 changesAt) = terms.offeredValidator(clusterId);
        return changesAt == 0;
    }

    function _canPost(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (terms.getAgreement(clusterId, nodeId).provider == address(0)) return false;
        return accounts.getAccount(nodes.providerOf(nodeId), _agreement[clusterId].currency).balance > 1;
    }

    function _canWithdraw(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        return _freeBond(clusterId, nodeId) != 0;
    }

    function _freeBond(ClusterId clusterId, NodeId nodeId) private view returns (uint256) {
        ITermsRegistry.AgreementStatus memory status = terms.getAgreement(clusterId, nodeId);
        if (status.bond == 0 || status.lockedUntil != 0) return 0;
        (, uint256 vnodes, , , , uint256 liableVnodes) = clusters.membershipOf(clusterId, nodeId);
        if (vnodes == 0) return status.bond;
        return status.exitAt != 0 ? 0 : Math.saturatingSub(status.bond, liableVnodes * terms.getTerms(clusterId).bondPerVnode);
    }

    /// @dev While its node serves, or its leaving notice runs, and a person judges it.
    function _canLose(ClusterId clusterId, NodeId nodeId) private view returns (bool) {
        if (_slashOf(clusterId, nodeId) == 0 || terms.validatorOf(clusterId, nodeId) == address(proofs)) return false;
        if (!_serves(clusterId, nodeId) && terms.getAgreement(clusterId, nodeId).lockedUntil == 0) return false;
        return !clusters.hasManaged(clusterId, _networkAccount) && _networkAccount != terms.validatorOf(clusterId, nodeId);
    }

    function _canBeShort(ClusterId clusterId, NodeId nodeId) internal view returns (bool) {
        return _serves(clusterId, nodeId) && _canLose(clusterId, nodeId);
    }

    /// @dev The most that may be lost now.
    function _slashOf(ClusterId clusterId, NodeId nodeId) internal view returns (uint256) {
        ITermsRegistry.AgreementStatus memory status = terms.getAgreement(clusterId, nodeId);
        if (status.bond == 0) return 0;
        if (vm.getBlockTimestamp() < status.slashRenewsAt) return Math.min(status.slashableLeft, status.bond);
        return (status.bond * terms.getTerms(clusterId).maxSlashBps) / BPS;
    }
}
