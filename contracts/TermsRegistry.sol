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
/// @notice Lets the parties of a cluster judge, exclude and leave each other, within terms that they know beforehand. Agreements and bonds
/// are kept by {Agreements}; here is what is announced.
/// @dev What is announced about a node is void once the node has left: it does not meet the node when that comes back.
contract TermsRegistry is Agreements, Multicall {
    // ------------------------------------------------------------ types

    /// @param effectiveAt When it may take effect (unix seconds); 0: none is pending.
    struct Report {
        uint16 qualityBps;
        uint40 announcedAt;
        uint40 effectiveAt;
    }

    /// @param whole Whether for all the vnodes that became vacant with this one.
    struct Filling {
        uint32 vnodeIndex;
        bool whole;
        uint40 announcedAt;
        uint40 effectiveAt;
    }

    // ------------------------------------------------------------ constants

    /// @dev How long after its notice a vacancy can be filled: or it could be announced once, and filled at any moment later.
    uint256 private constant FILL_LAPSE = 1 hours;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => mapping(NodeId nodeId => Report)) private _reports;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Filling)) private _fillings;

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
            terms.weightNotice
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
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool whole) external {
        _requireManager(clusterId);
        _requireVacant(clusterId, vnodeIndex);
        if (IClusterRegistry(CLUSTER_REGISTRY).resourceUsedOf(clusterId) == 0) {
            // Where nothing is allocated all streams have been settled: there is nobody to warn.
            delete _fillings[clusterId][nodeId];
            IClusterRegistry(CLUSTER_REGISTRY).fillVacancy(clusterId, vnodeIndex, nodeId, whole);
            return;
        }
        (, , uint256 notice) = _noticesOf(clusterId);
        // 40 bits of seconds last for 34,000 years.
        Filling memory filling = Filling({
            vnodeIndex: vnodeIndex,
            whole: whole,
            announcedAt: uint40(block.timestamp),
            effectiveAt: uint40(block.timestamp + notice)
        });
        _fillings[clusterId][nodeId] = filling;
        emit FillAnnounced(clusterId, nodeId, vnodeIndex, whole, filling.effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function finishFill(ClusterId clusterId, NodeId nodeId) external {
        Filling memory filling = _fillings[clusterId][nodeId];
        _requireOver(clusterId, nodeId, filling.announcedAt, filling.effectiveAt);
        require(block.timestamp < filling.effectiveAt + FILL_LAPSE, NothingAnnounced(clusterId, nodeId));
        delete _fillings[clusterId][nodeId];
        IClusterRegistry(CLUSTER_REGISTRY).fillVacancy(clusterId, filling.vnodeIndex, nodeId, filling.whole);
    }

    /// @inheritdoc ITermsRegistry
    function offerValidator(ClusterId clusterId, address validator) external {
        _requireManager(clusterId);
        (uint256 leavingNotice, uint256 notice, uint256 weightNotice) = _noticesOf(clusterId);
        // Whoever was leaving when the last one took office has left by then: there is one validator before at a time.
        uint256 nextAt = _contracts[clusterId].validatorSince + Math.max(leavingNotice, weightNotice);
        // 40 bits of seconds last for 34,000 years.
        uint40 effectiveAt = validator == address(0) ? 0 : uint40(Math.max(block.timestamp + notice, nextAt));
        _successions[clusterId] = Succession({validator: validator, effectiveAt: effectiveAt});
        emit ValidatorOffered(clusterId, validator, effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function finishValidator(ClusterId clusterId) external {
        Succession memory succession = _successions[clusterId];
        NodeId none = NodeId.wrap(0);
        require(succession.effectiveAt != 0, NothingAnnounced(clusterId, none));
        require(block.timestamp >= succession.effectiveAt, AnnouncementRunning(clusterId, none, succession.effectiveAt));
        address validator = _validatorOf(clusterId);
        delete _successions[clusterId];
        emit ValidatorChanged(clusterId, validator, succession.validator);
        // Whoever stays in office goes on judging those who leave.
        if (succession.validator == validator) return;
        Contract storage terms = _contracts[clusterId];
        // 40 bits of seconds last for 34,000 years.
        (terms.validator, terms.validatorSince, terms.previousValidator) = (succession.validator, uint40(block.timestamp), validator);
    }

    // ------------------------------------------------------------ functions that change state: the validator's

    /// @inheritdoc ITermsRegistry
    function reportQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps, uint16 code, string calldata ref) external {
        _requireJudge(clusterId, nodeId);
        require(qualityBps <= Units.BPS, BpsTooHigh(qualityBps, Units.BPS));
        _requireServing(clusterId, nodeId);
        (, , uint256 notice) = _noticesOf(clusterId);
        // 40 bits of seconds last for 34,000 years.
        uint40 effectiveAt = uint40(block.timestamp + notice);
        _reports[clusterId][nodeId] = Report({qualityBps: qualityBps, announcedAt: uint40(block.timestamp), effectiveAt: effectiveAt});
        emit QualityReported(clusterId, nodeId, msg.sender, qualityBps, code, ref, effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function finishReport(ClusterId clusterId, NodeId nodeId) external {
        Report memory report = _reports[clusterId][nodeId];
        _requireOver(clusterId, nodeId, report.announcedAt, report.effectiveAt);
        delete _reports[clusterId][nodeId];
        IClusterRegistry(CLUSTER_REGISTRY).setQuality(clusterId, nodeId, report.qualityBps);
    }

    // ------------------------------------------------------------ functions that change state: the provider's

    /// @inheritdoc ITermsRegistry
    function announceExit(ClusterId clusterId, NodeId nodeId) external {
        _requireProvider(nodeId);
        Agreement storage agreement = _agreements[clusterId][nodeId];
        (uint256 vnodes, uint256 leftAt) = _serviceOf(clusterId, nodeId);
        // While the agreement holds, a node that was excluded could be brought back at any time, and its bond locked again.
        bool mayReturn = leftAt != 0 && agreement.provider != address(0);
        require(vnodes != 0 || mayReturn, NodeNotServing(clusterId, nodeId));
        uint256 exitAt = _exitOf(clusterId, agreement);
        require(exitAt == 0, ExitAlreadyAnnounced(clusterId, nodeId, exitAt));
        // 40 bits of seconds last for 34,000 years.
        agreement.exitAnnouncedAt = uint40(block.timestamp);
        emit ExitAnnounced(clusterId, nodeId, _exitOf(clusterId, agreement));
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function finishExit(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        uint256 exitAt = _exitOf(clusterId, agreement);
        require(exitAt != 0, NothingAnnounced(clusterId, nodeId));
        require(block.timestamp >= exitAt, AnnouncementRunning(clusterId, nodeId, exitAt));
        (uint16 vnodes, ) = _serviceOf(clusterId, nodeId);
        if (vnodes != 0) IClusterRegistry(CLUSTER_REGISTRY).vacate(clusterId, nodeId);
        if (agreement.bond != 0) _returnBond(clusterId, nodeId, agreement, agreement.bond);
        delete _agreements[clusterId][nodeId];
        // Under default terms it may come back.
        _cover(clusterId, nodeId, agreement);
        emit ExitFinished(clusterId, nodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc ITermsRegistry
    function offeredValidator(ClusterId clusterId) external view returns (address validator, uint256 effectiveAt) {
        return (_successions[clusterId].validator, _successions[clusterId].effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function getAgreement(ClusterId clusterId, NodeId nodeId) external view returns (AgreementStatus memory status) {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        status.provider = agreement.provider;
        status.currencyId = _contracts[clusterId].currencyId;
        status.bond = agreement.bond;
        (, status.lockedUntil) = _returnable(clusterId, nodeId, agreement);
        status.penaltyLeft = agreement.penaltyLeft;
        status.penaltyWindowEnd = agreement.windowEnd;
        if (_isShort(clusterId, nodeId, agreement)) status.shortSince = agreement.shortSince;
        status.exitAt = _exitOf(clusterId, agreement);
        Report storage report = _reports[clusterId][nodeId];
        if (_isVoid(clusterId, nodeId, report.announcedAt)) return status;
        (status.reportedBps, status.reportEffectiveAt) = (report.qualityBps, report.effectiveAt);
    }

    /// @inheritdoc ITermsRegistry
    function qualityOf(ClusterId clusterId, NodeId nodeId) external view returns (uint16 qualityBps) {
        _requireServing(clusterId, nodeId);
        (, , qualityBps, , ) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
    }

    // ------------------------------------------------------------ internal

    /// @dev When the node may leave; 0: it announced nothing. It cannot come back before that is finished.
    function _exitOf(ClusterId clusterId, Agreement storage agreement) private view returns (uint256) {
        uint256 announcedAt = agreement.exitAnnouncedAt;
        if (announcedAt == 0) return 0;
        (uint256 leavingNotice, , uint256 weightNotice) = _noticesOf(clusterId);
        return announcedAt + Math.max(leavingNotice, weightNotice);
    }

    /// @dev Requires that something was announced of a node that has not left since, and that the notice is over.
    function _requireOver(ClusterId clusterId, NodeId nodeId, uint256 announcedAt, uint256 effectiveAt) private view {
        require(effectiveAt != 0 && !_isVoid(clusterId, nodeId, announcedAt), NothingAnnounced(clusterId, nodeId));
        require(block.timestamp >= effectiveAt, AnnouncementRunning(clusterId, nodeId, effectiveAt));
    }

    function _isVoid(ClusterId clusterId, NodeId nodeId, uint256 announcedAt) private view returns (bool) {
        (, uint256 leftAt) = _serviceOf(clusterId, nodeId);
        return leftAt >= announcedAt;
    }

    /// @dev When it is announced, too: or a wrong number would show only when the notice is over.
    function _requireVacant(ClusterId clusterId, uint32 vnodeIndex) private view {
        IClusterRegistry clusters = IClusterRegistry(CLUSTER_REGISTRY);
        NodeId[] memory serving = clusters.getVnodes(clusterId, vnodeIndex, 1);
        if (serving.length == 0) revert VnodeUnknown(clusterId, vnodeIndex, clusters.getCluster(clusterId).vnodeCount);
        require(NodeId.unwrap(serving[0]) == 0, VnodeNotVacant(clusterId, vnodeIndex, serving[0]));
    }

    function _requireServing(ClusterId clusterId, NodeId nodeId) private view {
        (uint16 vnodes, ) = _serviceOf(clusterId, nodeId);
        require(vnodes != 0, NodeNotServing(clusterId, nodeId));
    }
}
