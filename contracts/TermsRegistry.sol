// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {ITermsRegistry} from "./interfaces/ITermsRegistry.sol";
import {Agreements} from "./libraries/Agreements.sol";
import {Bonds} from "./libraries/Bonds.sol";
import {ClusterTerms} from "./libraries/ClusterTerms.sol";
import {Units} from "./libraries/Units.sol";
import {Validators} from "./libraries/Validators.sol";
import {Agreement} from "./types/Agreement.sol";
import {Currency} from "./types/Currency.sol";
import {Funding} from "./types/Funding.sol";
import {ClusterId, CurrencyId, NodeId} from "./types/Ids.sol";
import {NodeService, serviceOf} from "./types/NodeService.sol";
import {Office} from "./types/Office.sol";
import {PendingValidator} from "./types/PendingValidator.sol";
import {StoredTerms} from "./types/StoredTerms.sol";

/// @title TermsRegistry
/// @notice Keeps the terms of clusters, the agreements to them and the bonds. Parties judge, exclude and leave each other within terms.
/// @dev A bond is out of its provider's account while it is here, and goes back there or to the network fee's account: once.
contract TermsRegistry is ITermsRegistry, Multicall {
    using Agreements for Agreement;
    using Bonds for Agreement;
    using ClusterTerms for StoredTerms;
    using Validators for PendingValidator;
    using Validators for StoredTerms;

    // ------------------------------------------------------------ immutables

    /// @inheritdoc ITermsRegistry
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable ACCOUNT_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => StoredTerms) private _terms;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Agreement)) private _agreements;
    mapping(ClusterId clusterId => PendingValidator) private _pendingValidators;
    mapping(ClusterId clusterId => mapping(uint256 office => Office)) private _formerOffices;

    // ------------------------------------------------------------ constructor

    constructor(address clusterRegistry, address nodeRegistry, address accountRegistry) {
        CLUSTER_REGISTRY = clusterRegistry;
        NODE_REGISTRY = nodeRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
    }

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
        Terms memory own = terms;
        if (own.validator == address(0)) own.validator = msg.sender;
        _terms[clusterId].set(own, IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(clusterId));
        emit TermsSet(clusterId, own);
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
        emit ValidatorOffered(clusterId, validator, _pendingValidators[clusterId].offer(_terms[clusterId], validator));
    }

    /// @inheritdoc ITermsRegistry
    function finishValidator(ClusterId clusterId) external {
        PendingValidator memory pending = _pendingValidators[clusterId];
        require(pending.change.isAnnounced(), ChangeNotAnnounced(clusterId, NodeId.wrap(0)));
        require(pending.change.isReady(), ChangeNotReady(clusterId, NodeId.wrap(0), pending.change.effectiveAt()));
        address validator = _resolved(clusterId, _terms[clusterId].validator);
        delete _pendingValidators[clusterId];
        emit ValidatorChanged(clusterId, validator, pending.validator);
        // A validator that stays in office goes on judging the nodes that leave.
        if (pending.validator == validator) return;
        _terms[clusterId].takeOffice(_formerOffices[clusterId], validator, pending.validator);
    }

    // ------------------------------------------------------------ functions that change state: the validator's

    /// @inheritdoc ITermsRegistry
    function reportQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps, uint16 code, string calldata ref) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        _requireValidator(clusterId, agreement, service);
        require(qualityBps <= Units.BPS, BpsTooHigh(qualityBps, Units.BPS));
        require(service.vnodes != 0, NodeNotInCluster(clusterId, nodeId));
        agreement.noteQuality(qualityBps);
        emit QualityReported(clusterId, nodeId, msg.sender, qualityBps, code, ref);
        IClusterRegistry(CLUSTER_REGISTRY).setQuality(clusterId, nodeId, qualityBps);
    }

    /// @inheritdoc ITermsRegistry
    function slash(ClusterId clusterId, NodeId nodeId, uint256 amount, uint16 code, string calldata ref) external {
        require(amount != 0, AmountZero());
        Agreement storage agreement = _agreements[clusterId][nodeId];
        StoredTerms storage terms = _terms[clusterId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        _requireValidator(clusterId, agreement, service);
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        require(block.timestamp < agreement.liableUntil(terms, service), BondNotLiable(clusterId, nodeId));
        address recipient = _slashRecipient(clusterId);
        uint256 maximum = agreement.slashable(terms);
        require(amount <= maximum, SlashTooHigh(clusterId, nodeId, amount, maximum));
        // A bond that covers fewer vnodes by now is not short for as long as it was with more.
        _noteCoverage(clusterId, nodeId, agreement, service);
        uint256 bond = agreement.slash(terms, amount);
        _credit(clusterId, recipient, amount);
        emit NodeSlashed(clusterId, nodeId, msg.sender, recipient, amount, bond, code, ref);
        _cover(clusterId, nodeId, agreement, service, false);
    }

    // ------------------------------------------------------------ functions that change state: the provider's

    /// @inheritdoc ITermsRegistry
    function acceptTerms(ClusterId clusterId, NodeId nodeId) external {
        (Agreement storage agreement, NodeService memory service) = _accept(clusterId, nodeId);
        _cover(clusterId, nodeId, agreement, service, true);
    }

    /// @inheritdoc ITermsRegistry
    function acceptTermsWithBond(ClusterId clusterId, NodeId nodeId, uint256 bond, Funding calldata funding) external payable {
        (Agreement storage agreement, ) = _accept(clusterId, nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).fundAccount{value: msg.value}(msg.sender, _terms[clusterId].currencyId, funding);
        // A token could call its sender back, and the sender end the agreement, or have the node given vnodes.
        _post(clusterId, nodeId, _ownAgreement(clusterId, nodeId), bond);
        _cover(clusterId, nodeId, agreement, serviceOf(CLUSTER_REGISTRY, clusterId, nodeId), true);
    }

    /// @inheritdoc ITermsRegistry
    function postBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external {
        Agreement storage agreement = _ownAgreement(clusterId, nodeId);
        _post(clusterId, nodeId, agreement, amount);
        _cover(clusterId, nodeId, agreement, serviceOf(CLUSTER_REGISTRY, clusterId, nodeId), false);
    }

    /// @inheritdoc ITermsRegistry
    function withdrawBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external {
        Agreement storage agreement = _ownAgreement(clusterId, nodeId);
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        (uint256 available, uint256 lockedUntil) = agreement.returnable(_terms[clusterId], service);
        // All of a bond that is locked is refused as such.
        if (amount == type(uint256).max) amount = available == 0 ? agreement.bond : available;
        require(amount <= available, BondLocked(clusterId, nodeId, available, amount, lockedUntil));
        require(amount != 0, AmountZero());
        _returnBond(clusterId, nodeId, agreement, amount);
        _cover(clusterId, nodeId, agreement, service, false);
    }

    /// @inheritdoc ITermsRegistry
    function announceExit(ClusterId clusterId, NodeId nodeId) external {
        _requireProvider(nodeId);
        Agreement storage agreement = _agreements[clusterId][nodeId];
        StoredTerms storage terms = _terms[clusterId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        // While the agreement holds, a node that does not serve could be given vnodes at any time, and its bond locked.
        require(service.vnodes != 0 || agreement.provider != address(0), NodeNotInCluster(clusterId, nodeId));
        uint256 exitAt = agreement.exitAt(terms, service);
        require(exitAt == 0, ExitAlreadyAnnounced(clusterId, nodeId, exitAt));
        agreement.announceExit(service, terms.officeOf(agreement, service));
        emit ExitAnnounced(clusterId, nodeId, agreement.exitAt(terms, service));
        _cover(clusterId, nodeId, agreement, service, false);
    }

    // ------------------------------------------------------------ functions that change state: for anyone

    /// @inheritdoc ITermsRegistry
    function finishExit(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        uint256 exitAt = agreement.exitAt(_terms[clusterId], service);
        require(exitAt != 0, ChangeNotAnnounced(clusterId, nodeId));
        require(block.timestamp >= exitAt, ChangeNotReady(clusterId, nodeId, exitAt));
        if (service.vnodes != 0) {
            IClusterRegistry(CLUSTER_REGISTRY).vacate(clusterId, nodeId);
            (service.vnodes, service.leftAt) = (0, block.timestamp);
        }
        _noteCoverage(clusterId, nodeId, agreement, service);
        uint256 bond = agreement.bond;
        if (bond != 0) {
            (, uint256 lockedUntil) = agreement.returnable(_terms[clusterId], service);
            if (lockedUntil != 0) {
                // The agreement stays until the liability ends, and with it the announcement: so the node cannot be brought back.
                emit BondRetained(clusterId, nodeId, lockedUntil);
                return;
            }
            _returnBond(clusterId, nodeId, agreement, bond);
        }
        delete _agreements[clusterId][nodeId];
        // Under default terms it may come back.
        _cover(clusterId, nodeId, agreement, service, false);
        emit ExitFinished(clusterId, nodeId);
    }

    /// @inheritdoc ITermsRegistry
    function vacateUncovered(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        (, uint256 vacatableFrom) = agreement.shortage(_terms[clusterId], service);
        if (vacatableFrom == 0) vacatableFrom = type(uint256).max;
        require(block.timestamp >= vacatableFrom, BondNotOverdue(clusterId, nodeId, vacatableFrom));
        service.vnodes = 0;
        _noteCoverage(clusterId, nodeId, agreement, service);
        IClusterRegistry(CLUSTER_REGISTRY).vacate(clusterId, nodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc ITermsRegistry
    function getTerms(ClusterId clusterId) external view returns (Terms memory terms) {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        StoredTerms storage own = _terms[clusterId];
        terms.validator = _resolved(clusterId, own.validator);
        (terms.bondPerVnode, terms.maxSlashBps) = (own.bondPerVnode, own.maxSlashBps);
        (terms.leavingNotice, terms.validatorNotice) = own.notices();
    }

    /// @inheritdoc ITermsRegistry
    function offeredValidator(ClusterId clusterId) external view returns (address validator, uint256 effectiveAt) {
        PendingValidator storage pending = _pendingValidators[clusterId];
        return (pending.validator, pending.change.effectiveAt());
    }

    /// @inheritdoc ITermsRegistry
    function validatorOf(ClusterId clusterId, NodeId nodeId) external view returns (address validator) {
        (validator, ) = _officeOf(clusterId, _agreements[clusterId][nodeId], serviceOf(CLUSTER_REGISTRY, clusterId, nodeId));
    }

    /// @inheritdoc ITermsRegistry
    function officeOf(ClusterId clusterId, NodeId nodeId) external view returns (address validator, uint40 since) {
        return _officeOf(clusterId, _agreements[clusterId][nodeId], serviceOf(CLUSTER_REGISTRY, clusterId, nodeId));
    }

    /// @inheritdoc ITermsRegistry
    function getAgreement(ClusterId clusterId, NodeId nodeId) external view returns (AgreementStatus memory status) {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        StoredTerms storage terms = _terms[clusterId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        (status.provider, status.currencyId, status.bond) = (agreement.provider, terms.currencyId, agreement.bond);
        if (agreement.bond != 0) (, status.lockedUntil) = agreement.returnable(terms, service);
        (status.slashable, status.leftBefore) = (agreement.slashable(terms), agreement.leftBefore);
        (status.slashableLeft, status.slashRenewsAt) = (agreement.slashableLeft, agreement.renewsAt);
        (status.shortSince, ) = agreement.shortage(terms, service);
        status.exitAt = agreement.exitAt(terms, service);
    }

    /// @inheritdoc ITermsRegistry
    function pendingOf(ClusterId clusterId, NodeId nodeId) external view returns (PendingStatus memory status) {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        StoredTerms storage terms = _terms[clusterId];
        PendingValidator storage pending = _pendingValidators[clusterId];
        NodeService memory service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        status.exitAt = agreement.exitAt(terms, service);
        status.canFinishExit = status.exitAt != 0 && block.timestamp >= status.exitAt;
        if (agreement.bond != 0) (, status.lockedUntil) = agreement.returnable(terms, service);
        (status.shortSince, status.vacatableFrom) = agreement.shortage(terms, service);
        (status.validator, ) = _officeOf(clusterId, agreement, service);
        (status.nextValidator, status.nextValidatorAt) = (pending.validator, pending.change.effectiveAt());
        status.canFinishValidator = pending.change.isReady();
        status.acceptanceBlocked = pending.change.isAnnounced() && terms.isOwn() && agreement.provider == address(0);
    }

    /// @inheritdoc ITermsRegistry
    function bondOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256) {
        return _agreements[clusterId][nodeId].bond;
    }

    /// @inheritdoc ITermsRegistry
    function qualityOf(ClusterId clusterId, NodeId nodeId) external view returns (uint16 qualityBps) {
        uint16 vnodes;
        (, vnodes, qualityBps, , , ) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
        require(vnodes != 0, NodeNotInCluster(clusterId, nodeId));
    }

    // ------------------------------------------------------------ internal

    function _accept(ClusterId clusterId, NodeId nodeId) private returns (Agreement storage agreement, NodeService memory service) {
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId); // Reverts if there is no such cluster.
        require(_terms[clusterId].isOwn(), TermsDefault(clusterId));
        _requireProvider(nodeId);
        // Otherwise a provider that agrees to one validator could find another in office before it can take back its acceptance.
        PendingValidator storage pending = _pendingValidators[clusterId];
        require(!pending.change.isAnnounced(), ValidatorChangePending(clusterId, pending.change.effectiveAt()));
        agreement = _agreements[clusterId][nodeId];
        require(agreement.provider == address(0), TermsAlreadyAccepted(clusterId, nodeId));
        service = serviceOf(CLUSTER_REGISTRY, clusterId, nodeId);
        agreement.begin(msg.sender, service);
        emit TermsAccepted(clusterId, nodeId, msg.sender);
    }

    function _post(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) private {
        require(amount != 0, AmountZero());
        IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _terms[clusterId].currencyId, amount);
        emit BondPosted(clusterId, nodeId, msg.sender, amount, agreement.addBond(amount));
    }

    function _returnBond(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) private {
        uint256 bond = agreement.takeBond(amount);
        _credit(clusterId, agreement.provider, amount);
        emit BondReturned(clusterId, nodeId, agreement.provider, amount, bond);
    }

    /// @dev Tells the cluster registry how many vnodes the node may serve, and notes since when its bond is short.
    function _cover(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, NodeService memory service, bool isNew) private {
        IClusterRegistry(CLUSTER_REGISTRY).coverVnodes(clusterId, nodeId, agreement.coverage(_terms[clusterId]), isNew);
        _noteCoverage(clusterId, nodeId, agreement, service);
    }

    function _noteCoverage(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, NodeService memory service) private {
        if (agreement.noteCoverage(_terms[clusterId], service)) emit BondShort(clusterId, nodeId, agreement.shortSince);
    }

    function _credit(ClusterId clusterId, address account, uint256 amount) private {
        CurrencyId currencyId = _terms[clusterId].currencyId;
        (, uint256 scale, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(currencyId);
        IAccountRegistry(ACCOUNT_REGISTRY).credit(account, currencyId, amount * scale);
    }

    /// @dev The recipient of slashed amounts: the network fee's account, unless it is the validator's or managed the cluster at any time.
    function _slashRecipient(ClusterId clusterId) private view returns (address networkAccount) {
        (, networkAccount) = IClusterRegistry(CLUSTER_REGISTRY).networkFee();
        bool isInvolved = networkAccount == msg.sender || IClusterRegistry(CLUSTER_REGISTRY).hasManaged(clusterId, networkAccount);
        require(!isInvolved, SlashRecipientInvolved(clusterId, networkAccount));
    }

    function _ownAgreement(ClusterId clusterId, NodeId nodeId) private view returns (Agreement storage agreement) {
        agreement = _agreements[clusterId][nodeId];
        address provider = agreement.provider;
        require(provider != address(0), TermsNotAccepted(clusterId, nodeId));
        require(msg.sender == provider, CallerNotProvider(nodeId, msg.sender, provider));
    }

    function _officeOf(
        ClusterId clusterId,
        Agreement storage agreement,
        NodeService memory service
    ) private view returns (address validator, uint40 since) {
        StoredTerms storage terms = _terms[clusterId];
        (validator, since) = terms.holderOf(_formerOffices[clusterId], terms.officeOf(agreement, service));
        validator = _resolved(clusterId, validator);
    }

    /// @dev The validator; where none was named, the manager who created the cluster.
    function _resolved(ClusterId clusterId, address validator) private view returns (address) {
        if (validator == address(0)) (, validator) = IClusterRegistry(CLUSTER_REGISTRY).partiesOf(clusterId);
        return validator;
    }

    function _requireValidator(ClusterId clusterId, Agreement storage agreement, NodeService memory service) private view {
        (address validator, ) = _officeOf(clusterId, agreement, service);
        require(msg.sender == validator, CallerNotValidator(clusterId, msg.sender, validator));
    }

    function _requireProvider(NodeId nodeId) private view {
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        require(msg.sender == provider, CallerNotProvider(nodeId, msg.sender, provider));
    }

    function _requireManager(ClusterId clusterId) private view {
        address manager = IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(msg.sender == manager, CallerNotManager(clusterId, msg.sender, manager));
    }
}
