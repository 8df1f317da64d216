// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {ITermsRegistry} from "./interfaces/ITermsRegistry.sol";
import {Units} from "./libraries/Units.sol";
import {Agreements} from "./terms/Agreements.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, NodeId} from "./types/Ids.sol";

/// @title TermsRegistry
/// @notice Lets the parties of a cluster judge, exclude and leave each other, within terms that they know beforehand. {Agreements} keeps
/// the agreements and the bonds; what changes a cluster's nodes is here.
contract TermsRegistry is Agreements, Multicall {
    // ------------------------------------------------------------ constants

    /// @dev Below this quality a node whose exit is announced may leave at once.
    uint256 private constant HALF_QUALITY = 5_000;

    // ------------------------------------------------------------ constructor

    constructor(
        address clusterRegistry,
        address nodeRegistry,
        address accountRegistry
    ) Agreements(clusterRegistry, nodeRegistry, accountRegistry) {}

    // ------------------------------------------------------------ functions that change state: the manager's

    /// @inheritdoc ITermsRegistry
    function createClusterWithTerms(
        Terms calldata terms,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId) {
        clusterId = IClusterRegistry(CLUSTER_REGISTRY).createVacant(
            msg.sender,
            currency,
            vnodeCount,
            managementFeeBps,
            params,
            terms.leavingNotice
        );
        Terms memory set = terms;
        if (set.validator == address(0)) set.validator = msg.sender;
        _setTerms(clusterId, set);
    }

    /// @inheritdoc ITermsRegistry
    function fillCluster(ClusterId clusterId, NodeId[] calldata nodeIds) external {
        _requireManager(clusterId);
        IClusterRegistry(CLUSTER_REGISTRY).fillCluster(clusterId, nodeIds);
    }

    /// @inheritdoc ITermsRegistry
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool allVacant) external {
        _requireManager(clusterId);
        IClusterRegistry(CLUSTER_REGISTRY).fillVacancy(clusterId, vnodeIndex, nodeId, allVacant);
    }

    /// @inheritdoc ITermsRegistry
    function offerValidator(ClusterId clusterId, address validator) external {
        _requireManager(clusterId);
        (uint256 leavingNotice, uint256 notice) = _noticesOf(clusterId);
        // By then the notices of all nodes that were leaving when the last validator took office are over: one validator before is enough.
        uint256 nextAt = _terms[clusterId].validatorSince + leavingNotice;
        // 40 bits of seconds last for 34,000 years.
        uint40 effectiveAt = validator == address(0) ? 0 : uint40(Math.max(block.timestamp + notice, nextAt));
        _pendingValidators[clusterId] = PendingValidator({validator: validator, effectiveAt: effectiveAt});
        emit ValidatorOffered(clusterId, validator, effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function finishValidator(ClusterId clusterId) external {
        PendingValidator memory pending = _pendingValidators[clusterId];
        NodeId none = NodeId.wrap(0);
        require(pending.effectiveAt != 0, ChangeNotAnnounced(clusterId, none));
        require(block.timestamp >= pending.effectiveAt, ChangeNotReady(clusterId, none, pending.effectiveAt));
        address validator = _currentValidator(clusterId);
        delete _pendingValidators[clusterId];
        emit ValidatorChanged(clusterId, validator, pending.validator);
        // A validator that stays in office goes on judging the nodes that leave.
        if (pending.validator == validator) return;
        StoredTerms storage terms = _terms[clusterId];
        // 40 bits of seconds last for 34,000 years.
        (terms.validator, terms.validatorSince, terms.previousValidator) = (pending.validator, uint40(block.timestamp), validator);
    }

    // ------------------------------------------------------------ functions that change state: the validator's

    /// @inheritdoc ITermsRegistry
    function reportQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps, uint16 code, string calldata ref) external {
        _requireValidator(clusterId, nodeId);
        require(qualityBps <= Units.BPS, BpsTooHigh(qualityBps, Units.BPS));
        _requireServing(clusterId, nodeId);
        Agreement storage agreement = _agreements[clusterId][nodeId];
        // It stays so: a validator could otherwise raise the quality for the block in which the node would leave.
        if (qualityBps < HALF_QUALITY && agreement.exitAnnouncedAt != 0) agreement.mayLeaveEarly = true;
        emit QualityReported(clusterId, nodeId, msg.sender, qualityBps, code, ref);
        IClusterRegistry(CLUSTER_REGISTRY).setQuality(clusterId, nodeId, qualityBps);
    }

    // ------------------------------------------------------------ functions that change state: the provider's

    /// @inheritdoc ITermsRegistry
    function announceExit(ClusterId clusterId, NodeId nodeId) external {
        _requireProvider(nodeId);
        Agreement storage agreement = _agreements[clusterId][nodeId];
        (, uint16 vnodes, uint16 qualityBps, , , ) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
        // While the agreement holds, a node that does not serve could be given vnodes at any time, and its bond locked.
        require(vnodes != 0 || agreement.provider != address(0), NodeNotServing(clusterId, nodeId));
        uint256 exitAt = _exitOf(clusterId, nodeId, agreement);
        require(exitAt == 0, ExitAlreadyAnnounced(clusterId, nodeId, exitAt));
        agreement.exitValidator = validatorOf(clusterId, nodeId);
        // 40 bits of seconds last for 34,000 years.
        (agreement.exitAnnouncedAt, agreement.mayLeaveEarly) = (uint40(block.timestamp), qualityBps < HALF_QUALITY);
        emit ExitAnnounced(clusterId, nodeId, _exitOf(clusterId, nodeId, agreement));
        _cover(clusterId, nodeId, agreement, false);
    }

    /// @inheritdoc ITermsRegistry
    function finishExit(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        (uint16 vnodes, , ) = _serviceOf(clusterId, nodeId);
        uint256 exitAt = _exitOf(clusterId, nodeId, agreement);
        require(exitAt != 0, ChangeNotAnnounced(clusterId, nodeId));
        require(block.timestamp >= exitAt, ChangeNotReady(clusterId, nodeId, exitAt));
        if (vnodes != 0) IClusterRegistry(CLUSTER_REGISTRY).vacate(clusterId, nodeId);
        uint256 bond = agreement.bond;
        if (bond != 0) {
            (, uint256 lockedUntil) = _returnable(clusterId, nodeId, agreement);
            if (lockedUntil != 0) {
                // The agreement stays until the liability ends, and with it the announcement: so the node cannot be brought back.
                emit BondRetained(clusterId, nodeId, lockedUntil);
                return;
            }
            _returnBond(clusterId, nodeId, agreement, bond);
        }
        delete _agreements[clusterId][nodeId];
        // Under default terms it may come back.
        _cover(clusterId, nodeId, agreement, false);
        emit ExitFinished(clusterId, nodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc ITermsRegistry
    function offeredValidator(ClusterId clusterId) external view returns (address validator, uint256 effectiveAt) {
        return (_pendingValidators[clusterId].validator, _pendingValidators[clusterId].effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function getAgreement(ClusterId clusterId, NodeId nodeId) external view returns (AgreementStatus memory status) {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        status.provider = agreement.provider;
        status.currencyId = _terms[clusterId].currencyId;
        status.bond = agreement.bond;
        (, status.lockedUntil) = _returnable(clusterId, nodeId, agreement);
        status.slashableLeft = agreement.slashableLeft;
        status.slashRenewsAt = agreement.renewsAt;
        if (_isShort(clusterId, nodeId, agreement)) status.shortSince = agreement.shortSince;
        status.exitAt = _exitOf(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function qualityOf(ClusterId clusterId, NodeId nodeId) external view returns (uint16 qualityBps) {
        _requireServing(clusterId, nodeId);
        (, , qualityBps, , , ) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
    }

    // ------------------------------------------------------------ internal

    /// @dev When the node's exit can be finished (unix seconds); 0: it announced none. It cannot come back before that. A node that has not
    /// served under its agreement can finish at once; one that has left, when its notice is over and its bond answers for it no more.
    function _exitOf(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) private view returns (uint256) {
        (uint256 announcedAt, bool mayLeaveEarly) = (agreement.exitAnnouncedAt, agreement.mayLeaveEarly);
        if (announcedAt == 0) return 0;
        (uint256 liableUntil, uint256 vnodes, ) = _liabilityOf(clusterId, nodeId, agreement);
        if (vnodes == 0 ? liableUntil == 0 : mayLeaveEarly) return announcedAt;
        (uint256 leavingNotice, ) = _noticesOf(clusterId);
        return vnodes == 0 ? Math.max(announcedAt + leavingNotice, liableUntil) : announcedAt + leavingNotice;
    }

    function _requireServing(ClusterId clusterId, NodeId nodeId) private view {
        (uint16 vnodes, , ) = _serviceOf(clusterId, nodeId);
        require(vnodes != 0, NodeNotServing(clusterId, nodeId));
    }
}
