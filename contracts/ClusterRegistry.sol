// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IAccountRegistry} from "./interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "./interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {Items} from "./items/Items.sol";
import {Places, PlacesLib} from "./libraries/Places.sol";
import {Units} from "./libraries/Units.sol";
import {Currency} from "./types/Currency.sol";
import {ClusterId, CurrencyId, NodeId} from "./types/Ids.sol";
import {Place} from "./types/Place.sol";

/// @title ClusterRegistry
/// @notice Keeps the clusters, and shares what they earn.
/// @dev For every cluster: resourceUsed <= resourcePerVnode, resourceUsed = the sum of its buckets' resources, and rentPerUnit = the sum
/// over
/// its vnodes of their node's rent, which is also the sum of its nodes' weights (rent x vnodes).
///
/// What a unit of weight has earned since the beginning (`revenuePerWeight`) only grows; a node is owed its weight times the growth since
/// it was
/// last paid. Whoever changes a weight pays the node first. Nothing here loops over vnodes or buckets.
contract ClusterRegistry is IClusterRegistry, AccessManaged, Items {
    using PlacesLib for Places;

    // ------------------------------------------------------------ types

    /// @dev A slot for who runs it, one for what buckets and nodes change, two for its revenue.
    /// @param placeCount How many places its nodes have ever taken at a time.
    /// @param stride How many nodes it was created with: vnodes go round robin over the first so many places.
    /// @param freePlace The first free place among them; 0: none.
    /// @param hasUndivided Whether `undivided` is not zero, which saves reading it.
    /// @param revenuePerWeight Fine units that a unit of weight has earned. Full width: weights can be tiny.
    /// @param undivided Fine units that did not divide by the weight. They are below it, and wait for the next distribution.
    struct Cluster {
        address manager;
        uint16 managementFeeBps;
        uint32 params;
        uint96 rentPerUnit;
        uint32 resourcePerVnode;
        uint32 resourceUsed;
        uint16 vnodeCount;
        CurrencyId currencyId;
        uint16 placeCount;
        uint16 stride;
        uint16 freePlace;
        bool hasUndivided;
        uint256 revenuePerWeight;
        uint96 undivided;
    }

    /// @dev A node in a cluster.
    /// @param rent Its rent there.
    /// @param place The number of its place; 0: it is not in the cluster.
    /// @param vnodes How many vnodes are on it, as in its place: with its rent, they are its weight.
    /// @param revenuePaid Up to where of the cluster's `revenuePerWeight` it has been paid. Full width, or a claim could pay again.
    struct Member {
        uint88 rent;
        uint16 place;
        uint16 vnodes;
        uint256 revenuePaid;
    }

    /// @dev Some vnodes of a cluster go from one node to another.
    struct Takeover {
        NodeId from;
        NodeId to;
        uint256 vnodes;
        bool fromLeaves;
    }

    struct NetworkFee {
        uint16 bps;
        address account;
    }

    // ------------------------------------------------------------ constants and immutables

    uint256 private constant MAX_NODES = 256;
    uint256 private constant MAX_NETWORK_FEE = 1_000;
    uint256 private constant MAX_MANAGEMENT_FEE = 3_000;

    /// @inheritdoc IClusterRegistry
    address public immutable NODE_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable ACCOUNT_REGISTRY;

    /// @inheritdoc IClusterRegistry
    address public immutable BUCKET_REGISTRY;

    // ------------------------------------------------------------ storage

    mapping(ClusterId clusterId => Cluster) private _clusters;
    mapping(ClusterId clusterId => Places) private _places;
    mapping(ClusterId clusterId => mapping(NodeId nodeId => Member)) private _members;
    mapping(ClusterId clusterId => address) private _offers;
    NetworkFee private _networkFee;

    // ------------------------------------------------------------ constructor

    constructor(
        address authority,
        address nodeRegistry,
        address accountRegistry,
        address bucketRegistry,
        address networkAccount
    ) AccessManaged(authority) {
        NODE_REGISTRY = nodeRegistry;
        ACCOUNT_REGISTRY = accountRegistry;
        BUCKET_REGISTRY = bucketRegistry;
        _setNetworkFee(0, networkAccount);
    }

    // ------------------------------------------------------------ functions that change state: managers'

    /// @inheritdoc IClusterRegistry
    function createCluster(
        Currency currency,
        uint32 vnodeCount,
        NodeId[] calldata nodeIds,
        uint16 managementFeeBps,
        string calldata params
    ) external returns (ClusterId clusterId) {
        require(vnodeCount != 0 && vnodeCount <= type(uint16).max, ClusterVnodeCountInvalid(vnodeCount, type(uint16).max));
        uint256 maxNodes = Math.min(vnodeCount, MAX_NODES);
        require(nodeIds.length != 0 && nodeIds.length <= maxNodes, ClusterNodeCountInvalid(nodeIds.length, maxNodes));
        require(managementFeeBps <= MAX_MANAGEMENT_FEE, ManagementFeeTooHigh(managementFeeBps, MAX_MANAGEMENT_FEE));

        Cluster memory cluster;
        cluster.manager = msg.sender;
        cluster.managementFeeBps = managementFeeBps;
        // Both were checked to fit.
        cluster.vnodeCount = uint16(vnodeCount);
        cluster.placeCount = uint16(nodeIds.length);
        cluster.stride = cluster.placeCount;
        cluster.currencyId = IAccountRegistry(ACCOUNT_REGISTRY).currencyIdOf(currency);
        uint88[] memory rents = INodeRegistry(NODE_REGISTRY).join(nodeIds, msg.sender);
        uint32 id;
        (id, cluster.params) = _newItem(params);
        clusterId = ClusterId.wrap(id);
        cluster.rentPerUnit = _checkedRentPerUnit(_addMembers(clusterId, vnodeCount, nodeIds, rents));
        _store(_clusters[clusterId], cluster);

        emit ClusterCreated(clusterId, msg.sender, currency, vnodeCount, managementFeeBps, nodeIds, rents, params);
    }

    /// @inheritdoc IClusterRegistry
    function reserveResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint256 reserved = uint256(cluster.resourcePerVnode) + perVnode;
        require(reserved <= type(uint32).max, ClusterResourceTooLarge(clusterId, reserved, type(uint32).max));
        INodeRegistry(NODE_REGISTRY).reserve(_places[clusterId].taken(cluster.placeCount), perVnode);
        cluster.resourcePerVnode = uint32(reserved);
        emit ResourceReserved(clusterId, uint32(reserved));
    }

    /// @inheritdoc IClusterRegistry
    function releaseResource(ClusterId clusterId, uint32 perVnode) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(perVnode != 0, ResourceZero());
        uint32 free = cluster.resourcePerVnode - cluster.resourceUsed;
        require(perVnode <= free, ClusterResourceInUse(clusterId, perVnode, free));
        INodeRegistry(NODE_REGISTRY).release(_places[clusterId].taken(cluster.placeCount), perVnode, false);
        cluster.resourcePerVnode -= perVnode;
        emit ResourceReleased(clusterId, cluster.resourcePerVnode);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNode(ClusterId clusterId, uint32 vnodeIndex, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(vnodeIndex < cluster.vnodeCount, VnodeUnknown(clusterId, vnodeIndex, cluster.vnodeCount));
        NodeId oldNodeId = _places[clusterId].nodeAt(_places[clusterId].numberOf(vnodeIndex, cluster.stride));
        require(oldNodeId != newNodeId, VnodeAlreadyOnNode(clusterId, vnodeIndex, newNodeId));

        bool leaves = _members[clusterId][oldNodeId].vnodes == 1;
        Takeover memory takeover = Takeover({from: oldNodeId, to: newNodeId, vnodes: 1, fromLeaves: leaves});
        uint88 rent = _takeOver(clusterId, cluster, takeover);
        _moveVnode(clusterId, cluster, takeover, vnodeIndex, rent);
        emit VnodeReplaced(clusterId, oldNodeId, newNodeId, vnodeIndex, rent, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function replaceNodes(ClusterId clusterId, NodeId oldNodeId, NodeId newNodeId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        Member storage member = _member(clusterId, oldNodeId);
        (uint16 place, uint16 vnodes) = (member.place, member.vnodes);
        require(_members[clusterId][newNodeId].place == 0, NodeAlreadyInCluster(clusterId, newNodeId));

        Takeover memory takeover = Takeover({from: oldNodeId, to: newNodeId, vnodes: vnodes, fromLeaves: true});
        uint88 rent = _takeOver(clusterId, cluster, takeover);
        _enter(clusterId, cluster, newNodeId, rent, place, vnodes);
        delete _members[clusterId][oldNodeId];
        emit NodeReplaced(clusterId, oldNodeId, newNodeId, vnodes, rent, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function acceptRent(ClusterId clusterId, NodeId nodeId, uint128 maxRent) external {
        Cluster storage cluster = _managedCluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        uint88 newRent = INodeRegistry(NODE_REGISTRY).rentOf(nodeId);
        require(newRent <= maxRent, NodeRentAboveMaximum(nodeId, newRent, maxRent));
        uint88 oldRent = member.rent;
        require(newRent < oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));

        _distribute(clusterId, cluster);
        _payMember(clusterId, cluster, nodeId);
        _exchangeRent(clusterId, cluster, nodeId, oldRent, newRent, member.vnodes);
        member.rent = newRent;
        emit RentAccepted(clusterId, nodeId, newRent, cluster.rentPerUnit);
    }

    /// @inheritdoc IClusterRegistry
    function changeClusterParams(ClusterId clusterId, string calldata params) external {
        Cluster storage cluster = _managedCluster(clusterId);
        cluster.params = _replaceParams(ClusterId.unwrap(clusterId), cluster.params, params);
        emit ClusterParamsChanged(clusterId, params);
    }

    /// @inheritdoc IClusterRegistry
    function lowerManagementFee(ClusterId clusterId, uint16 managementFeeBps) external {
        Cluster storage cluster = _managedCluster(clusterId);
        uint256 current = cluster.managementFeeBps;
        require(managementFeeBps < current, ManagementFeeNotLower(clusterId, managementFeeBps, current));
        _distribute(clusterId, cluster);
        cluster.managementFeeBps = managementFeeBps;
        emit ManagementFeeLowered(clusterId, managementFeeBps);
    }

    /// @inheritdoc IClusterRegistry
    function offerManagement(ClusterId clusterId, address manager) external {
        _managedCluster(clusterId);
        _offers[clusterId] = manager;
        emit ManagementOffered(clusterId, msg.sender, manager);
    }

    /// @inheritdoc IClusterRegistry
    function acceptManagement(ClusterId clusterId) external {
        Cluster storage cluster = _cluster(clusterId);
        address offeredTo = _offers[clusterId];
        require(msg.sender == offeredTo, ManagementNotOffered(clusterId, msg.sender, offeredTo));
        _distribute(clusterId, cluster);
        address oldManager = cluster.manager;
        cluster.manager = msg.sender;
        delete _offers[clusterId];
        emit ManagementAccepted(clusterId, oldManager, msg.sender);
    }

    /// @inheritdoc IClusterRegistry
    function removeCluster(ClusterId clusterId) external {
        Cluster storage cluster = _managedCluster(clusterId);
        require(cluster.resourceUsed == 0, ClusterInUse(clusterId, cluster.resourceUsed));
        _distribute(clusterId, cluster);

        Place[] memory places = _places[clusterId].taken(cluster.placeCount);
        for (uint256 i = 0; i < places.length; ++i) {
            NodeId nodeId = places[i].node();
            _payMember(clusterId, cluster, nodeId);
            delete _members[clusterId][nodeId];
        }
        INodeRegistry(NODE_REGISTRY).release(places, cluster.resourcePerVnode, true);
        (address networkAccount, uint256 leftover) = _giveUpLeftover(clusterId, cluster);

        _places[clusterId].clear(cluster.placeCount);
        _forgetParams(ClusterId.unwrap(clusterId), cluster.params);
        delete _clusters[clusterId];
        delete _offers[clusterId];
        emit ClusterRemoved(clusterId, networkAccount, leftover);
    }

    // ------------------------------------------------------------ functions that change state: everyone's and the fee manager's

    /// @inheritdoc IClusterRegistry
    function distributeRevenues(ClusterId clusterId) external {
        _distribute(clusterId, _cluster(clusterId));
    }

    /// @inheritdoc IClusterRegistry
    function claimRevenues(ClusterId clusterId, NodeId nodeId) external {
        _payMember(clusterId, _clusters[clusterId], nodeId);
    }

    /// @inheritdoc IClusterRegistry
    function setNetworkFee(uint16 networkFeeBps, address networkAccount) external restricted {
        _setNetworkFee(networkFeeBps, networkAccount);
    }

    // ------------------------------------------------------------ functions that change state: the bucket registry's

    /// @inheritdoc IClusterRegistry
    function allocate(ClusterId clusterId, uint32 resource) external returns (uint96 rentPerUnit, CurrencyId currencyId) {
        _requireBucketRegistry();
        require(resource != 0, ResourceZero());
        Cluster storage cluster = _clusters[clusterId];
        (uint256 vnodeCount, uint32 reserved, uint32 used) = (cluster.vnodeCount, cluster.resourcePerVnode, cluster.resourceUsed);
        (rentPerUnit, currencyId) = (cluster.rentPerUnit, cluster.currencyId);
        require(vnodeCount != 0, ClusterUnknown(clusterId));
        require(resource <= reserved - used, ClusterResourceExceeded(clusterId, resource, reserved - used));
        cluster.resourceUsed = used + resource;
    }

    /// @inheritdoc IClusterRegistry
    function release(ClusterId clusterId, uint32 resource) external returns (CurrencyId currencyId) {
        _requireBucketRegistry();
        Cluster storage cluster = _clusters[clusterId];
        cluster.resourceUsed -= resource;
        return cluster.currencyId;
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IClusterRegistry
    function getCluster(ClusterId clusterId) external view returns (ClusterStatus memory) {
        return _status(clusterId, _cluster(clusterId));
    }

    /// @inheritdoc IClusterRegistry
    function getVnodes(ClusterId clusterId, uint32 offset, uint32 limit) external view returns (NodeId[] memory nodeIds, uint256 total) {
        Cluster storage cluster = _cluster(clusterId);
        Places storage places = _places[clusterId];
        total = cluster.vnodeCount;
        nodeIds = new NodeId[](Math.saturatingSub(Math.min(uint256(offset) + limit, total), offset));
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            nodeIds[i] = places.nodeAt(places.numberOf(offset + i, cluster.stride));
        }
    }

    /// @inheritdoc IClusterRegistry
    function getMembers(ClusterId clusterId) external view returns (MemberStatus[] memory items) {
        Cluster storage cluster = _cluster(clusterId);
        Place[] memory places = _places[clusterId].taken(cluster.placeCount);
        (, uint256 finePerBaseUnit, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        items = new MemberStatus[](places.length);
        for (uint256 i = 0; i < items.length; ++i) {
            NodeId nodeId = places[i].node();
            Member storage member = _members[clusterId][nodeId];
            uint256 owed = _owed(cluster, member);
            items[i] = MemberStatus(nodeId, member.vnodes, member.rent, owed / finePerBaseUnit, owed);
        }
    }

    /// @inheritdoc IClusterRegistry
    function listClusters(
        uint32 offset,
        uint32 limit,
        address manager
    ) external view returns (ClusterStatus[] memory items, uint256 total) {
        uint256 first;
        uint256 count;
        (first, count, total) = _page(offset, limit);
        items = new ClusterStatus[](count);
        uint256 found = 0;
        for (uint256 i = 0; i < count; ++i) {
            // Ids are 32 bits wide.
            ClusterId clusterId = ClusterId.wrap(uint32(first + i));
            Cluster storage cluster = _clusters[clusterId];
            if (cluster.manager == address(0) || (manager != address(0) && cluster.manager != manager)) continue;
            items[found++] = _status(clusterId, cluster);
        }
        // Shortens the array in place: there is no other way to, short of copying it.
        assembly ("memory-safe") {
            mstore(items, found)
        }
    }

    /// @inheritdoc IClusterRegistry
    function claimable(ClusterId clusterId, NodeId nodeId) external view returns (uint256 amount) {
        Cluster storage cluster = _cluster(clusterId);
        Member storage member = _member(clusterId, nodeId);
        (, uint256 finePerBaseUnit, ) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        return _owed(cluster, member) / finePerBaseUnit;
    }

    /// @inheritdoc IClusterRegistry
    function quote(ClusterId clusterId, uint32 resource) external view returns (uint256 usdPerMonth, uint256 tokensPerMonth) {
        Cluster storage cluster = _cluster(clusterId);
        (, uint256 finePerBaseUnit, uint256 indexPerSecond) = IAccountRegistry(ACCOUNT_REGISTRY).currencyOf(cluster.currencyId);
        usdPerMonth = uint256(cluster.rentPerUnit) * resource;
        // 2^128 x 2^88 x 2^22 fits.
        tokensPerMonth = (usdPerMonth * indexPerSecond * Units.MONTH) / finePerBaseUnit;
    }

    /// @inheritdoc IClusterRegistry
    function networkFee() external view returns (uint16 networkFeeBps, address networkAccount) {
        return (_networkFee.bps, _networkFee.account);
    }

    /// @inheritdoc IClusterRegistry
    function managerOf(ClusterId clusterId) external view returns (address) {
        return _cluster(clusterId).manager;
    }

    /// @inheritdoc IClusterRegistry
    function currencyIdOf(ClusterId clusterId) external view returns (CurrencyId) {
        return _clusters[clusterId].currencyId;
    }

    /// @inheritdoc IClusterRegistry
    function undividedOf(ClusterId clusterId) external view returns (uint256 fineAmount) {
        return _clusters[clusterId].undivided;
    }

    // ------------------------------------------------------------ internal: revenue

    /// @dev Shares the pool out to the manager, the network and, by `revenuePerWeight`, the nodes.
    function _distribute(ClusterId clusterId, Cluster storage cluster) private {
        // Fields that share a slot are read side by side: once for both.
        (uint256 weight, bool hasUndivided) = (cluster.rentPerUnit, cluster.hasUndivided);
        if (weight == 0) return;
        NetworkFee memory fee = _networkFee;
        (address manager, uint16 managementFeeBps) = (cluster.manager, cluster.managementFeeBps);
        (uint256 forNetwork, uint256 forManager, uint256 shares) = IAccountRegistry(ACCOUNT_REGISTRY).takePool(
            IAccountRegistry.Distribution({
                clusterId: clusterId,
                networkFeeBps: fee.bps,
                managementFeeBps: managementFeeBps,
                networkAccount: fee.account,
                manager: manager
            })
        );
        // No fee is the whole, so there are shares unless the pool was empty.
        if (shares == 0) return;
        uint256 undivided = hasUndivided ? cluster.undivided : 0;
        uint256 revenuePerWeight;
        uint256 rest;
        // Shares are below 2^224, the rest below 2^96. What has been earned is only ever compared by its difference, which a wrap would
        // leave right.
        unchecked {
            uint256 toShare = shares + undivided;
            revenuePerWeight = cluster.revenuePerWeight + toShare / weight;
            rest = toShare % weight;
        }
        cluster.revenuePerWeight = revenuePerWeight;
        if (rest != undivided) {
            // Below the weight, which has 96 bits.
            cluster.undivided = uint96(rest);
            cluster.hasUndivided = rest != 0;
        }
        emit RevenuesDistributed(clusterId, fee.account, manager, forNetwork, forManager, shares, revenuePerWeight);
    }

    /// @dev Credits a node's provider with what the node has earned, and returns the node's rent in the cluster.
    function _payMember(ClusterId clusterId, Cluster storage cluster, NodeId nodeId) private returns (uint88 rent) {
        Member storage member = _member(clusterId, nodeId);
        rent = member.rent;
        uint256 revenuePerWeight = cluster.revenuePerWeight;
        if (member.revenuePaid == revenuePerWeight) return rent;
        uint256 owed = _owed(cluster, member);
        member.revenuePaid = revenuePerWeight;
        if (owed == 0) return rent;
        address provider = INodeRegistry(NODE_REGISTRY).providerOf(nodeId);
        IAccountRegistry(ACCOUNT_REGISTRY).credit(provider, cluster.currencyId, owed);
        emit RevenuesClaimed(clusterId, nodeId, provider, owed);
    }

    /// @dev Gives what no node has a claim to, to the network's account: all of a pool that has no weight to be shared by, and what did
    /// not divide.
    function _giveUpLeftover(ClusterId clusterId, Cluster storage cluster) private returns (address networkAccount, uint256 leftover) {
        networkAccount = _networkFee.account;
        uint256 undivided = cluster.undivided;
        (leftover, , ) = IAccountRegistry(ACCOUNT_REGISTRY).takePool(
            IAccountRegistry.Distribution({
                clusterId: clusterId,
                networkFeeBps: uint16(Units.BPS),
                managementFeeBps: 0,
                networkAccount: networkAccount,
                manager: address(0)
            })
        );
        leftover += undivided;
        if (undivided != 0) IAccountRegistry(ACCOUNT_REGISTRY).credit(networkAccount, cluster.currencyId, undivided);
    }

    function _setNetworkFee(uint16 networkFeeBps, address networkAccount) private {
        require(networkFeeBps <= MAX_NETWORK_FEE, NetworkFeeTooHigh(networkFeeBps, MAX_NETWORK_FEE));
        require(networkAccount != address(0), NetworkAccountZero());
        _networkFee = NetworkFee({bps: networkFeeBps, account: networkAccount});
        emit NetworkFeeChanged(networkFeeBps, networkAccount);
    }

    /// @dev A part of what is owed in the currency, so it cannot overflow; and what has been earned does not fall.
    function _owed(Cluster storage cluster, Member storage member) private view returns (uint256) {
        unchecked {
            return uint256(member.rent) * member.vnodes * (cluster.revenuePerWeight - member.revenuePaid);
        }
    }

    // ------------------------------------------------------------ internal: nodes

    /// @dev Puts the nodes of a new cluster in their places, and returns the sum of their weights.
    function _addMembers(
        ClusterId clusterId,
        uint256 vnodeCount,
        NodeId[] calldata nodeIds,
        uint88[] memory rents
    ) private returns (uint256 weight) {
        Places storage places = _places[clusterId];
        uint256 each = vnodeCount / nodeIds.length;
        uint256 more = vnodeCount % nodeIds.length;
        for (uint256 i = 0; i < nodeIds.length; ++i) {
            Member storage member = _members[clusterId][nodeIds[i]];
            require(member.place == 0, NodeAlreadyInCluster(clusterId, nodeIds[i]));
            uint256 vnodes = i < more ? each + 1 : each;
            // At most 256 places, and 65,535 vnodes.
            (member.rent, member.place, member.vnodes) = (rents[i], uint16(i + 1), uint16(vnodes));
            places.set(i + 1, nodeIds[i], vnodes);
            weight += uint256(rents[i]) * vnodes;
        }
    }

    /// @dev Distributes the pool, pays both nodes, and lets one take over vnodes of the other. Returns at what rent: its own in the
    /// cluster,
    /// or what it asks now if it is new there. Where the vnodes lead is the caller's to change.
    function _takeOver(ClusterId clusterId, Cluster storage cluster, Takeover memory takeover) private returns (uint88 rent) {
        _distribute(clusterId, cluster);
        uint88 oldRent = _payMember(clusterId, cluster, takeover.from);
        bool joins = _members[clusterId][takeover.to].place == 0;
        rent = INodeRegistry(NODE_REGISTRY).handOver(
            INodeRegistry.Handover({
                from: takeover.from,
                to: takeover.to,
                resource: takeover.vnodes * cluster.resourcePerVnode,
                fromLeaves: takeover.fromLeaves,
                toJoins: joins,
                manager: msg.sender
            })
        );
        if (!joins) rent = _payMember(clusterId, cluster, takeover.to);
        _exchangeRent(clusterId, cluster, takeover.to, oldRent, rent, takeover.vnodes);
    }

    /// @dev Lets a vnode lead to the place of another node, which takes one if it has none.
    function _moveVnode(ClusterId clusterId, Cluster storage cluster, Takeover memory takeover, uint32 vnodeIndex, uint88 rent) private {
        Places storage places = _places[clusterId];
        Member storage to = _members[clusterId][takeover.to];
        uint16 oldPlace = _members[clusterId][takeover.from].place;
        if (takeover.fromLeaves) {
            delete _members[clusterId][takeover.from];
            if (to.place == 0) {
                // No other vnode leads to the place: this one stays there, and the node changes.
                _enter(clusterId, cluster, takeover.to, rent, oldPlace, 1);
                return;
            }
            _freePlace(clusterId, cluster, oldPlace);
        } else {
            places.set(oldPlace, takeover.from, --_members[clusterId][takeover.from].vnodes);
        }
        if (to.place == 0) _enter(clusterId, cluster, takeover.to, rent, _takePlace(clusterId, cluster), 1);
        else places.set(to.place, takeover.to, ++to.vnodes);
        places.move(vnodeIndex, to.place);
    }

    /// @dev Lets `vnodes` of the cluster cost another rent each: not a higher one while buckets pay the old one, or a dearer node would
    /// take
    /// the other nodes' share.
    function _exchangeRent(
        ClusterId clusterId,
        Cluster storage cluster,
        NodeId nodeId,
        uint256 oldRent,
        uint256 newRent,
        uint256 vnodes
    ) private {
        require(newRent <= oldRent || cluster.resourceUsed == 0, RentNotLower(clusterId, nodeId, newRent, oldRent));
        cluster.rentPerUnit = _checkedRentPerUnit(cluster.rentPerUnit - oldRent * vnodes + newRent * vnodes);
    }

    /// @dev Lets a node that is not in the cluster take a place, and be paid from now on.
    function _enter(ClusterId clusterId, Cluster storage cluster, NodeId nodeId, uint88 rent, uint16 place, uint16 vnodes) private {
        _members[clusterId][nodeId] = Member({rent: rent, place: place, vnodes: vnodes, revenuePaid: cluster.revenuePerWeight});
        _places[clusterId].set(place, nodeId, vnodes);
    }

    function _takePlace(ClusterId clusterId, Cluster storage cluster) private returns (uint16 place) {
        place = cluster.freePlace;
        if (place != 0) {
            // The number of a place is at most 256.
            cluster.freePlace = uint16(NodeId.unwrap(_places[clusterId].nodeAt(place)));
        } else {
            place = cluster.placeCount + 1;
            require(place <= MAX_NODES, ClusterNodesFull(clusterId, MAX_NODES));
            cluster.placeCount = place;
        }
    }

    function _freePlace(ClusterId clusterId, Cluster storage cluster, uint16 place) private {
        _places[clusterId].set(place, NodeId.wrap(cluster.freePlace), 0);
        cluster.freePlace = place;
    }

    // ------------------------------------------------------------ internal: clusters

    /// @dev Writes the two slots of a new cluster that are not zero.
    function _store(Cluster storage self, Cluster memory cluster) private {
        self.manager = cluster.manager;
        self.managementFeeBps = cluster.managementFeeBps;
        self.params = cluster.params;
        self.rentPerUnit = cluster.rentPerUnit;
        self.vnodeCount = cluster.vnodeCount;
        self.currencyId = cluster.currencyId;
        self.placeCount = cluster.placeCount;
        self.stride = cluster.stride;
    }

    function _cluster(ClusterId clusterId) private view returns (Cluster storage cluster) {
        cluster = _clusters[clusterId];
        require(cluster.manager != address(0), ClusterUnknown(clusterId));
    }

    function _managedCluster(ClusterId clusterId) private view returns (Cluster storage cluster) {
        cluster = _cluster(clusterId);
        require(msg.sender == cluster.manager, ClusterCallerNotManager(clusterId, msg.sender, cluster.manager));
    }

    function _member(ClusterId clusterId, NodeId nodeId) private view returns (Member storage member) {
        member = _members[clusterId][nodeId];
        if (member.place != 0) return member;
        // A cluster that does not exist has no members.
        _cluster(clusterId);
        revert NodeNotInCluster(clusterId, nodeId);
    }

    function _status(ClusterId clusterId, Cluster storage cluster) private view returns (ClusterStatus memory status) {
        IAccountRegistry accounts = IAccountRegistry(ACCOUNT_REGISTRY);
        (Currency currency, uint256 finePerBaseUnit, ) = accounts.currencyOf(cluster.currencyId);
        status.clusterId = clusterId;
        status.manager = cluster.manager;
        status.offeredTo = _offers[clusterId];
        status.currency = currency;
        status.vnodeCount = cluster.vnodeCount;
        // At most 256.
        status.nodeCount = uint32(_places[clusterId].taken(cluster.placeCount).length);
        status.resourcePerVnode = cluster.resourcePerVnode;
        status.resourceUsed = cluster.resourceUsed;
        status.rentPerUnit = cluster.rentPerUnit;
        status.revenues = (accounts.poolOf(clusterId) + cluster.undivided) / finePerBaseUnit;
        status.managementFeeBps = cluster.managementFeeBps;
        status.params = _paramsOf(ClusterId.unwrap(clusterId), cluster.params);
    }

    function _requireBucketRegistry() private view {
        require(msg.sender == BUCKET_REGISTRY, CallerNotRegistry(msg.sender));
    }

    function _checkedRentPerUnit(uint256 rentPerUnit) private pure returns (uint96) {
        require(rentPerUnit <= Units.MAX_RATE, ClusterRentTooHigh(rentPerUnit, Units.MAX_RATE));
        return uint96(rentPerUnit);
    }
}
