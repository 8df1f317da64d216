import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { type AddressLike, concat, parseEther, resolveAddress, zeroPadValue, ZeroAddress } from "ethers";
import { deployments, ethers } from "hardhat";

import { ALL, calls } from "../../src";
import { MONTH, NATIVE, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { TestSafe } from "../helpers/safe";
import { addBucket, deposit } from "../helpers/steps";
import { scaled, streamed } from "../helpers/streams";
import { at, now } from "../helpers/units";

const RENT = usd("60");
const HANDLER_SLOT = ethers.id("fallback_manager.handler.address");

interface WithSafe extends WithNodes {
  safe: TestSafe;
  /** Its owners, of whom two decide. */
  owners: [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  addresses: { clusterRegistry: string; accountRegistry: string };
}

/** A Safe of three owners with threshold two, whom all providers trust. One of them has a second node. */
const withSafe = deployments.createFixture(async (): Promise<WithSafe> => {
  const fixture = await withNodes();
  const { nodeRegistry, manager, otherManager, stranger, provider1, provider2, provider3 } = fixture;
  const owners: WithSafe["owners"] = [manager, otherManager, stranger];
  const safe = await TestSafe.create(owners, 2n);
  for (const provider of [provider1, provider2, provider3]) await nodeRegistry.connect(provider).trustManager(safe.address);
  await nodeRegistry.connect(provider1).createNode(usd("10"), 100, "");
  const addresses = {
    clusterRegistry: await fixture.clusterRegistry.getAddress(),
    accountRegistry: await fixture.accountRegistry.getAddress(),
  };
  return { ...fixture, safe, owners, addresses };
});

/** The Safe has cluster 1, of six vnodes on three nodes, with 10 units reserved and a management fee of 10 %. */
async function withManagedCluster(currency: (fixture: WithSafe) => AddressLike): Promise<WithSafe & { currency: string }> {
  const fixture = await withSafe();
  const { addresses, nodeIds, owners, safe, clusterRegistry } = fixture;
  const [first, second, third] = owners;
  const address = await resolveAddress(currency(fixture));
  const create = calls.createCluster(addresses, { currency: address, vnodeCount: 6n, nodeIds, managementFeeBps: 1_000n, params: "" });
  await expect(safe.make(create, [first, third]))
    .to.emit(clusterRegistry, "ClusterCreated")
    .withArgs(1, safe.address, address, 6, 1_000, nodeIds, [usd("10"), usd("10"), usd("10")], "");
  await expect(safe.make(calls.reserveResource(addresses, { clusterId: 1n, perVnode: 10n }), [third, second]))
    .to.emit(clusterRegistry, "ResourceReserved")
    .withArgs(1, 10);
  return { ...fixture, currency: address };
}

describe("Scenario: a Safe manages a cluster", () => {
  it("is deployed as Safe deploys it", async () => {
    const { safe, owners } = await withSafe();
    expect(await safe.contract.getFunction("VERSION")()).to.equal("1.5.0");
    expect(await safe.contract.getFunction("getOwners")()).to.deep.equal(owners.map(({ address }) => address));
    expect(await safe.contract.getFunction("getThreshold")()).to.equal(2n);
    const handler = (await deployments.get("CompatibilityFallbackHandler")).address;
    expect(await ethers.provider.getStorage(safe.address, HANDLER_SLOT)).to.equal(zeroPadValue(handler.toLowerCase(), 32));
    const singleton = (await deployments.get("Safe")).address;
    expect(await ethers.provider.getStorage(safe.address, 0)).to.equal(zeroPadValue(singleton.toLowerCase(), 32));
  });

  for (const [name, decimals, pick] of [
    ["TestUSD", 6n, ({ testUSD }: WithSafe): AddressLike => testUSD],
    ["the native currency", 18n, (): AddressLike => NATIVE],
  ] as const) {
    const amount = (whole: string): bigint => (decimals === 6n ? testUsd(whole) : parseEther(whole));

    it(`runs a cluster paid in ${name} through its whole life, and receives and withdraws its fee`, async () => {
      const fixture = await withManagedCluster(pick);
      const { accountRegistry, bucketRegistry, clusterRegistry, testUSD, addresses, currency, owner, owners, provider1, safe } = fixture;
      const [first, second, third] = owners;
      const bucketId = await addBucket(fixture, owner, 1n);
      await deposit(fixture, owner, currency, amount("180"));
      await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);
      const start = await now();

      // A node is replaced, after a month at 10 %: what was earned is shared as it was, without anybody settling.
      await at(start + MONTH);
      await expect(safe.make(calls.replaceNode(addresses, { clusterId: 1n, vnodeIndex: 1n, newNodeId: 4n }), [first, second]))
        .to.emit(clusterRegistry, "VnodeReplaced")
        .withArgs(1, 2, 4, 1, usd("10"), RENT);
      expect(await clusterRegistry.getVnodes(1, 0, 6)).to.deep.equal([1n, 4n, 3n, 1n, 2n, 3n]);
      expect((await accountRegistry.getAccount(safe.address, currency)).scaledBalance).to.equal(scaled(amount("6"), decimals));

      // A hundred seconds later the fee is lowered, for the next month.
      const between = streamed(RENT, 100n);
      const fee = scaled(amount("9"), decimals) + between / 10n;
      await at(start + MONTH + 100n);
      await safe.make(calls.lowerManagementFee(addresses, { clusterId: 1n, managementFeeBps: 500n }), [second, third]);
      await at(start + 2n * MONTH + 100n);
      await safe.make(calls.distributeRevenues(addresses, { clusterId: 1n }), [first, second]);
      expect((await accountRegistry.getAccount(safe.address, currency)).scaledBalance).to.equal(fee);
      await clusterRegistry.claimRevenues(1, 4);
      // 54 in the first month for its node 1, a third; 57 in the second for its nodes 1 and 4, three sixths; node 1 has yet to claim those.
      const sixth = (between * 9n) / 10n / 6n;
      expect((await accountRegistry.getAccount(provider1, currency)).scaledBalance).to.equal(scaled(amount("9.5"), decimals) + sixth);
      await clusterRegistry.claimRevenues(1, 1);
      const ofProvider = scaled(amount("46.5"), decimals) + 3n * sixth;
      expect((await accountRegistry.getAccount(provider1, currency)).scaledBalance).to.equal(ofProvider);

      // The fee is withdrawn to the Safe itself, in two goes.
      const withdraw = (baseUnits: bigint) => calls.withdraw(addresses, { currency, amount: baseUnits, to: safe.address });
      const held = async (): Promise<bigint> =>
        currency === NATIVE ? ethers.provider.getBalance(safe.address) : testUSD.balanceOf(safe.address);
      await safe.make(withdraw(amount("2.5")), [first, third]);
      expect(await held()).to.equal(amount("2.5"));
      await safe.make(withdraw(ALL), [second, third]);
      expect(await held()).to.equal(fee / scaled(1n, decimals));
      await expectExactCustody(fixture);

      // It hands the management to one of its owners, and takes it back.
      await safe.make(calls.offerManagement(addresses, { clusterId: 1n, manager: first.address }), [second, third]);
      await clusterRegistry.connect(first).acceptManagement(1);
      await clusterRegistry.connect(first).offerManagement(1, safe.address);
      await expect(safe.make(calls.acceptManagement(addresses, { clusterId: 1n }), [second, third]))
        .to.emit(clusterRegistry, "ManagementAccepted")
        .withArgs(1, first, safe.address);

      // The end.
      await at(start + 3n * MONTH - 10n);
      await bucketRegistry.connect(owner).closeBucket(bucketId);
      await expect(safe.make(calls.removeCluster(addresses, { clusterId: 1n }), [first, second]))
        .to.emit(clusterRegistry, "ClusterRemoved")
        .withArgs(1, (await clusterRegistry.networkFee()).networkAccount, 0);
      expect((await clusterRegistry.listClusters(1, 10, ZeroAddress)).items).to.be.empty;
      await expectExactCustody(fixture);
    });
  }

  context("given a refused call", () => {
    it("raises the registry's own error", async () => {
      const fixture = await withManagedCluster(({ testUSD }) => testUSD);
      const { addresses, clusterRegistry, owners, safe } = fixture;
      const tooHigh = calls.lowerManagementFee(addresses, { clusterId: 1n, managementFeeBps: 1_000n });
      await expect(safe.make(tooHigh, [owners[0], owners[1]]))
        .to.be.revertedWithCustomError(clusterRegistry, "ManagementFeeNotLower")
        .withArgs(1, 1_000, 1_000);
      expect(await safe.contract.getFunction("nonce")()).to.equal(2n);
    });
  });

  context("given one owner alone", () => {
    it("can do nothing", async () => {
      const fixture = await withManagedCluster(({ testUSD }) => testUSD);
      const { addresses, clusterRegistry, owners, owner: outsider, safe } = fixture;
      const [first, second] = owners;
      const remove = calls.removeCluster(addresses, { clusterId: 1n });
      const signature = await safe.sign(remove, [first]);

      await expect(clusterRegistry.connect(first).removeCluster(1))
        .to.be.revertedWithCustomError(clusterRegistry, "CallerNotManager")
        .withArgs(1, first, safe.address);
      // One signature is too few, and the same twice is not in order.
      await expect(safe.execute(remove, signature, first)).to.be.revertedWith("GS020");
      await expect(safe.execute(remove, concat([signature, signature]), first)).to.be.revertedWith("GS026");
      // Nobody else has approved; and nobody but owners can.
      const approval = (who: string): string => concat([zeroPadValue(who, 32), zeroPadValue("0x", 32), "0x01"]);
      const inOrder = [first.address, second.address].sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1));
      await expect(safe.execute(remove, concat(inOrder.map(approval)), first)).to.be.revertedWith("GS025");
      const outsiders = await safe.sign(remove, [first, outsider]);
      await expect(safe.execute(remove, outsiders, first)).to.be.revertedWith("GS026");
      await expect(safe.approve(ethers.ZeroHash, outsider)).to.be.revertedWith("GS030");
      expect((await clusterRegistry.getCluster(1)).manager).to.equal(safe.address);
    });

    it("cannot use what two have signed a second time, or for another call", async () => {
      const fixture = await withManagedCluster(({ testUSD }) => testUSD);
      const { addresses, clusterRegistry, owners, safe } = fixture;
      const [first, second] = owners;
      const reserve = calls.reserveResource(addresses, { clusterId: 1n, perVnode: 5n });
      const signatures = await safe.sign(reserve, [first, second]);
      const more = calls.reserveResource(addresses, { clusterId: 1n, perVnode: 50n });
      await expect(safe.execute(more, signatures, first)).to.be.revertedWith("GS026");
      await safe.execute(reserve, signatures, first);
      await expect(safe.execute(reserve, signatures, first)).to.be.revertedWith("GS026");
      expect((await clusterRegistry.getCluster(1)).resourcePerVnode).to.equal(15n);
    });
  });
});
