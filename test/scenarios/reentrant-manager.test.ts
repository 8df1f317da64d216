import { expect } from "chai";
import { MaxUint256, parseEther } from "ethers";
import { deployments, ethers } from "hardhat";

import type { ReentrantManager } from "../../cache/typechain-types";
import { MONTH, NATIVE, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { at, now } from "../helpers/units";

const ether = (amount: string): bigint => scaled(parseEther(amount), 18n);

interface WithReentrantManager extends WithNodes {
  dao: ReentrantManager;
  bucketId: bigint;
  /** When the bucket began to pay 60 USD a month, for two months. */
  start: bigint;
}

/** A contract that calls back manages a cluster with a fee of 10 %, has 6 ether of it, and the next 60 wait in the pool. */
const withReentrantManager = deployments.createFixture(async (): Promise<WithReentrantManager> => {
  const fixture = await withNodes();
  const { bucketRegistry, clusterRegistry, nodeRegistry, nodeIds, owner, provider1, provider2, provider3 } = fixture;
  const dao = await ethers.deployContract("ReentrantManager");
  for (const provider of [provider1, provider2, provider3]) await nodeRegistry.connect(provider).trustManager(dao);
  const { interface: abi } = clusterRegistry;
  await dao.forward(clusterRegistry, abi.encodeFunctionData("createCluster", [NATIVE, 6, nodeIds, 1_000, ""]));
  await dao.forward(clusterRegistry, abi.encodeFunctionData("reserveResource", [1, 10]));
  const bucketId = await addBucket(fixture, owner, 1n);
  await deposit(fixture, owner, NATIVE, parseEther("180"));
  await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("60"));
  const start = await now();
  await at(start + MONTH);
  await clusterRegistry.distributeRevenues(1);
  await at(start + 2n * MONTH);
  await bucketRegistry.connect(owner).release(bucketId, 1);
  return { ...fixture, dao, bucketId, start };
});

describe("Scenario: a manager is a contract that calls back when it is paid", () => {
  const withdrawAll = async ({ accountRegistry, dao }: WithReentrantManager): Promise<void> => {
    const data = accountRegistry.interface.encodeFunctionData("withdraw", [NATIVE, MaxUint256, await dao.getAddress()]);
    await expect(dao.forward(accountRegistry, data)).to.changeEtherBalance(dao, parseEther("6"));
  };

  it("is not paid twice", async () => {
    const fixture = await withReentrantManager();
    const { accountRegistry, dao } = fixture;
    const again = accountRegistry.interface.encodeFunctionData("withdraw", [NATIVE, 1, await dao.getAddress()]);
    await dao.setHook(accountRegistry, again);
    await withdrawAll(fixture);
    expect([await dao.succeeded(), await dao.answer()]).to.deep.equal([false, ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10)]);
    expect((await accountRegistry.getAccount(dao, NATIVE)).scaledBalance).to.equal(0n);
    await expectExactCustody(fixture);
  });

  // Whatever else it does then is what it would be a moment later.
  const inside: [name: string, data: (fixture: WithReentrantManager) => string, fee: string][] = [
    ["distributeRevenues", ({ clusterRegistry: { interface: abi } }) => abi.encodeFunctionData("distributeRevenues", [1]), "6"],
    ["lowerManagementFee", ({ clusterRegistry: { interface: abi } }) => abi.encodeFunctionData("lowerManagementFee", [1, 0]), "6"],
    ["replaceNode", ({ clusterRegistry: { interface: abi } }) => abi.encodeFunctionData("replaceNode", [1, 0, 2]), "6"],
    ["claimRevenues", ({ clusterRegistry: { interface: abi } }) => abi.encodeFunctionData("claimRevenues", [1, 1]), "0"],
  ];
  for (const [name, data, fee] of inside) {
    it(`gains nothing by calling ${name} in the midst of it`, async () => {
      const fixture = await withReentrantManager();
      const { accountRegistry, clusterRegistry, dao, provider1, provider2, provider3 } = fixture;
      await dao.setHook(clusterRegistry, data(fixture));
      await withdrawAll(fixture);
      expect([await dao.succeeded(), await dao.answer()]).to.deep.equal([true, "0x"]);
      expect((await accountRegistry.getAccount(dao, NATIVE)).scaledBalance).to.equal(ether(fee));
      // Of both months, each node has a third of the nine tenths that the fee of 10 % leaves.
      await dao.setHook(ethers.ZeroAddress, "0x");
      await clusterRegistry.distributeRevenues(1);
      for (const nodeId of [1, 2, 3]) await clusterRegistry.claimRevenues(1, nodeId);
      for (const provider of [provider1, provider2, provider3]) {
        expect((await accountRegistry.getAccount(provider, NATIVE)).scaledBalance).to.equal(ether("36"));
      }
      expect((await accountRegistry.getAccount(dao, NATIVE)).scaledBalance).to.equal(ether("6"));
      await expectExactCustody(fixture);
    });
  }
});
