import { mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { testUsd } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { HOUR } from "../helpers/time";
import { type TracedCall, callsIn } from "./calls";
import { randomTree } from "./trees";
import {
  BOND,
  FULL,
  LEAVING_NOTICE,
  MAX_SLASH_BPS,
  RULES,
  type WithCommitment,
  answer,
  challenge,
  commit,
  letPeriodPass,
  letWindowPass,
  miss,
  withCommitment,
} from "./world";

describe("StorageProofs: what it can do at most", () => {
  let fixture: WithCommitment;
  let ids: [clusterId: bigint, nodeId: bigint];
  beforeEach(async () => {
    fixture = await withCommitment();
    ids = [fixture.clusterId, fixture.nodeId];
  });

  /** A transaction of every function that changes state, some of them for several reasons. */
  async function everything(): Promise<ContractTransactionResponse[]> {
    const { storageProofs, clusterRegistry, manager, otherManager, provider1, stranger, testUSD, nodeIds, tree } = fixture;
    const [own, approver] = [storageProofs.connect(provider1), storageProofs.connect(otherManager)];
    const sent: ContractTransactionResponse[] = [];
    const note = async (transaction: Promise<ContractTransactionResponse>) => sent.push(await transaction);

    await clusterRegistry.connect(manager).createCluster(testUSD, 3, nodeIds, 0, "");
    const rules = { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: otherManager };
    await note(storageProofs.connect(manager).setUp(2, rules));
    await note(own.setProver(1, stranger));
    await note(own.commit(...ids, tree.root, tree.leafCount));
    await note(approver.approveCommitment(...ids, tree.root, tree.leafCount));
    // Two misses: the second costs the bond, too, and is counted by the next challenge.
    await note(storageProofs.challenge(...ids));
    await letWindowPass(fixture);
    await note(storageProofs.reportMiss(...ids));
    await letPeriodPass(fixture);
    await note(storageProofs.challenge(...ids));
    await letPeriodPass(fixture);
    await note(storageProofs.challenge(...ids));
    // It lapses, is drawn again, and answered.
    await mine(10_000, { interval: 0 });
    await note(approver.redraw(...ids));
    await mine(RULES.delay + 1n);
    await note(storageProofs.draw(...ids));
    await note(answer(fixture, tree));
    await note(approver.requestCommitment(...ids));
    await time.increase(RULES.period + 1n);
    await note(storageProofs.reportNoCommitment(...ids));
    await time.increase(HOUR);
    await note(storageProofs.enforceQuality(...ids));
    return sent;
  }

  it("calls the registries and nobody else, changes nothing there but what a validator may, and sends no value", async () => {
    const { storageProofs, termsRegistry, clusterRegistry, nodeRegistry, accountRegistry } = fixture;
    const self = await storageProofs.getAddress();
    const terms = await termsRegistry.getAddress();
    const [clusters, nodes, accounts] = await Promise.all([clusterRegistry, nodeRegistry, accountRegistry].map((one) => one.getAddress()));
    const calls: TracedCall[] = [];
    for (const transaction of await everything()) calls.push(...(await callsIn(transaction)));

    // Nobody who could call back is ever called: not the manager, the provider, the approver, the reporter, nor whom slashes go to.
    const history = "0x0000F90827F1C53a10cb7A02335B175320002935";
    expect(new Set(calls.map(({ to }) => to))).to.deep.equal(new Set([self, terms, clusters, nodes, accounts, history]));
    expect(calls.filter(({ value }) => value !== 0n)).to.be.empty;
    const own = calls.filter(({ from, kind }) => from === self && kind !== "STATICCALL");
    const names = own.map(({ kind, to, selector }) => {
      const { interface: abi } = to === self ? storageProofs : termsRegistry;
      expect(to).to.be.oneOf([self, terms]);
      return `${kind} ${to === self ? "its own" : "the terms registry's"} ${abi.getFunctionName(selector)}`;
    });
    expect([...new Set(names)].sort()).to.deep.equal([
      "CALL its own enforceQuality",
      "CALL its own enforceSlash",
      "CALL the terms registry's reportQuality",
      "CALL the terms registry's slash",
    ]);
  }).timeout(2 * PATIENCE);

  it("takes no ether, in no function", async () => {
    const { storageProofs, stranger } = fixture;
    const payable: string[] = [];
    storageProofs.interface.forEachFunction((fragment) => {
      if (fragment.payable) payable.push(fragment.name);
    });
    expect(payable).to.be.empty;
    await expect(stranger.sendTransaction({ to: storageProofs, value: 1 })).to.be.reverted;
  });

  it("passes several calls on as the caller's own: nobody does more in one than one by one", async () => {
    const { storageProofs, stranger, tree } = fixture;
    const abi = storageProofs.interface;
    const commitment: [bigint, bigint, string, bigint] = [...ids, tree.root, tree.leafCount];
    await expect(storageProofs.connect(stranger).multicall([abi.encodeFunctionData("commit", commitment)])).to.be.revertedWithCustomError(
      storageProofs,
      "CallerNotProver",
    );
    await expect(
      storageProofs.connect(stranger).multicall([abi.encodeFunctionData("approveCommitment", commitment)]),
    ).to.be.revertedWithCustomError(storageProofs, "CallerNotApprover");
    await challenge(fixture);
    await letWindowPass(fixture);
    const report = abi.encodeFunctionData("reportMiss", ids);
    await expect(storageProofs.multicall([report, report])).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    expect((await storageProofs.proofStatusOf(...ids)).misses).to.equal(0);
  });

  describe("given the harshest rules that can be set up", () => {
    /** All of the quality and all of the bond, from the first miss on, every hour. */
    const HARSHEST = {
      period: HOUR,
      window: 690n,
      slashFrom: 1n,
      slashBps: FULL,
      answersPerMiss: 255n,
      qualityAfter: [0n],
    };

    beforeEach(async () => {
      const { storageProofs, termsRegistry, manager, provider1, otherManager, testUSD, nodeId } = fixture;
      const terms = await termsRegistry.getTerms(fixture.clusterId);
      const { validator, bondPerVnode, maxSlashBps, leavingNotice, validatorNotice } = terms;
      const same = { validator, bondPerVnode, maxSlashBps, leavingNotice, validatorNotice };
      await termsRegistry.connect(manager).createClusterWithTerms(same, testUSD, 1, 0, "");
      await storageProofs.connect(manager).setUp(2, { ...RULES, approver: otherManager, ...HARSHEST });
      await termsRegistry.connect(provider1).acceptTerms(2, nodeId);
      await termsRegistry.connect(provider1).postBond(2, nodeId, BOND);
      await termsRegistry.connect(manager).fillCluster(2, [nodeId]);
      fixture = { ...fixture, clusterId: 2n };
      ids = [2n, nodeId];
      await commit(fixture, randomTree(7));
    });
    /** Misses the challenge of every hour, as they can be opened. */
    const missHourly = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const { openedAt } = await fixture.storageProofs.proofStatusOf(...ids);
        if (openedAt !== 0n) await time.increaseTo(openedAt + HOUR);
        await fixture.storageProofs.challenge(...ids);
        await letWindowPass(fixture);
        await fixture.storageProofs.reportMiss(...ids);
      }
    };

    it("takes no more of the bond in a week than the terms allow, however often is missed", async () => {
      await missHourly(12);
      expect(await fixture.termsRegistry.bondOf(...ids)).to.equal((BOND * (FULL - MAX_SLASH_BPS)) / FULL);
    });

    it("takes nothing that was earned before, and keeps nobody from leaving with it and the rest of the bond", async () => {
      const { accountRegistry, bucketRegistry, clusterRegistry, storageProofs, termsRegistry, manager, owner, provider1, testUSD } =
        fixture;
      await clusterRegistry.connect(manager).reserveResource(2, 10);
      await bucketRegistry.connect(owner).createBucket(2, "");
      await bucketRegistry.connect(owner).allocate(2, 10, 2n ** 128n - 1n);
      await time.increase(HOUR * 24n);
      await bucketRegistry.settlePayment(2);
      await clusterRegistry.distributeRevenues(2);
      const earned = await clusterRegistry.claimable(...ids);
      expect(earned).to.be.greaterThan(testUsd("0.1"));

      await termsRegistry.connect(provider1).announceExit(...ids);
      const { balance } = await accountRegistry.getAccount(provider1, testUSD);
      await missHourly(3);
      expect((await storageProofs.proofStatusOf(...ids)).dueQualityBps).to.equal(0);
      // The first miss pays what the node has earned so far.
      expect((await accountRegistry.getAccount(provider1, testUSD)).balance - balance).to.be.greaterThanOrEqual(earned);
      await time.increase(LEAVING_NOTICE);
      await termsRegistry.finishExit(...ids);
      const rest = (BOND * (FULL - MAX_SLASH_BPS)) / FULL;
      expect((await accountRegistry.getAccount(provider1, testUSD)).balance - balance).to.be.greaterThanOrEqual(rest + earned);
    });

    it("lets a node leave at once after its first miss, with all of its bond but what the terms allow", async () => {
      const { accountRegistry, clusterRegistry, termsRegistry, provider1, testUSD } = fixture;
      await missHourly(1);
      expect(await termsRegistry.qualityOf(...ids)).to.equal(0);
      await termsRegistry.connect(provider1).announceExit(...ids);
      await expect(termsRegistry.finishExit(...ids)).to.emit(clusterRegistry, "NodeVacated");
      await time.increase(LEAVING_NOTICE);
      const { balance } = await accountRegistry.getAccount(provider1, testUSD);
      await termsRegistry.finishExit(...ids);
      const rest = (BOND * (FULL - MAX_SLASH_BPS)) / FULL;
      expect((await accountRegistry.getAccount(provider1, testUSD)).balance - balance).to.equal(rest);
    });
  });

  it("counts a miss once: not when it is reported again, nor by the next challenge, nor once it is answered", async () => {
    const { storageProofs, tree } = fixture;
    await miss(fixture);
    await expect(storageProofs.reportMiss(...ids)).to.be.revertedWithCustomError(storageProofs, "ChallengeMissing");
    await letPeriodPass(fixture);
    await expect(storageProofs.challenge(...ids)).to.not.emit(storageProofs, "ChallengeMissed");
    await mine(RULES.delay + 1n);
    await answer(fixture, tree);
    await time.increase(RULES.window);
    await expect(storageProofs.reportMiss(...ids))
      .to.be.revertedWithCustomError(storageProofs, "ChallengeMissing")
      .withArgs(...ids);
    await letPeriodPass(fixture);
    await expect(storageProofs.challenge(...ids)).to.not.emit(storageProofs, "ChallengeMissed");
    expect((await storageProofs.proofStatusOf(...ids)).misses).to.equal(1);
  });
});
