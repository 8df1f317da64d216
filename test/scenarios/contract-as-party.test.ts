import { expect } from "chai";
import { MaxUint256, parseEther } from "ethers";
import { ethers } from "hardhat";

import { MONTH, NATIVE, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, deposit } from "../helpers/steps";
import { at, now } from "../helpers/units";
import { type Forwarder, Forwarder__factory } from "../../cache/typechain-types";

interface WithContract extends WithNodes {
  /** A party without a key. */
  dao: Forwarder;
}

async function withContract(): Promise<WithContract> {
  const fixture = await withNodes();
  const dao = await new Forwarder__factory(fixture.stranger).deploy();
  for (const provider of [fixture.provider1, fixture.provider2, fixture.provider3]) {
    await fixture.nodeRegistry.connect(provider).trustManager(dao);
  }
  return { ...fixture, dao };
}

describe("Scenario: a party is a contract", () => {
  it("manages a cluster, earns its fee, and withdraws it", async () => {
    const fixture = await withContract();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeIds, dao, owner, stranger } = fixture;
    const { interface: clusters } = clusterRegistry;
    const { interface: accounts } = accountRegistry;
    const create = clusters.encodeFunctionData("createCluster", [NATIVE, 6, nodeIds, 1_000, ""]);
    await expect(dao.forward(clusterRegistry, create))
      .to.emit(clusterRegistry, "ClusterCreated")
      .withArgs(1, dao, NATIVE, 6, 1_000, nodeIds, [usd("10"), usd("10"), usd("10")], "");
    await dao.forward(clusterRegistry, clusters.encodeFunctionData("reserveResource", [1, 10]));
    await expect(clusterRegistry.connect(stranger).reserveResource(1, 1))
      .to.be.revertedWithCustomError(clusterRegistry, "CallerNotManager")
      .withArgs(1, stranger, dao);

    const bucketId = await addBucket(fixture, owner, 1n);
    await deposit(fixture, owner, NATIVE, parseEther("60"));
    await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("60"));
    const start = await now();
    await at(start + MONTH);
    await bucketRegistry.settlePayment(bucketId);
    await clusterRegistry.distributeRevenues(1);
    expect((await accountRegistry.getAccount(dao, NATIVE)).balance).to.equal(parseEther("6"));
    await expectExactCustody(fixture);

    // To itself, as it takes ether; it takes no more than it has.
    await expect(
      dao.forward(accountRegistry, accounts.encodeFunctionData("withdraw", [NATIVE, parseEther("6") + 1n, await dao.getAddress()])),
    )
      .to.be.revertedWithCustomError(accountRegistry, "InsufficientBalance")
      .withArgs(parseEther("6"), parseEther("6") + 1n);
    const withdraw = accounts.encodeFunctionData("withdraw", [NATIVE, MaxUint256, await dao.getAddress()]);
    await expect(dao.forward(accountRegistry, withdraw)).to.changeEtherBalance(dao, parseEther("6"));
    await expectExactCustody(fixture);
  });

  it("owns a bucket, pays for it from ether that comes along, and hands it over", async () => {
    const fixture = await withContract();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeIds, dao, manager, otherOwner } = fixture;
    await clusterRegistry.connect(manager).createCluster(NATIVE, 6, nodeIds, 0, "");
    await clusterRegistry.connect(manager).reserveResource(1, 10);
    const { interface: buckets } = bucketRegistry;
    const amount = parseEther("10");
    await dao.forward(accountRegistry, accountRegistry.interface.encodeFunctionData("deposit", [NATIVE, amount]), { value: amount });
    await dao.forward(bucketRegistry, buckets.encodeFunctionData("createBucket", [1, ""]));
    await dao.forward(bucketRegistry, buckets.encodeFunctionData("allocate", [1, 1, usd("60")]));
    expect((await bucketRegistry.getBucket(1)).owner).to.equal(await dao.getAddress());
    expect((await bucketRegistry.getBucket(1)).coveredUntil).to.equal((await now()) + 446_400n);
    await dao.forward(bucketRegistry, buckets.encodeFunctionData("offerBucket", [1, otherOwner.address]));
    await bucketRegistry.connect(otherOwner).acceptBucket(1, usd("60"));
    expect((await bucketRegistry.getBucket(1)).owner).to.equal(otherOwner.address);
    expect((await accountRegistry.getAccount(dao, NATIVE)).ratePerMonth).to.equal(0n);
    await expectExactCustody(fixture);
  });

  it("is deployed where a deposit waits for it", async () => {
    const { accountRegistry, manager } = await withContract();
    const future = ethers.getCreateAddress({ from: manager.address, nonce: (await manager.getNonce()) + 1 });
    await accountRegistry.connect(manager).depositFor(future, NATIVE, 5n, { value: 5n });
    const dao = await new Forwarder__factory(manager).deploy();
    expect(await dao.getAddress()).to.equal(future);
    const withdraw = accountRegistry.interface.encodeFunctionData("withdraw", [NATIVE, MaxUint256, manager.address]);
    await expect(dao.forward(accountRegistry, withdraw)).to.emit(accountRegistry, "Withdrawn").withArgs(dao, NATIVE, manager, 5, 0);
  });
});
