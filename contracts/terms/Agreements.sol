// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {Units} from "../libraries/Units.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";

/// @title Agreements
/// @notice Keeps the terms of clusters, who agreed to them, and the bonds that they posted.
/// @dev A bond is out of its provider's account while it is here, and goes back there or to the network fee's account: once.
abstract contract Agreements is ITermsRegistry {
    // ------------------------------------------------------------ types

    /// @dev The terms of a cluster. Without notices they are the default ones.
    /// @param validator Zero: the manager who created the cluster.
    /// @param validatorSince When the validator took office; 0: when the cluster was created (unix seconds).
    /// @param previousValidator The validator before, which goes on judging the nodes that left or announced their exit under it.
    /// @param currencyId The cluster's currency; bonds outlive the cluster.
    struct StoredTerms {
        address validator;
        uint16 maxSlashBps;
        uint24 leavingNotice;
        uint24 validatorNotice;
        uint128 bondPerVnode;
        uint40 validatorSince;
        CurrencyId currencyId;
        address previousValidator;
    }

    /// @dev What a node's provider agreed to in a cluster. Amounts are in base units, of which no more than 2^128 are in custody.
    /// @param provider Who accepted; zero: nobody.
    /// @param exitAnnouncedAt When the node's exit was announced (unix seconds); 0: it was not.
    /// @param shortSince Since when the bond does not cover the node's vnodes (unix seconds), unless it does again by now; 0: it does.
    /// @param mayLeaveEarly Whether the node's quality was below half at some time since its exit was announced.
    /// @param slashableLeft How much of the bond can still be slashed in the window.
    /// @param windowEnd When the window ends (unix seconds); 0: there was none.
    struct Agreement {
        address provider;
        uint40 exitAnnouncedAt;
        uint40 shortSince;
        bool mayLeaveEarly;
        uint128 bond;
        uint128 slashableLeft;
        uint40 windowEnd;
    }

    /// @dev A validator that is announced.
    struct PendingValidator {
        address validator;
        uint40 effectiveAt;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 internal constant DEFAULT_NOTICE = 7 days;
    uint256 private constant MIN_NOTICE = 1 hours;
    uint256 private constant MAX_NOTICE = 30 days;
    uint256 private constant SLASH_WINDOW = 7 days;
    uint256 private constant TOP_UP_TIME = 7 days;

    /// @inheritdoc ITermsRegistry
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable ACCOUNT_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => StoredTerms) internal _terms;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Agreement)) internal _agreements;
    mapping(ClusterId clusterId => PendingValidator) internal _pendingValidators;

    // ------------------------------------------------------------ constructor

    constructor(address clusterRegistry, address nodeRegistry, address accountRegistry) {
        CLUSTER_REGISTRY = clusterRegistry;
        NODE_REGISTRY = nodeRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
    }

    // ------------------------------------------------------------ functions that change state

    /// @inheritdoc ITermsRegistry
    function acceptTerms(ClusterId clusterId, NodeId nodeId) external {
        _requireOwnTerms(clusterId);
        _requireProvider(nodeId);
        // Otherwise a provider that agrees to one validator could find another in office at once.
        uint256 changesAt = _pendingValidators[clusterId].effectiveAt;
        require(changesAt == 0 || block.timestamp < changesAt, ValidatorChangeDue(clusterId, changesAt));
        Agreement storage agreement = _agreements[clusterId][nodeId];
        require(agreement.provider == address(0), TermsAlreadyAccepted(clusterId, nodeId));
        agreement.provider = msg.sender;
        emit TermsAccepted(clusterId, nodeId, msg.sender);
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function postBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external {
        require(amount != 0, BondAmountZero());
        Agreement storage agreement = _ownAgreement(clusterId, nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _terms[clusterId].currencyId, amount);
        // What an account holds is a part of the currency's custody, which has 128 bits.
        agreement.bond += uint128(amount);
        emit BondPosted(clusterId, nodeId, msg.sender, amount, agreement.bond);
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function withdrawBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external {
        Agreement storage agreement = _ownAgreement(clusterId, nodeId);
        (uint256 available, uint256 lockedUntil) = _returnable(clusterId, nodeId, agreement);
        // All of a bond that is locked is refused as such.
        if (amount == type(uint256).max) amount = available == 0 ? agreement.bond : available;
        require(amount <= available, BondLocked(clusterId, nodeId, available, amount, lockedUntil));
        require(amount != 0, BondAmountZero());
        _returnBond(clusterId, nodeId, agreement, amount);
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function slash(ClusterId clusterId, NodeId nodeId, uint256 amount, uint16 code, string calldata ref) external {
        require(amount != 0, BondAmountZero());
        Agreement storage agreement = _agreements[clusterId][nodeId];
        _requireValidator(clusterId, nodeId);
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        _requireLiable(clusterId, nodeId, agreement);
        address recipient = _slashRecipient(clusterId);
        _lose(clusterId, nodeId, agreement, amount);
        _credit(clusterId, recipient, amount);
        emit NodeSlashed(clusterId, nodeId, msg.sender, amount, agreement.bond, code, ref);
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function vacateUncovered(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        uint256 until = type(uint256).max;
        if (_isShort(clusterId, nodeId, agreement)) until = agreement.shortSince + TOP_UP_TIME;
        require(block.timestamp >= until, BondNotOverdue(clusterId, nodeId, until));
        agreement.shortSince = 0;
        emit BondShort(clusterId, nodeId, 0);
        IClusterRegistry(CLUSTER_REGISTRY).vacate(clusterId, nodeId);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc ITermsRegistry
    function getTerms(ClusterId clusterId) external view returns (Terms memory terms) {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        StoredTerms storage own = _terms[clusterId];
        terms.validator = _currentValidator(clusterId);
        terms.bondPerVnode = own.bondPerVnode;
        terms.maxSlashBps = own.maxSlashBps;
        (uint256 leaving, uint256 validator) = _noticesOf(clusterId);
        // At most 30 days.
        (terms.leavingNotice, terms.validatorNotice) = (uint24(leaving), uint24(validator));
    }

    /// @inheritdoc ITermsRegistry
    function bondOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256) {
        return _agreements[clusterId][nodeId].bond;
    }

    /// @inheritdoc ITermsRegistry
    function validatorOf(ClusterId clusterId, NodeId nodeId) public view returns (address) {
        StoredTerms storage terms = _terms[clusterId];
        (uint256 leavingSince, ) = _leavingSince(clusterId, nodeId, _agreements[clusterId][nodeId]);
        bool leftBefore = leavingSince != 0 && leavingSince < terms.validatorSince;
        return leftBefore ? terms.previousValidator : _currentValidator(clusterId);
    }

    // ------------------------------------------------------------ internal

    function _setTerms(ClusterId clusterId, Terms memory terms) internal {
        require(terms.maxSlashBps <= Units.BPS, BpsTooHigh(terms.maxSlashBps, Units.BPS));
        _requireNotice(terms.leavingNotice);
        _requireNotice(terms.validatorNotice);
        CurrencyId currencyId = IClusterRegistry(CLUSTER_REGISTRY).currencyIdOf(clusterId);
        _terms[clusterId] = StoredTerms({
            validator: terms.validator,
            maxSlashBps: terms.maxSlashBps,
            leavingNotice: terms.leavingNotice,
            validatorNotice: terms.validatorNotice,
            bondPerVnode: terms.bondPerVnode,
            validatorSince: 0,
            currencyId: currencyId,
            previousValidator: address(0)
        });
        emit TermsSet(clusterId, terms);
    }

    /// @dev Tells the cluster registry how many vnodes the node may serve, and notes since when its bond is short.
    function _cover(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) internal {
        StoredTerms storage terms = _terms[clusterId];
        (uint256 bondPerVnode, bool hasTerms) = (terms.bondPerVnode, terms.leavingNotice != 0);
        uint256 covered = type(uint16).max;
        // Default terms need not be agreed to. A node whose exit is announced gets no more vnodes.
        if ((hasTerms && agreement.provider == address(0)) || agreement.exitAnnouncedAt != 0) covered = 0;
        else if (bondPerVnode != 0) covered = Math.min(agreement.bond / bondPerVnode, covered);
        // At most 65,535.
        IClusterRegistry(CLUSTER_REGISTRY).coverVnodes(clusterId, nodeId, uint16(covered));
        _noteCoverage(clusterId, nodeId, agreement);
    }

    /// @dev Notes since when the bond is short. Only slashing makes it so; a node that gave up vnodes needs a smaller bond.
    function _noteCoverage(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) private {
        bool short = _isShort(clusterId, nodeId, agreement);
        if (short == (agreement.shortSince != 0)) return;
        // 40 bits of seconds last for 34,000 years.
        agreement.shortSince = short ? uint40(block.timestamp) : 0;
        emit BondShort(clusterId, nodeId, agreement.shortSince);
    }

    function _returnBond(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) internal {
        // At most the bond.
        agreement.bond -= uint128(amount);
        _credit(clusterId, agreement.provider, amount);
        emit BondReturned(clusterId, nodeId, agreement.provider, amount, agreement.bond);
    }

    /// @dev How much of a bond may go back. While the node serves: what covers no vnode, or nothing if its exit is announced. Once it has
    /// left: nothing until its leaving notice is over, then everything.
    function _returnable(
        ClusterId clusterId,
        NodeId nodeId,
        Agreement storage agreement
    ) internal view returns (uint256 available, uint256 lockedUntil) {
        StoredTerms storage terms = _terms[clusterId];
        (uint256 leavingSince, uint256 vnodes) = _leavingSince(clusterId, nodeId, agreement);
        if (vnodes == 0) {
            if (leavingSince != 0) lockedUntil = leavingSince + terms.leavingNotice;
            if (block.timestamp >= lockedUntil) return (agreement.bond, 0);
        } else if (leavingSince == 0) {
            available = Math.saturatingSub(agreement.bond, vnodes * terms.bondPerVnode);
        }
    }

    /// @dev When the node left, or announced its exit if that was earlier (unix seconds; 0: neither), and how many vnodes it serves. From
    /// then on its validator is fixed, and its bond answers for one leaving notice more. Once the exit is announced nobody can change that.
    function _leavingSince(
        ClusterId clusterId,
        NodeId nodeId,
        Agreement storage agreement
    ) internal view returns (uint256 leavingSince, uint256 vnodes) {
        uint256 leftAt;
        (vnodes, leftAt) = _serviceOf(clusterId, nodeId);
        leavingSince = agreement.exitAnnouncedAt;
        // A node that serves has come back since it last left.
        if (vnodes == 0 && leftAt != 0 && (leavingSince == 0 || leftAt < leavingSince)) leavingSince = leftAt;
    }

    function _requireValidator(ClusterId clusterId, NodeId nodeId) internal view {
        address validator = validatorOf(clusterId, nodeId);
        require(msg.sender == validator, CallerNotValidator(clusterId, msg.sender, validator));
    }

    /// @dev The validator in office.
    function _currentValidator(ClusterId clusterId) internal view returns (address validator) {
        validator = _terms[clusterId].validator;
        if (validator == address(0)) (, validator) = IClusterRegistry(CLUSTER_REGISTRY).partiesOf(clusterId);
    }

    function _noticesOf(ClusterId clusterId) internal view returns (uint256 leaving, uint256 validator) {
        StoredTerms storage terms = _terms[clusterId];
        // Terms of its own have a notice of at least an hour.
        if (terms.leavingNotice == 0) return (DEFAULT_NOTICE, DEFAULT_NOTICE);
        return (terms.leavingNotice, terms.validatorNotice);
    }

    /// @dev Whether the bond does not cover the vnodes that the node serves.
    function _isShort(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) internal view returns (bool) {
        (uint256 vnodes, ) = _serviceOf(clusterId, nodeId);
        return agreement.bond < vnodes * _terms[clusterId].bondPerVnode;
    }

    /// @dev How many vnodes of the cluster a node serves, and when it last left.
    function _serviceOf(ClusterId clusterId, NodeId nodeId) internal view returns (uint16 vnodes, uint40 leftAt) {
        (, vnodes, , , leftAt) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
    }

    function _requireProvider(NodeId nodeId) internal view {
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        require(msg.sender == provider, CallerNotProvider(nodeId, msg.sender, provider));
    }

    function _requireManager(ClusterId clusterId) internal view {
        address manager = IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(msg.sender == manager, CallerNotManager(clusterId, msg.sender, manager));
    }

    /// @dev Slashes a bond, within what may be lost in seven days.
    function _lose(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) private {
        if (block.timestamp >= agreement.windowEnd) {
            agreement.slashableLeft = uint128((uint256(agreement.bond) * _terms[clusterId].maxSlashBps) / Units.BPS);
            // 40 bits of seconds last for 34,000 years.
            agreement.windowEnd = uint40(block.timestamp + SLASH_WINDOW);
        }
        uint256 maximum = Math.min(agreement.slashableLeft, agreement.bond);
        require(amount <= maximum, SlashTooHigh(clusterId, nodeId, amount, maximum));
        // A bond that covers fewer vnodes by now is not short for as long as it was with more.
        _noteCoverage(clusterId, nodeId, agreement);
        // At most both, which fit.
        agreement.slashableLeft -= uint128(amount);
        agreement.bond -= uint128(amount);
    }

    function _credit(ClusterId clusterId, address account, uint256 amount) private {
        CurrencyId currencyId = _terms[clusterId].currencyId;
        (, uint256 scale, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(currencyId);
        IAccountRegistry(ACCOUNT_REGISTRY).credit(account, currencyId, amount * scale);
    }

    /// @dev Who receives what is slashed: the network fee's account, unless the manager or the validator holds it.
    function _slashRecipient(ClusterId clusterId) private view returns (address networkAccount) {
        (, networkAccount) = IClusterRegistry(CLUSTER_REGISTRY).networkFee();
        (address manager, ) = IClusterRegistry(CLUSTER_REGISTRY).partiesOf(clusterId);
        require(networkAccount != msg.sender && networkAccount != manager, SlashRecipientInvolved(clusterId, networkAccount));
    }

    /// @dev Requires that the node's bond answers for it: while it serves, and until the leaving notice is over.
    function _requireLiable(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) private view {
        (uint256 leavingSince, uint256 vnodes) = _leavingSince(clusterId, nodeId, agreement);
        bool noticeRuns = leavingSince != 0 && block.timestamp < leavingSince + _terms[clusterId].leavingNotice;
        require(vnodes != 0 || noticeRuns, BondNotLiable(clusterId, nodeId));
    }

    function _ownAgreement(ClusterId clusterId, NodeId nodeId) private view returns (Agreement storage agreement) {
        agreement = _agreements[clusterId][nodeId];
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        require(msg.sender == agreement.provider, CallerNotProvider(nodeId, msg.sender, agreement.provider));
    }

    function _requireOwnTerms(ClusterId clusterId) private view {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(_terms[clusterId].leavingNotice != 0, TermsDefault(clusterId));
    }

    function _requireNotice(uint256 notice) private pure {
        require(notice >= MIN_NOTICE && notice <= MAX_NOTICE, NoticeInvalid(notice, MIN_NOTICE, MAX_NOTICE));
    }
}
