import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { AbiCoder, type TransactionResponse, parseEther } from "ethers";
import hre, { deployments, ethers } from "hardhat";

import { createDao } from "../../deployment/dao";
import {
  type Call,
  PROPOSAL_STATES,
  type Proposal,
  VOTES,
  type Vote,
  calls,
  castVote,
  delegateVotes,
  executeProposal,
  findGovernor,
  proposalText,
  propose,
  queueProposal,
  readClusterTrust,
  readProposals,
} from "../../src";
import { type DaoGovernor, DaoGovernor__factory, type TimelockController, TimelockController__factory } from "../../cache/typechain-types";
import { DEFAULTS, MONTH, testUsd, usd, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { expectExactCustody, registriesOf } from "../helpers/custody";
import { scaled, streamed } from "../helpers/streams";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;
const VOTING_DELAY = DAY;
const VOTING_PERIOD = 3n * DAY;
const TIMELOCK_DELAY = 2n * DAY;
/** From a proposal to its execution, with an hour to spare at each step. */
const STEP = 3_600n;

interface WithDao extends WithFundedBucket {
  governor: DaoGovernor;
  timelock: TimelockController;
  /** Each has 100 votes; 150 are needed. */
  voters: [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  addresses: { clusterRegistry: string; accountRegistry: string };
  /** Another node of the second provider, at the usual rent. */
  spareNodeId: bigint;
}

/** The manager's cluster, with a bucket that pays 60 USD a month for years; and a DAO of three that has nothing to do with it yet. */
const withDao = deployments.createFixture(async (): Promise<WithDao> => {
  const fixture = await withFundedBucket();
  const { accountRegistry, nodeRegistry, owner, otherManager, otherOwner, stranger, provider2, testUSD } = fixture;
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("6000"));
  await nodeRegistry.connect(provider2).createNode(DEFAULTS.rentPerMonth, 100, "");
  const voters: WithDao["voters"] = [otherManager, otherOwner, stranger];
  const dao = await createDao(hre, {
    voters: voters.map(({ address }) => address),
    votesEach: parseEther("100"),
    votingDelay: VOTING_DELAY,
    votingPeriod: VOTING_PERIOD,
    timelockDelay: TIMELOCK_DELAY,
    quorumPercent: 50n,
  });
  for (const voter of voters) await send(voter, delegateVotes(dao.token, { to: voter.address }));
  const addresses = {
    clusterRegistry: await fixture.clusterRegistry.getAddress(),
    accountRegistry: await accountRegistry.getAddress(),
  };
  const governor = DaoGovernor__factory.connect(dao.governor, stranger);
  const timelock = TimelockController__factory.connect(dao.timelock, stranger);
  return { ...fixture, governor, timelock, voters, addresses, spareNodeId: 4n };
});

/** The DAO manages the cluster. */
const withDaoManager = deployments.createFixture(async (): Promise<WithDao> => {
  const fixture = await withDao();
  const { addresses, clusterRegistry, manager, timelock, clusterId } = fixture;
  await clusterRegistry.connect(manager).offerManagement(clusterId, timelock);
  await carry(fixture, calls.acceptManagement(addresses, { clusterId }));
  return fixture;
});

async function send(from: HardhatEthersSigner, { to, data, value }: Call): Promise<TransactionResponse> {
  return from.sendTransaction({ to, data, value });
}

/** The first voter proposes a call; the proposal as its event tells it. */
async function proposed({ governor, voters }: WithDao, call: Call): Promise<Proposal> {
  const address = await governor.getAddress();
  const fromBlock = await ethers.provider.getBlockNumber();
  await send(voters[0], propose(address, [call], proposalText(call.description, voters[0].address)));
  const toBlock = await ethers.provider.getBlockNumber();
  for await (const proposal of readProposals(ethers.provider, address, { fromBlock, toBlock })) return proposal;
  throw new Error("Nothing was proposed.");
}

/** The three vote, and the vote is over. */
async function voted(
  { governor, voters }: WithDao,
  { proposalId, voteStart, voteEnd }: Proposal,
  votes: (Vote | undefined)[],
): Promise<void> {
  await passTo(voteStart + STEP);
  for (const [position, vote] of votes.entries()) {
    if (vote !== undefined) await send(voters[position]!, castVote(await governor.getAddress(), { proposalId, vote }));
  }
  await passTo(voteEnd + STEP);
}

/** A call is proposed, agreed to, and queued; the timelock has waited. */
async function ready(fixture: WithDao, call: Call): Promise<Proposal> {
  const proposal = await proposed(fixture, call);
  await voted(fixture, proposal, ["for", "for", "against"]);
  await send(fixture.stranger, queueProposal(await fixture.governor.getAddress(), proposal));
  await passTo((await now()) + TIMELOCK_DELAY + STEP);
  return proposal;
}

/** The same, and it is executed. */
async function carry(fixture: WithDao, call: Call): Promise<TransactionResponse> {
  const proposal = await ready(fixture, call);
  return send(fixture.stranger, executeProposal(await fixture.governor.getAddress(), proposal));
}

const stateOf = async ({ governor }: WithDao, { proposalId }: Proposal): Promise<string> =>
  PROPOSAL_STATES[Number(await governor.state(proposalId))]!;

/** The set of states that a Governor's error names. */
const states = (...names: (typeof PROPOSAL_STATES)[number][]): string =>
  AbiCoder.defaultAbiCoder().encode(["uint256"], [names.reduce((set, name) => set | (1n << BigInt(PROPOSAL_STATES.indexOf(name))), 0n)]);

describe("Scenario: a DAO manages a cluster", () => {
  it("is set up so that nobody but its votes moves it", async () => {
    const { governor, timelock, deployer } = await withDao();
    expect(await findGovernor(ethers.provider, await governor.getAddress())).to.deep.include({
      executor: await timelock.getAddress(),
      timelockDelay: TIMELOCK_DELAY,
      votingDelay: VOTING_DELAY,
      votingPeriod: VOTING_PERIOD,
      inSeconds: true,
    });
    const [admin, proposer, canceller] = [
      await timelock.DEFAULT_ADMIN_ROLE(),
      await timelock.PROPOSER_ROLE(),
      await timelock.CANCELLER_ROLE(),
    ];
    for (const role of [admin, proposer, canceller]) expect(await timelock.hasRole(role, deployer)).to.equal(false);
    expect([await timelock.hasRole(proposer, governor), await timelock.hasRole(admin, timelock)]).to.deep.equal([true, true]);
    expect(await findGovernor(ethers.provider, await timelock.getAddress())).to.equal(undefined);
    expect(await findGovernor(ethers.provider, deployer.address)).to.equal(undefined);
  });

  describe("a cluster moves from one person's key to it", () => {
    it("with everyone seeing it coming, and payments going on untouched to the base unit", async () => {
      const fixture = await withDao();
      const { accountRegistry, clusterRegistry, addresses, clusterId, manager, owner, provider1, provider2, timelock, testUSD } = fixture;
      const before = await accountRegistry.getAccount(owner, testUSD);

      // It is announced: by an event, in the cluster, and as who does not trust it yet.
      await expect(clusterRegistry.connect(manager).offerManagement(clusterId, timelock))
        .to.emit(clusterRegistry, "ManagementOffered")
        .withArgs(clusterId, manager, timelock);
      expect((await clusterRegistry.getCluster(clusterId)).offeredTo).to.equal(await timelock.getAddress());
      await fixture.nodeRegistry.connect(provider2).trustManager(timelock);
      const { providers, ...about } = await readClusterTrust(await registriesOf(fixture), clusterId);
      expect(about).to.deep.equal({ manager: await timelock.getAddress(), as: "offered" });
      expect(providers.map(({ trusts, nodeIds, vnodes }) => [nodeIds, vnodes, trusts])).to.deep.equal([
        [[1n], 2n, false],
        [[2n], 2n, true],
        [[3n], 2n, false],
      ]);

      // Until it has decided, the manager manages: nothing has moved.
      const proposal = await ready(fixture, calls.acceptManagement(addresses, { clusterId }));
      expect((await clusterRegistry.getCluster(clusterId)).manager).to.equal(manager.address);
      const earned = await accountRegistry.poolOf(clusterId);
      const accepted = (await now()) + 1_000n;
      const paid = earned + streamed(RENT, 1_000n);
      await at(accepted);
      await expect(send(fixture.stranger, executeProposal(await fixture.governor.getAddress(), proposal)))
        .to.emit(clusterRegistry, "ManagementAccepted")
        .withArgs(clusterId, manager, timelock);
      expect((await clusterRegistry.getCluster(clusterId)).manager).to.equal(await timelock.getAddress());

      // What was earned before went to the old manager at its fee; what streams since, at the same rate, to the DAO.
      const oldFee = (paid * DEFAULTS.managementFeeBps) / 10_000n;
      expect((await accountRegistry.getAccount(manager, testUSD)).scaledBalance).to.equal(oldFee);
      const after = await accountRegistry.getAccount(owner, testUSD);
      expect([after.ratePerMonth, after.coveredUntil]).to.deep.equal([before.ratePerMonth, before.coveredUntil]);
      await at(accepted + MONTH);
      expect(await accountRegistry.poolOf(clusterId, { blockTag: "pending" })).to.equal(streamed(RENT, MONTH));
      await clusterRegistry.distributeRevenues(clusterId);
      expect((await accountRegistry.getAccount(timelock, testUSD)).scaledBalance).to.equal(scaled(testUsd("1.2")));
      expect((await accountRegistry.getAccount(manager, testUSD)).scaledBalance).to.equal(oldFee);
      await clusterRegistry.claimRevenues(clusterId, 1);
      const shares = paid - oldFee + scaled(testUsd("58.8"));
      expect((await accountRegistry.getAccount(provider1, testUSD)).scaledBalance).to.equal(
        ((shares / (RENT * 10_000n)) * RENT * 10_000n) / 3n,
      );
      await expectExactCustody(fixture);
    });

    it("does not when the DAO says no, or the offer is taken back", async () => {
      const fixture = await withDao();
      const { addresses, clusterId, clusterRegistry, governor, manager, stranger, timelock } = fixture;
      await clusterRegistry.connect(manager).offerManagement(clusterId, timelock);
      const proposal = await ready(fixture, calls.acceptManagement(addresses, { clusterId }));
      await clusterRegistry.connect(manager).offerManagement(clusterId, ethers.ZeroAddress);
      await expect(send(stranger, executeProposal(await governor.getAddress(), proposal)))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementNotOffered")
        .withArgs(clusterId, timelock, ethers.ZeroAddress);
      expect((await clusterRegistry.getCluster(clusterId)).manager).to.equal(manager.address);
    });
  });

  it("leaves who judges the nodes as it was, and changes that with notice", async () => {
    const fixture = await withDaoManager();
    const { clusterId, clusterRegistry, manager, stranger, termsRegistry, timelock } = fixture;
    // With default terms whoever created the cluster is its validator, also when somebody else manages it.
    expect((await termsRegistry.getTerms(clusterId)).validator).to.equal(manager.address);
    expect((await clusterRegistry.getCluster(clusterId)).manager).to.equal(await timelock.getAddress());
    const data = termsRegistry.interface.encodeFunctionData("offerValidator", [clusterId, await timelock.getAddress()]);
    await carry(fixture, { to: await termsRegistry.getAddress(), data, value: 0n, description: "judge the nodes of cluster 1" });
    const { effectiveAt } = await termsRegistry.offeredValidator(clusterId);
    expect(effectiveAt).to.equal((await now()) + 7n * DAY);
    await at(effectiveAt);
    await termsRegistry.connect(stranger).finishValidator(clusterId);
    expect((await termsRegistry.getTerms(clusterId)).validator).to.equal(await timelock.getAddress());
  });

  describe("a proposal to replace a node", () => {
    it("is made, voted, queued and executed, once the node's provider trusts the DAO", async () => {
      const fixture = await withDaoManager();
      const { addresses, clusterId, clusterRegistry, governor, nodeRegistry, provider2, spareNodeId, stranger, timelock } = fixture;
      const call = calls.replaceNode(addresses, { clusterId, vnodeIndex: 2n, newNodeId: spareNodeId });
      const proposal = await proposed(fixture, call);
      expect(await stateOf(fixture, proposal)).to.equal("pending");
      expect(proposal.calls).to.deep.equal([{ to: call.to, value: 0n, data: call.data }]);
      const address = await governor.getAddress();

      await passTo(proposal.voteStart + STEP);
      expect(await stateOf(fixture, proposal)).to.equal("active");
      await expect(send(fixture.voters[1], castVote(address, { proposalId: proposal.proposalId, vote: "for", reason: "it is slow" })))
        .to.emit(governor, "VoteCast")
        .withArgs(fixture.voters[1], proposal.proposalId, VOTES.for, parseEther("100"), "it is slow");
      await expect(send(fixture.voters[1], castVote(address, { proposalId: proposal.proposalId, vote: "for" })))
        .to.be.revertedWithCustomError(governor, "GovernorAlreadyCastVote")
        .withArgs(fixture.voters[1]);
      await send(fixture.voters[2], castVote(address, { proposalId: proposal.proposalId, vote: "abstain" }));
      await passTo(proposal.voteEnd + STEP);
      expect(await stateOf(fixture, proposal)).to.equal("succeeded");

      await send(stranger, queueProposal(address, proposal));
      const eta = await governor.proposalEta(proposal.proposalId);
      expect(eta).to.equal((await now()) + TIMELOCK_DELAY);
      await at(eta - 1n);
      await expect(send(stranger, executeProposal(address, proposal))).to.be.revertedWithCustomError(
        fixture.timelock,
        "TimelockUnexpectedOperationState",
      );
      // The vote is not enough: the node is its provider's, who has to trust the DAO.
      await expect(send(stranger, executeProposal(address, proposal)))
        .to.be.revertedWithCustomError(nodeRegistry, "ManagerNotTrusted")
        .withArgs(spareNodeId, provider2, timelock);
      await nodeRegistry.connect(provider2).trustManager(timelock);
      await expect(send(stranger, executeProposal(address, proposal)))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(clusterId, 3, spareNodeId, 2, usd("10"), RENT);
      expect(await clusterRegistry.getVnodes(clusterId, 0, 6)).to.deep.equal([1n, 2n, 4n, 1n, 2n, 3n]);
      await expect(send(stranger, executeProposal(address, proposal))).to.be.revertedWithCustomError(
        governor,
        "GovernorUnexpectedProposalState",
      );
      await expectExactCustody(fixture);
    });

    const lost: [why: string, votes: (Vote | undefined)[]][] = [
      ["more are against it than for it", ["for", "against", "against"]],
      ["too few vote", ["for", undefined, undefined]],
      ["all abstain", ["abstain", "abstain", "abstain"]],
    ];
    for (const [why, votes] of lost) {
      it(`does nothing when ${why}`, async () => {
        const fixture = await withDaoManager();
        const { addresses, clusterId, clusterRegistry, governor, nodeRegistry, provider2, spareNodeId, stranger, timelock } = fixture;
        await nodeRegistry.connect(provider2).trustManager(timelock);
        const proposal = await proposed(fixture, calls.replaceNode(addresses, { clusterId, vnodeIndex: 2n, newNodeId: spareNodeId }));
        await voted(fixture, proposal, votes);
        expect(await stateOf(fixture, proposal)).to.equal("defeated");
        const address = await governor.getAddress();
        await expect(send(stranger, queueProposal(address, proposal)))
          .to.be.revertedWithCustomError(governor, "GovernorUnexpectedProposalState")
          .withArgs(proposal.proposalId, PROPOSAL_STATES.indexOf("defeated"), states("succeeded"));
        await expect(send(stranger, executeProposal(address, proposal)))
          .to.be.revertedWithCustomError(governor, "GovernorUnexpectedProposalState")
          .withArgs(proposal.proposalId, PROPOSAL_STATES.indexOf("defeated"), states("queued"));
        expect(await clusterRegistry.getVnodes(clusterId, 0, 6)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
      });
    }
  });

  it("moves by no other way: not by a voter's own call, not past the vote, not by who was the manager", async () => {
    const fixture = await withDaoManager();
    const { addresses, clusterId, clusterRegistry, governor, manager, timelock, voters } = fixture;
    const call = calls.removeCluster(addresses, { clusterId });
    for (const caller of [voters[0], manager]) {
      await expect(clusterRegistry.connect(caller).closeCluster(clusterId, true))
        .to.be.revertedWithCustomError(clusterRegistry, "CallerNotManager")
        .withArgs(clusterId, caller, timelock);
    }
    await expect(timelock.connect(voters[0]).schedule(call.to, 0, call.data, ethers.ZeroHash, ethers.ZeroHash, TIMELOCK_DELAY))
      .to.be.revertedWithCustomError(timelock, "AccessControlUnauthorizedAccount")
      .withArgs(voters[0], await timelock.PROPOSER_ROLE());
    await expect(governor.connect(voters[0]).relay(call.to, 0, call.data))
      .to.be.revertedWithCustomError(governor, "GovernorOnlyExecutor")
      .withArgs(voters[0]);
  });

  it("spends what it earns as it decides", async () => {
    const fixture = await withDaoManager();
    const { accountRegistry, addresses, clusterId, clusterRegistry, stranger, testUSD, timelock } = fixture;
    await at((await now()) + DAY);
    await clusterRegistry.distributeRevenues(clusterId);
    const { balance } = await accountRegistry.getAccount(timelock, testUSD);
    expect(balance).to.be.greaterThan(0n);
    const currency = await testUSD.getAddress();
    const pay = calls.withdraw(addresses, { currency, amount: balance, to: stranger.address });
    await expect(carry(fixture, pay)).to.changeTokenBalance(testUSD, stranger, balance);
    await expectExactCustody(fixture);
  });
});
