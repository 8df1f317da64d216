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

    /// @dev The terms of a cluster; all zero but the validator: the default ones.
    /// @param validator Zero: whoever created the cluster.
    /// @param validatorSince When it took office, if it was not from the beginning (unix seconds).
    /// @param previousValidator Who was in office before, and judges who left or announced its exit then.
    /// @param currencyId The cluster's currency, which outlives the cluster here.
    struct Contract {
        address validator;
        uint16 maxPenaltyBps;
        uint24 leavingNotice;
        uint24 validatorNotice;
        uint24 weightNotice;
        uint128 bondPerVnode;
        uint40 validatorSince;
        CurrencyId currencyId;
        address previousValidator;
    }

    /// @dev What a node's provider agreed to in a cluster. Amounts are in base units, of which no more than 2^128 are in custody.
    /// @param provider Who accepted; zero: nobody.
    /// @param exitAnnouncedAt When the node's exit was announced (unix seconds); 0: it was not.
    /// @param shortSince Since when the bond does not cover the node's vnodes (unix seconds), unless it does again by now; 0: it does.
    /// @param penaltyLeft How much of the bond may still be lost in the window.
    /// @param windowEnd When the window ends (unix seconds); 0: there was none.
    struct Agreement {
        address provider;
        uint40 exitAnnouncedAt;
        uint40 shortSince;
        uint128 bond;
        uint128 penaltyLeft;
        uint40 windowEnd;
    }

    /// @dev A validator who is announced.
    struct Succession {
        address validator;
        uint40 effectiveAt;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 internal constant DEFAULT_NOTICE = 7 days;
    uint256 internal constant DEFAULT_WEIGHT_NOTICE = 1 days;
    uint256 private constant MIN_NOTICE = 1 hours;
    uint256 private constant MAX_NOTICE = 30 days;
    uint256 private constant PENALTY_WINDOW = 7 days;
    uint256 private constant TOP_UP_TIME = 7 days;

    /// @inheritdoc ITermsRegistry
    address public immutable CLUSTER_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc ITermsRegistry
    address public immutable ACCOUNT_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Contract) internal _contracts;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Agreement)) internal _agreements;
    mapping(ClusterId clusterId => Succession) internal _successions;

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
        // Or whoever agrees to be judged by one validator could find another in office at once.
        uint256 changesAt = _successions[clusterId].effectiveAt;
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
        IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _contracts[clusterId].currencyId, amount);
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
    function penalise(ClusterId clusterId, NodeId nodeId, uint256 amount, uint16 code, string calldata ref) external {
        require(amount != 0, BondAmountZero());
        Agreement storage agreement = _agreements[clusterId][nodeId];
        _requireJudge(clusterId, nodeId);
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        _requireLiable(clusterId, nodeId);
        address recipient = _penaltyRecipient(clusterId);
        _lose(clusterId, nodeId, agreement, amount);
        _credit(clusterId, recipient, amount);
        emit NodePenalised(clusterId, nodeId, msg.sender, amount, agreement.bond, code, ref);
        _cover(clusterId, nodeId, agreement);
    }

    /// @inheritdoc ITermsRegistry
    function vacateUncovered(ClusterId clusterId, NodeId nodeId) external {
        Agreement storage agreement = _agreements[clusterId][nodeId];
        uint256 until = type(uint256).max;
        if (_isShort(clusterId, nodeId, agreement)) {
            until = agreement.shortSince + Math.max(TOP_UP_TIME, _contracts[clusterId].weightNotice);
        }
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
        Contract storage own = _contracts[clusterId];
        terms.validator = _validatorOf(clusterId);
        terms.bondPerVnode = own.bondPerVnode;
        terms.maxPenaltyBps = own.maxPenaltyBps;
        (uint256 leaving, uint256 validator, uint256 weight) = _noticesOf(clusterId);
        // At most 30 days.
        (terms.leavingNotice, terms.validatorNotice, terms.weightNotice) = (uint24(leaving), uint24(validator), uint24(weight));
    }

    /// @inheritdoc ITermsRegistry
    function bondOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256) {
        return _agreements[clusterId][nodeId].bond;
    }

    /// @inheritdoc ITermsRegistry
    function judgeOf(ClusterId clusterId, NodeId nodeId) public view returns (address) {
        Contract storage terms = _contracts[clusterId];
        (uint256 vnodes, uint256 leavesAt) = _serviceOf(clusterId, nodeId);
        if (vnodes != 0 || leavesAt == 0) leavesAt = type(uint256).max;
        uint256 announcedAt = _agreements[clusterId][nodeId].exitAnnouncedAt;
        if (announcedAt != 0) leavesAt = Math.min(leavesAt, announcedAt);
        return leavesAt < terms.validatorSince ? terms.previousValidator : _validatorOf(clusterId);
    }

    // ------------------------------------------------------------ internal

    function _setTerms(ClusterId clusterId, Terms memory terms) internal {
        require(terms.maxPenaltyBps <= Units.BPS, BpsTooHigh(terms.maxPenaltyBps, Units.BPS));
        _requireNotice(terms.leavingNotice);
        _requireNotice(terms.validatorNotice);
        _requireNotice(terms.weightNotice);
        (CurrencyId currencyId, ) = IClusterRegistry(CLUSTER_REGISTRY).paymentOf(clusterId);
        _contracts[clusterId] = Contract({
            validator: terms.validator,
            maxPenaltyBps: terms.maxPenaltyBps,
            leavingNotice: terms.leavingNotice,
            validatorNotice: terms.validatorNotice,
            weightNotice: terms.weightNotice,
            bondPerVnode: terms.bondPerVnode,
            validatorSince: 0,
            currencyId: currencyId,
            previousValidator: address(0)
        });
        emit TermsSet(clusterId, terms);
    }

    /// @dev Tells the cluster registry how many vnodes the node may serve, and notes since when its bond is short.
    function _cover(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) internal {
        (uint256 bondPerVnode, uint256 weightNotice) = (_contracts[clusterId].bondPerVnode, _contracts[clusterId].weightNotice);
        uint256 covered = type(uint16).max;
        // Default terms need not be agreed to; whoever leaves gets no more vnodes.
        if ((weightNotice != 0 && agreement.provider == address(0)) || agreement.exitAnnouncedAt != 0) covered = 0;
        else if (bondPerVnode != 0) covered = Math.min(agreement.bond / bondPerVnode, covered);
        // At most 65,535.
        IClusterRegistry(CLUSTER_REGISTRY).coverVnodes(clusterId, nodeId, uint16(covered));
        _noteCoverage(clusterId, nodeId, agreement);
    }

    /// @dev Notes since when the bond is short. Only a penalty makes it so, and nodes that give up vnodes may need no more than they have.
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

    /// @dev How much of a bond may go back: what covers no vnode, and nothing while the node is about to leave or has just been excluded.
    function _returnable(
        ClusterId clusterId,
        NodeId nodeId,
        Agreement storage agreement
    ) internal view returns (uint256 available, uint256 lockedUntil) {
        Contract storage terms = _contracts[clusterId];
        (uint256 vnodes, uint256 leftAt) = _serviceOf(clusterId, nodeId);
        if (vnodes == 0) {
            if (leftAt != 0) lockedUntil = leftAt + terms.leavingNotice;
            if (block.timestamp >= lockedUntil) return (agreement.bond, 0);
        } else if (agreement.exitAnnouncedAt == 0) {
            available = Math.saturatingSub(agreement.bond, vnodes * terms.bondPerVnode);
        }
    }

    function _requireJudge(ClusterId clusterId, NodeId nodeId) internal view {
        address judge = judgeOf(clusterId, nodeId);
        require(msg.sender == judge, CallerNotValidator(clusterId, msg.sender, judge));
    }

    function _validatorOf(ClusterId clusterId) internal view returns (address validator) {
        validator = _contracts[clusterId].validator;
        if (validator == address(0)) (, validator) = IClusterRegistry(CLUSTER_REGISTRY).partiesOf(clusterId);
    }

    function _noticesOf(ClusterId clusterId) internal view returns (uint256 leaving, uint256 validator, uint256 weight) {
        Contract storage terms = _contracts[clusterId];
        if (terms.weightNotice == 0) return (DEFAULT_NOTICE, DEFAULT_NOTICE, DEFAULT_WEIGHT_NOTICE);
        return (terms.leavingNotice, terms.validatorNotice, terms.weightNotice);
    }

    /// @dev Whether the bond does not cover the vnodes that the node serves.
    function _isShort(ClusterId clusterId, NodeId nodeId, Agreement storage agreement) internal view returns (bool) {
        (uint256 vnodes, ) = _serviceOf(clusterId, nodeId);
        return agreement.bond < vnodes * _contracts[clusterId].bondPerVnode;
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

    /// @dev Takes a penalty off a bond, within what may be lost in seven days.
    function _lose(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) private {
        if (block.timestamp >= agreement.windowEnd) {
            agreement.penaltyLeft = uint128((uint256(agreement.bond) * _contracts[clusterId].maxPenaltyBps) / Units.BPS);
            // 40 bits of seconds last for 34,000 years.
            agreement.windowEnd = uint40(block.timestamp + PENALTY_WINDOW);
        }
        uint256 maximum = Math.min(agreement.penaltyLeft, agreement.bond);
        require(amount <= maximum, PenaltyTooHigh(clusterId, nodeId, amount, maximum));
        // A bond that covers fewer vnodes by now is not short for as long as it was with more.
        _noteCoverage(clusterId, nodeId, agreement);
        // At most both, which fit.
        agreement.penaltyLeft -= uint128(amount);
        agreement.bond -= uint128(amount);
    }

    function _credit(ClusterId clusterId, address account, uint256 amount) private {
        CurrencyId currencyId = _contracts[clusterId].currencyId;
        (, uint256 scale, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(currencyId);
        IAccountRegistry(ACCOUNT_REGISTRY).credit(account, currencyId, amount * scale);
    }

    /// @dev Who receives penalties: nobody who has a say in them.
    function _penaltyRecipient(ClusterId clusterId) private view returns (address networkAccount) {
        (, networkAccount) = IClusterRegistry(CLUSTER_REGISTRY).networkFee();
        (address manager, ) = IClusterRegistry(CLUSTER_REGISTRY).partiesOf(clusterId);
        require(networkAccount != msg.sender && networkAccount != manager, PenaltyRecipientInvolved(clusterId, networkAccount));
    }

    /// @dev Requires that the node's bond answers for it: while it serves, and for the leaving notice after it left.
    function _requireLiable(ClusterId clusterId, NodeId nodeId) private view {
        (uint256 vnodes, uint256 leftAt) = _serviceOf(clusterId, nodeId);
        bool liable = vnodes != 0 || (leftAt != 0 && block.timestamp < leftAt + _contracts[clusterId].leavingNotice);
        require(liable, BondNotLiable(clusterId, nodeId));
    }

    function _ownAgreement(ClusterId clusterId, NodeId nodeId) private view returns (Agreement storage agreement) {
        agreement = _agreements[clusterId][nodeId];
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        require(msg.sender == agreement.provider, CallerNotProvider(nodeId, msg.sender, agreement.provider));
    }

    function _requireOwnTerms(ClusterId clusterId) private view {
        // Reverts if there is no such cluster.
        IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(_contracts[clusterId].weightNotice != 0, TermsDefault(clusterId));
    }

    function _requireNotice(uint256 notice) private pure {
        require(notice >= MIN_NOTICE && notice <= MAX_NOTICE, NoticeInvalid(notice, MIN_NOTICE, MAX_NOTICE));
    }
}
