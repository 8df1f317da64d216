// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {vm} from "./base/Vm.sol";
import {Accounts} from "./handlers/Accounts.sol";
import {Buckets} from "./handlers/Buckets.sol";
import {Nodes} from "./handlers/Nodes.sol";
import {Prices} from "./handlers/Prices.sol";
import {Proofs} from "./handlers/Proofs.sol";
import {Revenues} from "./handlers/Revenues.sol";
import {Sharers} from "./handlers/Sharers.sol";
import {Strangers} from "./handlers/Strangers.sol";
import {Time} from "./handlers/Time.sol";
import {Access} from "./invariants/Access.sol";
import {Custody} from "./invariants/Custody.sol";
import {Endings} from "./invariants/Endings.sol";
import {Lines} from "./invariants/Lines.sol";
import {Payments} from "./invariants/Payments.sol";
import {ProofRecords} from "./invariants/ProofRecords.sol";
import {Resources} from "./invariants/Resources.sol";

/// @dev All that people do and all that must hold. What takes a seed is a handler, which the fuzzer calls.
contract Everyone is
    Time,
    Prices,
    Accounts,
    Nodes,
    Proofs,
    Buckets,
    Sharers,
    Revenues,
    Strangers,
    Access,
    Custody,
    Payments,
    Lines,
    Resources,
    ProofRecords,
    Endings
{
    enum KeyEpochState {
        NoNetwork,
        Building,
        Built
    }

    KeyEpochState private _stage;

    /// @dev The currencies, at prices from the lowest to the highest.
    function begin() external {
        _networkAccount = people[0];
        _list(true, 18, 1e18, false, ADMIN);
        _list(false, 0, 1e25, false, ADMIN);
        _list(false, 2, 1e21, true, ADMIN);
        _list(false, 6, 1e18, false, ADMIN);
        _list(false, 8, 1e23, true, ADMIN);
        _list(false, 18, 1e10, false, ADMIN);
        _list(false, 24, 1e14, true, ADMIN);
    }

    /// @dev Every invariant that is a statement about a moment, after what handlers noted.
    function check() external {
        requireNothingNoted();
        _catchUp();
        Now memory now_ = _look();
        indexIsTheIntegralOfThePrice(now_);
        ratesAddUp(now_);
        nobodyPaysForUnfundedTimeNorTwice(now_);
        balancesAreExact(now_);
        linesAddUp(now_);
        endsAreMarked(now_);
        endsAreInTime(now_);
        unservedIsStraight(now_);
        littleIsLate(now_);
        whatIsNotServedComesBack(now_);
        clustersEarnWhatAccountsWereCharged(now_);
        tokensHeldCoverWhatIsOwed();
        bondsAreInCustody();
        bondsCoverVnodes(now_);
        distributedEarningsNeverFall();
        custodyIsExact(now_);
        reservedIsWithinCapacity(now_);
        reservedIsTheSumOverClusters(now_);
        usedIsWithinReserved(now_);
        usedIsTheSumOfBuckets(now_);
        weightIsTheSumOfRents(now_);
        rentsOnlyFallWhileBucketsPay(now_);
        accessIsAsTheOwnerSaid(now_);
        keysAreAsPublished(now_);
        proofRulesNeverChange();
        proofRecordsAreExact();
        _checkSettled(now_);
    }

    /// @dev What one call could not settle, once it is settled. Forge forgets what happens in an invariant.
    function _checkSettled(Now memory now_) private {
        bool settled = true;
        for (uint256 i = 0; i < now_.lines.length; ++i) settled = settled && now_.lines[i].isSettled;
        if (settled) return;
        _settleClusters();
        requireNothingNoted();
        now_ = _look();
        whatIsNotServedComesBack(now_);
        clustersEarnWhatAccountsWereCharged(now_);
        custodyIsExact(now_);
    }

    /// @dev Before the first deed of a sequence a network is made, by the handlers themselves; before others time may pass.
    function _beforeDeed() internal override {
        _catchUp();
        if (_stage == KeyEpochState.Built && _oneIn(2)) _pass(_between(1 seconds, 31 days));
        if (_stage == KeyEpochState.Built) vm.roll(vm.getBlockNumber() + (_oneIn(16) ? 300 : _below(8)));
        if (_clusterIds.length != 0) _noteEarnings(_cluster(_anyCluster));
        if (_stage != KeyEpochState.NoNetwork) return;
        _stage = KeyEpochState.Building;
        uint256 seed = _next();
        _repeat(seed, 8, this.createNode.selector);
        _repeat(seed, 40, this.trustManager.selector);
        _repeat(seed, 5, this.createCluster.selector);
        _repeat(seed, 10, this.reserveResource.selector);
        _repeat(seed, 8, this.createBucket.selector);
        _repeat(seed, 8, this.allocate.selector);
        _repeat(seed, 16, this.deposit.selector);
        _repeat(seed, 4, this.createClusterWithTerms.selector);
        _repeat(seed, 4, this.setUpProofs.selector);
        _repeat(seed, 8, this.approveTree.selector);
        _repeat(seed, 8, this.setResourceCap.selector);
        _repeat(seed, 8, this.publishKeys.selector);
        _repeat(seed, 4, this.offerBucket.selector);
        _repeat(seed, 4, this.offerManagement.selector);
        _stage = KeyEpochState.Built;
    }

    function _repeat(uint256 seed, uint256 times, bytes4 handler) private {
        for (uint256 i = 0; i < times; ++i) {
            // What is refused does not matter.
            (bool success, ) = address(this).call(abi.encodeWithSelector(handler, uint256(keccak256(abi.encode(seed, handler, i)))));
            success;
        }
    }
}
