// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Currency} from "../types/Currency.sol";
import {Funding} from "../types/Funding.sol";
import {ClusterId, CurrencyId, NodeId} from "../types/Ids.sol";
import {IClusterErrors, IMembershipErrors} from "./IClusterErrors.sol";
import {INodeErrors} from "./INodeRegistry.sol";
import {IBalanceErrors, IDepositErrors, IJudgingErrors, IManagerErrors, IProviderErrors, IStreamErrors} from "./ISharedErrors.sol";

/// @title ITermsRegistry
/// @notice Keeps the terms of clusters, the agreements to them, the validators of nodes and their bonds, and the announced exits and
/// validators.
/// @dev A provider risks no more than it agreed to, and no party can keep it from leaving. Amounts are in base units of the
/// cluster's currency.
///  - Reports, rents and vacancies take effect at once. Each of these changes distributes what the cluster has earned first.
///  - A node may leave when the leaving notice since {announceExit} is over. If its quality is below half then, or falls below half later,
///    it may leave at once: no provider has to serve unpaid.
///  - A bond answers for its node while the node serves, and until the leaving notice is over that began when the node left or announced
///    its exit, whichever was earlier. Once the exit is announced no party can begin that notice again. A node that leaves early leaves its
///    bond behind until then. A node that leaves more than a day after its notice is liable for as long as it overstayed, at most for one
///    more notice. Vnodes that were taken from a node that serves on stay covered for one leaving notice.
interface ITermsRegistry is
    IClusterErrors,
    IMembershipErrors,
    IJudgingErrors,
    IManagerErrors,
    IProviderErrors,
    INodeErrors,
    IStreamErrors,
    IBalanceErrors,
    IDepositErrors
{
    /// @notice The terms of a cluster, fixed when it is created; only the validator can change, with notice.
    /// @param validator The account that reports the quality of nodes and slashes their bonds. Given as zero: the manager who creates the
    /// cluster.
    /// @param bondPerVnode The bond that a node's provider posts for each vnode, in base units of the cluster's currency.
    /// @param maxSlashBps The largest share of a bond that can be lost in any seven days, in basis points. The bond counts as it was at the
    /// first slash; this budget is renewed once nothing was slashed for seven days.
    /// @param leavingNotice How long before it leaves a node announces it, and how long the bond of an excluded node answers for it: an
    /// hour to 30 days, in seconds.
    /// @param validatorNotice How long before it takes effect a change of the validator is announced: an hour to 30 days, in seconds.
    struct Terms {
        address validator;
        uint128 bondPerVnode;
        uint16 maxSlashBps;
        uint24 leavingNotice;
        uint24 validatorNotice;
    }

    /// @notice The agreement of a node's provider in a cluster.
    /// @param provider The provider that accepted the terms and owns the bond; zero: none did, or the cluster has default terms.
    /// @param currencyId The bond's currency: that of the cluster, also once the cluster is gone; 0 with default terms.
    /// @param bond The bond in force, in base units.
    /// @param lockedUntil Until when all of the bond answers for a node that has left (unix seconds); 0: it is not withheld.
    /// @param slashable The most that the node's validator can slash now, while the bond answers for the node.
    /// @param slashableLeft How much of it can still be slashed before `slashRenewsAt`.
    /// @param slashRenewsAt When the seven days since the last slash are over (unix seconds), after which the validator can slash
    /// `maxSlashBps` of the bond again; 0: nothing was slashed.
    /// @param shortSince Since when the bond does not cover the node's vnodes (unix seconds); 0: it does.
    /// @param exitAt When the node's exit can be finished (unix seconds); 0: it announced none. While a node that may leave early still
    /// serves, this is when it announced its exit.
    /// @param leftBefore When the node had last left the cluster as the provider accepted (unix seconds); 0: never, or none accepted. The
    /// bond does not answer for its service until then.
    struct AgreementStatus {
        address provider;
        CurrencyId currencyId;
        uint256 bond;
        uint256 lockedUntil;
        uint256 slashable;
        uint256 slashableLeft;
        uint256 slashRenewsAt;
        uint256 shortSince;
        uint256 exitAt;
        uint256 leftBefore;
    }

    /// @notice All that is announced about a node in a cluster, with its dates (unix seconds).
    /// @param exitAt When the node's exit can be finished; 0: it announced none. While a node that may leave early still serves, this is
    /// when it announced its exit.
    /// @param canFinishExit Whether the exit is due, so that {finishExit} succeeds once the cluster is settled.
    /// @param lockedUntil Until when all of the bond is withheld of a node that has left; 0: it is not, or there is none.
    /// @param shortSince Since when the bond does not cover the node's vnodes; 0: it does.
    /// @param vacatableFrom Until when such a bond can be topped up: from then on {vacateUncovered} succeeds; 0: the bond is not short.
    /// @param validator The node's validator now, see {validatorOf}.
    /// @param nextValidator The validator that is announced for the cluster; zero: none is. It will not judge a node whose exit is
    /// announced.
    /// @param nextValidatorAt When that validator may take office; 0: none is announced.
    /// @param canFinishValidator Whether {finishValidator} succeeds now.
    /// @param acceptanceBlocked Whether the announced validator keeps the node's provider from {acceptTerms}.
    struct PendingStatus {
        uint256 exitAt;
        bool canFinishExit;
        uint256 lockedUntil;
        uint256 shortSince;
        uint256 vacatableFrom;
        address validator;
        address nextValidator;
        uint256 nextValidatorAt;
        bool canFinishValidator;
        bool acceptanceBlocked;
    }

    /// @notice A cluster is created with terms of its own.
    event TermsSet(ClusterId indexed clusterId, Terms terms);
    /// @notice A node's provider agrees to the terms of a cluster.
    event TermsAccepted(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed provider);
    /// @notice Another validator is announced; zero: the announcement is taken back.
    /// @param effectiveAt When it may take effect (unix seconds).
    event ValidatorOffered(ClusterId indexed clusterId, address indexed validator, uint256 effectiveAt);
    /// @notice Another validator judges the cluster's nodes.
    event ValidatorChanged(ClusterId indexed clusterId, address indexed oldValidator, address indexed newValidator);
    /// @notice A validator reports how well a node serves, which takes effect at once.
    /// @param qualityBps Basis points.
    /// @param code Why, in short.
    /// @param ref Why, at length: a hash or a link.
    event QualityReported(
        ClusterId indexed clusterId,
        NodeId indexed nodeId,
        address indexed validator,
        uint16 qualityBps,
        uint16 code,
        string ref
    );
    /// @notice A bond grows.
    /// @param bond The new bond.
    event BondPosted(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed provider, uint256 amount, uint256 bond);
    /// @notice A bond, or a part of it, goes back to its provider's account.
    /// @param bond The bond that is left.
    event BondReturned(ClusterId indexed clusterId, NodeId indexed nodeId, address indexed provider, uint256 amount, uint256 bond);
    /// @notice A validator slashes a bond.
    /// @dev The budget of slashes follows: if the last slash was seven days ago or more, it is renewed to `maxSlashBps` of `bond + amount`;
    /// then `amount` is taken from it.
    /// @param recipient The network fee's account, which is credited with the amount.
    /// @param bond The bond that is left.
    event NodeSlashed(
        ClusterId indexed clusterId,
        NodeId indexed nodeId,
        address indexed validator,
        address recipient,
        uint256 amount,
        uint256 bond,
        uint16 code,
        string ref
    );
    /// @notice A bond no longer covers its node's vnodes, since a slash (unix seconds), or covers them again (0).
    /// @dev A shortage ends with the event of 0, or before it as soon as `bond >= vnodes * bondPerVnode`. The manager can take vnodes from
    /// a node without the terms registry. The cluster registry emits events of that, and the next change of the bond or of the node's
    /// exit emits the 0. {finishExit} and {vacateUncovered} emit it at once.
    event BondShort(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 since);
    /// @notice A node's provider announces that the node leaves.
    /// @param exitAt When its exit can be finished (unix seconds), unless its quality falls below half before.
    event ExitAnnounced(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 exitAt);
    /// @notice A node leaves whose bond still answers for it: before its leaving notice is over, as its quality was below half, or more
    /// than a day after the notice was over. Its bond and its agreement stay.
    /// @param lockedUntil When its exit can be finished, and the bond goes back (unix seconds).
    event BondRetained(ClusterId indexed clusterId, NodeId indexed nodeId, uint256 lockedUntil);
    /// @notice A node has left as announced: its bond is returned, and its agreement is over.
    event ExitFinished(ClusterId indexed clusterId, NodeId indexed nodeId);

    /// @notice A notice is between an hour and 30 days (seconds).
    error NoticeInvalid(uint256 notice, uint256 minimum, uint256 maximum);
    /// @notice A share is at most 10,000 basis points.
    error BpsTooHigh(uint256 bps, uint256 maximum);
    /// @notice The cluster has the default terms: there is nothing to agree to, and no bond.
    error TermsDefault(ClusterId clusterId);
    /// @notice The node's provider has agreed already.
    error TermsAlreadyAccepted(ClusterId clusterId, NodeId nodeId);
    /// @notice The node's provider has not agreed to the terms of the cluster.
    error TermsNotAccepted(ClusterId clusterId, NodeId nodeId);
    /// @notice No such change is announced. The node is 0 for a change of the validator.
    error ChangeNotAnnounced(ClusterId clusterId, NodeId nodeId);
    /// @notice The announced change can take effect at `effectiveAt` (unix seconds). The node is 0 for a change of the validator.
    error ChangeNotReady(ClusterId clusterId, NodeId nodeId, uint256 effectiveAt);
    /// @notice The exit is announced already.
    error ExitAlreadyAnnounced(ClusterId clusterId, NodeId nodeId, uint256 exitAt);
    /// @notice Another validator is announced for `effectiveAt` (unix seconds). Accept the terms once it is in office or the manager has
    /// taken back the announcement.
    error ValidatorChangePending(ClusterId clusterId, uint256 effectiveAt);
    /// @notice The amount is more than the provider can withdraw (base units): the bond covers vnodes, or is withheld until `lockedUntil`
    /// (unix seconds).
    error BondLocked(ClusterId clusterId, NodeId nodeId, uint256 available, uint256 needed, uint256 lockedUntil);
    /// @notice The bond does not answer for the node: the node has left and its notice is over, or it has served nothing under the
    /// agreement.
    error BondNotLiable(ClusterId clusterId, NodeId nodeId);
    /// @notice The amount is more than the terms allow within seven days, or than the bond (base units).
    error SlashTooHigh(ClusterId clusterId, NodeId nodeId, uint256 amount, uint256 maximum);
    /// @notice The bond covers the node's vnodes, or has been short for less than it may (`until`: unix seconds).
    error BondNotOverdue(ClusterId clusterId, NodeId nodeId, uint256 until);

    /// @notice Creates a cluster with terms of its own; the caller is its manager. Its vnodes are vacant until {fillCluster}.
    /// @param currency The currency of its revenue and of bonds.
    /// @param vnodeCount 1 to 65,535; they can never become more or fewer.
    /// @param managementFeeBps The manager's fee: at most 3,000 basis points of what the network fee leaves.
    /// @param params A JSON text of at most 24,000 bytes; see the schema of clusters.
    function createClusterWithTerms(
        Terms calldata terms,
        Currency currency,
        uint32 vnodeCount,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId);

    /// @notice Gives a cluster with terms of its own its nodes: vnode `i` goes to `nodeIds[i % nodeIds.length]`. For the manager.
    /// @dev Their providers trust the manager, have accepted the terms, and their bonds cover the vnodes.
    function fillCluster(ClusterId clusterId, NodeId[] calldata nodeIds) external;

    /// @notice Lets a node serve vacant vnodes from now on, after distributing what the cluster has earned. For the manager.
    /// @dev While buckets are allocated, the node may ask no more than the one that left: nothing where that one asked nothing.
    /// @param vnodeIndex A vacant vnode, counted from 0.
    /// @param allVacant True: all the vnodes that became vacant with it and still are, for a node that is not in the cluster. False: this
    /// vnode alone.
    function fillVacancy(ClusterId clusterId, uint32 vnodeIndex, NodeId nodeId, bool allVacant) external;

    /// @notice Agrees to a cluster's terms for a node. For its provider. Refused while another validator is announced.
    function acceptTerms(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Agrees to a cluster's terms for a node, deposits into the caller's account and posts a bond, all at once. For its provider.
    /// @param bond Base units, out of the account.
    /// @param funding The deposit of the caller before that, in base units of the cluster's currency: not zero.
    function acceptTermsWithBond(ClusterId clusterId, NodeId nodeId, uint256 bond, Funding calldata funding) external payable;

    /// @notice Posts a bond, or adds to it, out of the caller's account in the cluster's currency. For the provider that accepted the
    /// terms.
    /// @param amount Base units.
    function postBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external;

    /// @notice Returns the part of the bond that answers for no vnode to the provider's account, or all of the bond once the node has left
    /// and the leaving notice is over. For the provider.
    /// @dev Vnodes that were taken from a node that serves on count for one leaving notice more.
    /// @dev Nothing is returned while a node serves whose exit is announced: {finishExit} returns the bond.
    /// @param amount Base units; the largest `uint256`: all that may be returned.
    function withdrawBond(ClusterId clusterId, NodeId nodeId, uint256 amount) external;

    /// @notice Changes a node's quality, after distributing what the cluster has earned and paying the node. For the node's validator.
    /// @dev A quality below half lets a node whose exit is announced leave at once, also after it is raised again.
    /// @param qualityBps 0 to 10,000 basis points.
    /// @param code Why, in short.
    /// @param ref Why, at length: a hash or a link.
    function reportQuality(ClusterId clusterId, NodeId nodeId, uint16 qualityBps, uint16 code, string calldata ref) external;

    /// @notice Slashes a node's bond, within the terms; the amount goes to the network fee's account. For the node's validator.
    /// @param amount Base units.
    function slash(ClusterId clusterId, NodeId nodeId, uint256 amount, uint16 code, string calldata ref) external;

    /// @notice Vacates the vnodes of a node whose bond has not covered them for seven days. For anyone.
    function vacateUncovered(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Announces that a node leaves a cluster, or that it does not come back. For its provider. The node gets no more vnodes.
    /// @dev It cannot be taken back. The node's validator is fixed from now on. A node that has served nothing since its provider accepted
    /// the terms can finish at once.
    function announceExit(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Lets a node leave whose exit is announced: its vnodes become vacant, and its bond is returned. For anyone.
    /// @dev Possible when the leaving notice is over. Where the node's quality was below half since the announcement, it may leave before:
    /// then its bond stays until the notice is over, can be slashed as before, and a second call (or {withdrawBond}) returns it. The bond
    /// of a node that served on for more than a day after the notice stays for as long as it did, at most for one more notice. Until the
    /// second call the node cannot come back, and its provider cannot accept the terms again.
    function finishExit(ClusterId clusterId, NodeId nodeId) external;

    /// @notice Announces another validator; zero takes the announcement back. For the manager.
    /// @dev After the notice for validators, and no sooner than a leaving notice after the present validator took office: the bonds of all
    /// nodes that it does not judge are free by then.
    function offerValidator(ClusterId clusterId, address validator) external;

    /// @notice Lets another validator take office when the notice is over. For anyone.
    function finishValidator(ClusterId clusterId) external;

    /// @notice The terms of a cluster, with the validator in force. Reverts if there is no such cluster.
    function getTerms(ClusterId clusterId) external view returns (Terms memory);

    /// @notice The announced validator, and when it may take office (unix seconds; 0: none is announced).
    function offeredValidator(ClusterId clusterId) external view returns (address validator, uint256 effectiveAt);

    /// @notice The node's validator, which may report its quality and slash its bond: the cluster's validator; for a node
    /// that announced its exit, the one that was its validator then; for a node that left before the cluster's validator took office, or in
    /// that second, the validator before.
    function validatorOf(ClusterId clusterId, NodeId nodeId) external view returns (address);

    /// @notice The office whose validator judges the node.
    /// @return validator The node's validator, see {validatorOf}.
    /// @return since When it took that office (unix seconds); 0: when the cluster was created.
    function officeOf(ClusterId clusterId, NodeId nodeId) external view returns (address validator, uint40 since);

    /// @notice The agreement of a node's provider in a cluster.
    function getAgreement(ClusterId clusterId, NodeId nodeId) external view returns (AgreementStatus memory);

    /// @notice All that is announced about a node in a cluster, with its dates.
    function pendingOf(ClusterId clusterId, NodeId nodeId) external view returns (PendingStatus memory);

    /// @notice A node's bond in a cluster, in base units of its currency.
    function bondOf(ClusterId clusterId, NodeId nodeId) external view returns (uint256);

    /// @notice A node's quality in a cluster, in basis points; 10,000 if nothing was reported since the node last joined.
    function qualityOf(ClusterId clusterId, NodeId nodeId) external view returns (uint16);

    /// @notice The registry of clusters.
    function CLUSTER_REGISTRY() external view returns (address);

    /// @notice The registry of nodes.
    function NODE_REGISTRY() external view returns (address);

    /// @notice The registry of accounts.
    function ACCOUNT_REGISTRY() external view returns (address);
}
