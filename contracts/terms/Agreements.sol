// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "../interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {ITermsRegistry} from "../interfaces/ITermsRegistry.sol";
import {Units} from "../libraries/Units.sol";
import {Funding} from "../types/Funding.sol";
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
    /// @param slashableLeft How much of the bond can still be slashed before the budget is renewed.
    /// @param renewsAt When the budget is renewed: seven days after the last slash (unix seconds); 0: there was none.
    /// @param leftBefore When the node had last left the cluster as its provider accepted (unix seconds); 0: never. That service is over.
    /// @param exitValidator The node's validator since its exit was announced.
    struct Agreement {
        address provider;
        uint40 exitAnnouncedAt;
        uint40 shortSince;
        bool mayLeaveEarly;
        uint128 bond;
        uint128 slashableLeft;
        uint40 renewsAt;
        uint40 leftBefore;
        address exitValidator;
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
    uint256 private constant SLASH_RENEWAL = 7 days;
    uint256 private constant TOP_UP_TIME = 7 days;
    /// @dev How long after its date an exit can be finished without consequence.
    uint256 private constant EXIT_GRACE = 1 days;

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
        _accept(clusterId, nodeId);
    }

    /// @inheritdoc ITermsRegistry
    function acceptTermsWithBond(ClusterId clusterId, NodeId nodeId, uint256 bond, Funding calldata funding) external payable {
        _accept(clusterId, nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).fundAccount{value: msg.value}(msg.sender, _terms[clusterId].currencyId, funding);
        _post(clusterId, nodeId, bond);
    }

    /// @inheritdoc ITermsRegistry
    function postBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external {
        _post(clusterId, nodeId, amount);
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
        _cover(clusterId, nodeId, agreement, false);
    }

    /// @inheritdoc ITermsRegistry
    function slash(ClusterId clusterId, NodeId nodeId, uint256 amount, uint16 code, string calldata ref) external {
        require(amount != 0, BondAmountZero());
        Agreement storage agreement = _agreements[clusterId][nodeId];
        _requireValidator(clusterId, nodeId);
        require(agreement.provider != address(0), TermsNotAccepted(clusterId, nodeId));
        (uint256 liableUntil, , ) = _liabilityOf(clusterId, nodeId, agreement);
        require(block.timestamp < liableUntil, BondNotLiable(clusterId, nodeId));
        address recipient = _slashRecipient(clusterId);
        _lose(clusterId, nodeId, agreement, amount);
        _credit(clusterId, recipient, amount);
        emit NodeSlashed(clusterId, nodeId, msg.sender, recipient, amount, agreement.bond, code, ref);
        _cover(clusterId, nodeId, agreement, false);
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
    function officeOf(ClusterId clusterId) external view returns (address validator, uint40 since) {
        return (_currentValidator(clusterId), _terms[clusterId].validatorSince);
    }

    /// @inheritdoc ITermsRegistry
    function validatorOf(ClusterId clusterId, NodeId nodeId) public view returns (address) {
        StoredTerms storage terms = _terms[clusterId];
        Agreement storage agreement = _agreements[clusterId][nodeId];
        if (agreement.exitAnnouncedAt != 0) return agreement.exitValidator;
        (uint256 vnodes, uint256 leftAt, ) = _serviceOf(clusterId, nodeId);
        bool hasLeft = vnodes == 0 && leftAt != agreement.leftBefore;
        // In the second in which a validator takes office, the one before it still judges.
        return hasLeft && leftAt <= terms.validatorSince ? terms.previousValidator : _currentValidator(clusterId);
    }

    // ------------------------------------------------------------ internal

    function _accept(ClusterId clusterId, NodeId nodeId) private {
        _requireOwnTerms(clusterId);
        _requireProvider(nodeId);
        // Otherwise a provider that agrees to one validator could find another in office before it can take back its acceptance.
        uint256 changesAt = _pendingValidators[clusterId].effectiveAt;
        require(changesAt == 0, ValidatorChangePending(clusterId, changesAt));
        Agreement storage agreement = _agreements[clusterId][nodeId];
        require(agreement.provider == address(0), TermsAlreadyAccepted(clusterId, nodeId));
        agreement.provider = msg.sender;
        (, uint40 leftAt, ) = _serviceOf(clusterId, nodeId);
        if (leftAt != 0) agreement.leftBefore = leftAt;
        emit TermsAccepted(clusterId, nodeId, msg.sender);
        _cover(clusterId, nodeId, agreement, true);
    }

    function _post(ClusterId clusterId, NodeId nodeId, uint256 amount) private {
        require(amount != 0, BondAmountZero());
        Agreement storage agreement = _ownAgreement(clusterId, nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).debit(msg.sender, _terms[clusterId].currencyId, amount);
        // What an account holds is a part of the currency's custody, which has 128 bits.
        agreement.bond += uint128(amount);
        emit BondPosted(clusterId, nodeId, msg.sender, amount, agreement.bond);
        _cover(clusterId, nodeId, agreement, false);
    }

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
    function _cover(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, bool isNew) internal {
        StoredTerms storage terms = _terms[clusterId];
        (uint256 bondPerVnode, bool hasTerms) = (terms.bondPerVnode, terms.leavingNotice != 0);
        uint256 covered = type(uint16).max;
        // Default terms need not be agreed to. A node whose exit is announced gets no more vnodes.
        if ((hasTerms && agreement.provider == address(0)) || agreement.exitAnnouncedAt != 0) covered = 0;
        else if (bondPerVnode != 0) covered = Math.min(agreement.bond / bondPerVnode, covered);
        // At most 65,535.
        IClusterRegistry(CLUSTER_REGISTRY).coverVnodes(clusterId, nodeId, uint16(covered), isNew);
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

    /// @dev How much of a bond may go back. While the node serves: what answers for no vnode, or nothing if its exit is announced. Once it
    /// has left: nothing until the bond's liability ends, then everything.
    function _returnable(
        ClusterId clusterId,
        NodeId nodeId,
        Agreement storage agreement
    ) internal view returns (uint256 available, uint256 lockedUntil) {
        (uint256 liableUntil, uint256 vnodes, uint256 liableVnodes) = _liabilityOf(clusterId, nodeId, agreement);
        if (vnodes == 0) {
            if (block.timestamp < liableUntil) return (0, liableUntil);
            return (agreement.bond, 0);
        }
        if (agreement.exitAnnouncedAt != 0) return (0, 0);
        available = Math.saturatingSub(agreement.bond, liableVnodes * _terms[clusterId].bondPerVnode);
    }

    /// @dev Until when the bond answers for the node (unix seconds; the largest value while it serves; 0: it has not served under this
    /// agreement), how many vnodes it serves, and for how many the bond answers.
    ///
    /// A node that left without an announcement answers for one leaving notice more; one that announced its exit, until the notice that it
    /// gave is over, which nobody can begin again. A node that serves on for more than a day past that date answers afterwards for as long
    /// as it did, at most for one more notice: otherwise it could escape any challenge by leaving.
    function _liabilityOf(
        ClusterId clusterId,
        NodeId nodeId,
        Agreement storage agreement
    ) internal view returns (uint256 liableUntil, uint256 vnodes, uint256 liableVnodes) {
        uint256 leftAt;
        (vnodes, leftAt, liableVnodes) = _serviceOf(clusterId, nodeId);
        if (vnodes != 0) return (type(uint256).max, vnodes, liableVnodes);
        if (leftAt == agreement.leftBefore) return (0, 0, 0);
        uint256 notice = _terms[clusterId].leavingNotice;
        uint256 announcedAt = agreement.exitAnnouncedAt;
        if (announcedAt == 0 || leftAt < announcedAt) return (leftAt + notice, 0, 0);
        liableUntil = announcedAt + notice;
        if (leftAt > liableUntil + EXIT_GRACE) liableUntil = leftAt + Math.min(leftAt - liableUntil, notice);
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
        (uint256 vnodes, , ) = _serviceOf(clusterId, nodeId);
        return agreement.bond < vnodes * _terms[clusterId].bondPerVnode;
    }

    /// @dev How many vnodes of the cluster a node serves, when it last left, and for how many vnodes its bond answers while it serves.
    function _serviceOf(ClusterId clusterId, NodeId nodeId) internal view returns (uint16 vnodes, uint40 leftAt, uint16 liableVnodes) {
        (, vnodes, , , leftAt, liableVnodes) = IClusterRegistry(CLUSTER_REGISTRY).membershipOf(clusterId, nodeId);
    }

    function _requireProvider(NodeId nodeId) internal view {
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        require(msg.sender == provider, CallerNotProvider(nodeId, msg.sender, provider));
    }

    function _requireManager(ClusterId clusterId) internal view {
        address manager = IClusterRegistry(CLUSTER_REGISTRY).managerOf(clusterId);
        require(msg.sender == manager, CallerNotManager(clusterId, msg.sender, manager));
    }

    /// @dev Slashes a bond, within a budget that is renewed once nothing was slashed for seven days: so no seven days hold more than one.
    function _lose(ClusterId clusterId, NodeId nodeId, Agreement storage agreement, uint256 amount) private {
        if (block.timestamp >= agreement.renewsAt) {
            agreement.slashableLeft = uint128((uint256(agreement.bond) * _terms[clusterId].maxSlashBps) / Units.BPS);
        }
        // 40 bits of seconds last for 34,000 years.
        agreement.renewsAt = uint40(block.timestamp + SLASH_RENEWAL);
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

    /// @dev The recipient of slashed amounts: the network fee's account, unless it is the validator's or managed the cluster at any time.
    function _slashRecipient(ClusterId clusterId) private view returns (address networkAccount) {
        (, networkAccount) = IClusterRegistry(CLUSTER_REGISTRY).networkFee();
        bool isInvolved = networkAccount == msg.sender || IClusterRegistry(CLUSTER_REGISTRY).hasManaged(clusterId, networkAccount);
        require(!isInvolved, SlashRecipientInvolved(clusterId, networkAccount));
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
