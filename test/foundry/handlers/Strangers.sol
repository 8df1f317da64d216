// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

import {IAccountRegistry} from "../../../contracts/interfaces/IAccountRegistry.sol";
import {IClusterRegistry} from "../../../contracts/interfaces/IClusterRegistry.sol";
import {INodeRegistry} from "../../../contracts/interfaces/INodeRegistry.sol";
import {IPriceRegistry} from "../../../contracts/interfaces/IPriceRegistry.sol";
import {ITermsRegistry} from "../../../contracts/interfaces/ITermsRegistry.sol";
import {Currency} from "../../../contracts/types/Currency.sol";
import {Funding} from "../../../contracts/types/Funding.sol";
import {ClusterId, CurrencyId, NodeId} from "../../../contracts/types/Ids.sol";
import {NodeSlot} from "../../../contracts/types/NodeSlot.sol";
import {Calls} from "../base/Calls.sol";
import {vm} from "../base/Vm.sol";

/// @dev People try what only registries and roles may do. That all of it is refused is this handler's success.
abstract contract Strangers is Calls {
    function trespass(uint256 seed) external seeded(seed) {
        ClusterId clusterId = _cluster(_anyCluster);
        NodeId nodeId = _node(_anyNode);
        address by = _oneIn(2) ? _person() : STRANGER;
        _trespassAccounts(by, clusterId, _currency());
        _trespassPrices(by, _currency());
        _trespassNodes(by, nodeId);
        _trespassClusters(by, clusterId, nodeId);
        _trespassTerms(clusterId, nodeId);
    }

    function _trespassClusters(address by, ClusterId clusterId, NodeId nodeId) private {
        NodeId[] memory nodeIds = new NodeId[](1);
        nodeIds[0] = nodeId;
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.createVacant, (by, NATIVE, 1, 0, "", 1 hours)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.fillCluster, (clusterId, nodeIds)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.fillVacancy, (clusterId, 0, nodeId, false)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.coverVnodes, (clusterId, nodeId, 1, false)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.setQuality, (clusterId, nodeId, 0)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.vacate, (clusterId, nodeId)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.allocateResource, (clusterId, 1)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.deallocateResource, (clusterId, 0)));
        _refuse(by, address(clusters), abi.encodeCall(IClusterRegistry.setNetworkFee, (0, by)));
        _refuse(by, address(clusters), abi.encodeCall(IAccessManaged.setAuthority, (by)));
    }

    function _trespassAccounts(address by, ClusterId clusterId, Currency currency) private {
        CurrencyId currencyId = accounts.currencyIdOf(currency);
        IAccountRegistry.RateChange memory change = IAccountRegistry.RateChange(_person(), clusterId, currencyId, 0);
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.raiseRate, (change)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.lowerRate, (change)));
        Funding memory funding = Funding({amount: 1, deadline: 0, v: 0, r: 0, s: 0});
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.fundAccount, (_person(), currencyId, funding)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.credit, (by, currencyId, 1)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.debit, (_person(), currencyId, 1)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.setUnservedShare, (clusterId, currencyId, 1)));
        IAccountRegistry.Distribution memory distribution = IAccountRegistry.Distribution(clusterId, false, 10_000, 0, by, by);
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.takePool, (distribution)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.listCurrency, (Currency.wrap(by), 1e18)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.setIndexSpeed, (currencyId, 1e18)));
        _refuse(by, address(accounts), abi.encodeCall(IAccountRegistry.setPaused, (currencyId, false)));
    }

    function _trespassPrices(address by, Currency currency) private {
        uint256 price = _price[currency];
        _refuse(by, address(prices), abi.encodeCall(IPriceRegistry.addCurrency, (Currency.wrap(by), price, address(0), 0)));
        _refuse(by, address(prices), abi.encodeCall(IPriceRegistry.setFeed, (currency, address(0), 0)));
        _refuse(by, address(prices), abi.encodeCall(IPriceRegistry.setPrice, (currency, price)));
        _refuse(by, address(prices), abi.encodeCall(IPriceRegistry.pauseCurrency, (currency, false)));
        _refuse(by, address(prices), abi.encodeCall(IAccessManaged.setAuthority, (by)));
    }

    function _trespassTerms(ClusterId clusterId, NodeId nodeId) private {
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.reportQuality, (clusterId, nodeId, 0, 0, "")));
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.slash, (clusterId, nodeId, 1, 0, "")));
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.announceExit, (clusterId, nodeId)));
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.withdrawBond, (clusterId, nodeId, 1)));
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.fillVacancy, (clusterId, 0, nodeId, false)));
        _refuse(STRANGER, address(terms), abi.encodeCall(ITermsRegistry.offerValidator, (clusterId, STRANGER)));
    }

    function _trespassNodes(address by, NodeId nodeId) private {
        NodeId[] memory nodeIds = new NodeId[](1);
        nodeIds[0] = nodeId;
        _refuse(by, address(nodes), abi.encodeCall(INodeRegistry.addToCluster, (nodeIds, by)));
        _refuse(by, address(nodes), abi.encodeCall(INodeRegistry.reserveFor, (new NodeSlot[](0), 0)));
        _refuse(by, address(nodes), abi.encodeCall(INodeRegistry.releaseFrom, (new NodeSlot[](0), 0, false)));
        INodeRegistry.ReservationTransfer memory transfer = INodeRegistry.ReservationTransfer(
            nodeId,
            nodeId,
            0,
            false,
            false,
            nodes.providerOf(nodeId)
        );
        _refuse(by, address(nodes), abi.encodeCall(INodeRegistry.transferReservation, (transfer)));
    }

    function _refuse(address by, address target, bytes memory data) private {
        vm.prank(by);
        (bool success, ) = target.call(data);
        _expect(!success, "strangersAreRefused", "somebody did what only a registry or a role may");
    }
}
