// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IBucketRegistry} from "../../../contracts/interfaces/IBucketRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {IPriceRegistry} from "../../../contracts/interfaces/IPriceRegistry.sol";
import {IStorageProofs} from "../../../contracts/interfaces/IStorageProofs.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {MockPriceFeed} from "../../../contracts/mocks/MockPriceFeed.sol";
import {StandardToken} from "../../../contracts/mocks/StandardToken.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {BucketId, ClusterId, NodeId} from "../../../contracts/types/Ids.sol";
import {Random} from "./Random.sol";
import {vm} from "./Vm.sol";

/// @dev The registries, the people who use them, the currencies, and what there is of nodes, clusters and buckets.
abstract contract World is Random {
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant PEOPLE = 8;
    uint256 internal constant MAX_CURRENCIES = 12;
    uint8 internal constant FEED_DECIMALS = 18;
    uint32 internal constant FEED_MAX_AGE = 1 hours;
    Currency internal constant NATIVE = Currency.wrap(address(0));

    // Who holds which role.
    address internal constant ADMIN = address(0xAD);
    address internal constant PRICE_ORACLE = address(0xB0);
    address internal constant FEE_MANAGER = address(0xFE);
    address internal constant GUARDIAN = address(0x6D);
    /// @dev Has no part in anything.
    address internal constant STRANGER = address(0x57);

    IAccountRegistry public accounts;
    IPriceRegistry public prices;
    INodeRegistry public nodes;
    IClusterRegistry public clusters;
    IBucketRegistry public buckets;
    ITermsRegistry public terms;
    /// @dev The validator of those clusters that name it.
    IStorageProofs public proofs;
    AccessManager public authority;

    /// @dev Anyone of them may be a provider, a manager, an owner, and who receives the network fee.
    address[] public people;
    mapping(address person => uint256) internal _keyOf;

    Currency[] public currencies;
    mapping(Currency currency => MockPriceFeed) internal _feedOf;
    mapping(Currency currency => uint256) internal _decimalsOf;

    // What has been created and not removed.
    NodeId[] internal _nodeIds;
    ClusterId[] internal _clusterIds;
    BucketId[] internal _bucketIds;

    // ------------------------------------------------------------ creation

    constructor() {
        vm.warp(START);
        for (uint256 i = 1; i <= PEOPLE; ++i) {
            address person = vm.addr(i);
            people.push(person);
            _keyOf[person] = i;
        }
        _deployRegistries();
        _grantRoles();
    }

    function _deployRegistries() private {
        authority = AccessManager(vm.deployCode("AccessManager.sol:AccessManager", abi.encode(address(this))));
        uint256 nonce = vm.getNonce(address(this));
        accounts = IAccountRegistry(vm.computeCreateAddress(address(this), nonce));
        nodes = INodeRegistry(vm.computeCreateAddress(address(this), nonce + 1));
        clusters = IClusterRegistry(vm.computeCreateAddress(address(this), nonce + 2));
        buckets = IBucketRegistry(vm.computeCreateAddress(address(this), nonce + 3));
        terms = ITermsRegistry(vm.computeCreateAddress(address(this), nonce + 4));
        prices = IPriceRegistry(vm.computeCreateAddress(address(this), nonce + 5));
        vm.deployCode("AccountRegistry.sol:AccountRegistry", abi.encode(prices, clusters, buckets, terms));
        vm.deployCode("NodeRegistry.sol:NodeRegistry", abi.encode(clusters));
        vm.deployCode("ClusterRegistry.sol:ClusterRegistry", abi.encode(authority, nodes, accounts, buckets, terms, people[0]));
        vm.deployCode("BucketRegistry.sol:BucketRegistry", abi.encode(clusters, accounts, 100_000));
        vm.deployCode("TermsRegistry.sol:TermsRegistry", abi.encode(clusters, nodes, accounts));
        vm.deployCode("PriceRegistry.sol:PriceRegistry", abi.encode(authority, accounts, address(0)));
        proofs = IStorageProofs(vm.deployCode("StorageProofs.sol:StorageProofs", abi.encode(terms, clusters, nodes)));
        assert(accounts.PRICE_REGISTRY() == address(prices) && prices.ACCOUNT_REGISTRY() == address(accounts));
    }

    function _grantRoles() private {
        authority.grantRole(0, ADMIN, 0);
        _grant(1, PRICE_ORACLE, address(prices), IPriceRegistry.setPrice.selector);
        _grant(2, FEE_MANAGER, address(clusters), IClusterRegistry.setNetworkFee.selector);
        _grant(3, GUARDIAN, address(prices), IPriceRegistry.pauseCurrency.selector);
        authority.renounceRole(0, address(this));
    }

    function _grant(uint64 role, address holder, address target, bytes4 selector) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        authority.setTargetFunctionRole(target, selectors, role);
        authority.grantRole(role, holder, 0);
    }

    /// @dev A new token (of zero decimals: the native currency), with a feed that answers its price.
    function _makeToken(bool native, uint256 decimals, uint256 price) internal returns (Currency currency) {
        if (native) currency = NATIVE;
        else if (decimals == 6) currency = Currency.wrap(vm.deployCode("TestUSD.sol:TestUSD", ""));
        else currency = Currency.wrap(vm.deployCode("StandardToken.sol:StandardToken", abi.encode(decimals)));
        MockPriceFeed feed = MockPriceFeed(vm.deployCode("MockPriceFeed.sol:MockPriceFeed", abi.encode(FEED_DECIMALS)));
        feed.setAnswer(int256(price));
        _feedOf[currency] = feed;
        _decimalsOf[currency] = native ? 18 : decimals;
    }

    /// @dev Gives a person what it is about to deposit.
    function _fund(address person, Currency currency, uint256 amount) internal {
        if (currency.isNative()) {
            vm.deal(person, person.balance + amount);
            return;
        }
        StandardToken token = StandardToken(Currency.unwrap(currency));
        token.mint(person, amount);
        vm.prank(person);
        token.approve(address(accounts), amount);
    }

    // ------------------------------------------------------------ choices

    function _person() internal returns (address) {
        return people[_below(PEOPLE)];
    }

    /// @dev Mostly who is entitled, if anyone is, now and then somebody else.
    function _mostly(address entitled) internal returns (address) {
        return _oneIn(16) || entitled == address(0) ? _person() : entitled;
    }

    function _currency() internal returns (Currency) {
        return currencies[_below(currencies.length)];
    }

    /// @dev The first from a random one on that is suitable; if none is, just any.
    function _node(function(NodeId) internal view returns (bool) suits) internal returns (NodeId nodeId) {
        uint256 start = _below(_nodeIds.length);
        for (uint256 i = 0; i < _nodeIds.length; ++i) {
            nodeId = _nodeIds[(start + i) % _nodeIds.length];
            if (suits(nodeId)) return nodeId;
        }
    }

    /// @dev As {_node}.
    function _cluster(function(ClusterId) internal view returns (bool) suits) internal returns (ClusterId clusterId) {
        uint256 start = _below(_clusterIds.length);
        for (uint256 i = 0; i < _clusterIds.length; ++i) {
            clusterId = _clusterIds[(start + i) % _clusterIds.length];
            if (suits(clusterId)) return clusterId;
        }
    }

    /// @dev As {_node}.
    function _bucket(function(BucketId) internal view returns (bool) suits) internal returns (BucketId bucketId) {
        uint256 start = _below(_bucketIds.length);
        for (uint256 i = 0; i < _bucketIds.length; ++i) {
            bucketId = _bucketIds[(start + i) % _bucketIds.length];
            if (suits(bucketId)) return bucketId;
        }
    }

    function _anyNode(NodeId) internal pure returns (bool) {
        return true;
    }

    function _anyCluster(ClusterId) internal pure returns (bool) {
        return true;
    }

    function _anyBucket(BucketId) internal pure returns (bool) {
        return true;
    }

    /// @dev Params of all three kinds: none, in a slot, in a contract.
    function _params() internal returns (string memory) {
        return string(new bytes(_below(3) * 20));
    }
}
