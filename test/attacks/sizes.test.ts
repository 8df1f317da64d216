import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type BaseContract, type ContractTransactionResponse, Wallet, ZeroHash } from "ethers";
import { deployments, ethers } from "hardhat";

import { base, MONTH, testUsd, usd } from "../fixtures";
import { contractOf, uses } from "../helpers/code";
import { CALLED_BY, functionsOf } from "../helpers/everyCall";
import { accountNumber } from "../helpers/sharing";

// The largest sizes allowed, made as dear as those who take part can make them. A transaction is sent with so much gas, so it needs less
// than the 16,777,216 of EIP-7825 before anything is refunded.
const LARGEST = { gasLimit: 16_777_215n };
const NODES = 256;
const VNODES = 65_535;
const MAX_RENT_PER_UNIT = 2n ** 128n - 1n;

/** As many providers, each with a node, who trust the manager. */
const withProviders = deployments.createFixture(async () => {
  const fixture = await base();
  const { nodeRegistry, manager } = fixture;
  const providers: Wallet[] = [];
  for (let i = 1; i <= NODES; ++i) {
    const provider = new Wallet(ethers.id(`provider ${i}`), ethers.provider);
    await ethers.provider.send("hardhat_setBalance", [provider.address, ethers.toQuantity(ethers.parseEther("1"))]);
    await nodeRegistry
      .connect(provider)
      .multicall([
        nodeRegistry.interface.encodeFunctionData("createNode", [usd("10"), 1_000_000, ""]),
        nodeRegistry.interface.encodeFunctionData("trustManager", [manager.address]),
      ]);
    providers.push(provider);
  }
  return { ...fixture, providers, nodeIds: providers.map((_, i) => i + 1), theirs: fixture.clusterRegistry.connect(manager) };
});

type WithProviders = Awaited<ReturnType<typeof withProviders>>;

/**
 * A cluster over all the nodes that a bucket has paid, and that no bucket uses any more: short params and fees, so that there is more to
 * delete and to credit.
 * @param prepare What happens before the first payment, and once all the nodes can claim what is paid in a second.
 */
async function earn(fixture: WithProviders, prepare?: { before: () => Promise<void>; afterwards: () => Promise<void> }): Promise<void> {
  const { accountRegistry, admin, bucketRegistry, clusterRegistry, owner, testUSD, theirs, nodeIds } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(100, admin);
  await theirs.createCluster(testUSD, VNODES, nodeIds, 100, "x".repeat(31), LARGEST);
  await theirs.reserveResource(1, 1, LARGEST);
  await prepare?.before();
  await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
  const mine = bucketRegistry.connect(owner);
  const bucketId = await mine.createBucket.staticCall(1, "");
  await mine.createBucket(1, "");
  const start = (await time.latest()) + 10;
  await time.setNextBlockTimestamp(start);
  await mine.allocate(bucketId, 1, MAX_RENT_PER_UNIT);
  if (prepare) {
    await time.setNextBlockTimestamp(start + 1);
    await mine.settlePayment(bucketId);
    await theirs.distributeRevenues(1);
    await prepare.afterwards();
  }
  await time.increase(60 * 86_400);
  await mine.release(bucketId, 1);
}

describe("attacks by size", function () {
  this.timeout(120_000);

  it("65,535 vnodes on 256 nodes with the longest params can be created, reserved and released in a transaction each", async () => {
    const { clusterRegistry, testUSD, theirs, nodeIds } = await withProviders();
    await theirs.createCluster(testUSD, VNODES, nodeIds, 100, "x".repeat(24_000), LARGEST);
    await expect(theirs.reserveResource(1, 1, LARGEST))
      .to.emit(clusterRegistry, "ResourceReserved")
      .withArgs(1, 1);
    await expect(theirs.releaseResource(1, 1, LARGEST))
      .to.emit(clusterRegistry, "ResourceReleased")
      .withArgs(1, 0);
    const { nodeCount, rentPerUnit, vnodeCount } = await clusterRegistry.getCluster(1);
    expect([nodeCount, rentPerUnit, vnodeCount]).to.deep.equal([256n, usd("10") * 65_535n, 65_535n]);
  });

  // The owner's deposit covers rent of 655,350 USD a month for longer than a month, and then all of it is in the pool.
  const shares = (testUsd("900000") * 99n * 99n) / 10_000n;

  it("256 providers who never had an account cannot keep a cluster from being removed", async () => {
    const fixture = await withProviders();
    const { accountRegistry, clusterRegistry, nodeRegistry, testUSD, theirs, providers } = fixture;
    await earn(fixture);
    await expect(theirs.removeCluster(1, LARGEST)).to.emit(clusterRegistry, "ClusterRemoved");
    // Node 256 has a vnode less than the others.
    for (const [i, vnodes] of [
      [0, 256n],
      [254, 256n],
      [255, 255n],
    ] as const) {
      expect((await accountRegistry.getAccount(providers[i]!, testUSD)).balance).to.equal((shares * vnodes) / 65_535n);
      expect((await nodeRegistry.getNode(i + 1)).clusters).to.equal(0n);
    }
  });

  it("256 providers whose accounts are out of funds cannot keep a cluster from being removed", async () => {
    const fixture = await withProviders();
    const {
      accountRegistry,
      bucketRegistry,
      clusterRegistry,
      manager,
      nodeRegistry,
      owner,
      provider1,
      testUSD,
      theirs,
      nodeIds,
      providers,
    } = fixture;
    // Each pays a dollar a month to another cluster, and has half a dollar: to credit it, the account has to be brought up to date.
    const runOut = async (): Promise<void> => {
      await nodeRegistry.connect(provider1).createNode(usd("1"), 1_000_000, "");
      await nodeRegistry.connect(provider1).trustManager(manager);
      await theirs.createCluster(testUSD, 1, [NODES + 1], 0, "");
      await theirs.reserveResource(2, NODES);
      const accounts = accountRegistry.connect(owner);
      const token = await testUSD.getAddress();
      for (let i = 0; i < NODES; i += 64) {
        await accounts.multicall(
          providers
            .slice(i, i + 64)
            .map(({ address }) => accounts.interface.encodeFunctionData("depositFor", [address, token, testUsd("0.5")])),
        );
      }
      for (const [i, provider] of providers.entries()) {
        await bucketRegistry
          .connect(provider)
          .multicall([
            bucketRegistry.interface.encodeFunctionData("createBucket", [2, ""]),
            bucketRegistry.interface.encodeFunctionData("allocate", [i + 1, 1, usd("1")]),
          ]);
      }
    };
    // Each has claimed once, which leaves more to delete.
    const claim = async (): Promise<void> => {
      for (let i = 0; i < NODES; i += 64) {
        await clusterRegistry.multicall(
          nodeIds.slice(i, i + 64).map((nodeId) => clusterRegistry.interface.encodeFunctionData("claimRevenues", [1, nodeId])),
        );
      }
    };
    await earn(fixture, { before: runOut, afterwards: claim });
    await expect(theirs.removeCluster(1, LARGEST)).to.emit(clusterRegistry, "ClusterRemoved");
    // A vnode costs 10 USD a month, of which both fees leave 98.01 %: 9.801 x 10^36 scaled units a second, of which there were two.
    const scaledClaimed = 2n * 9_801n * 10n ** 33n;
    const scale = MONTH * 10n ** 30n;
    for (const [i, vnodes] of [
      [0, 256n],
      [255, 255n],
    ] as const) {
      const scaledEarned = (shares * scale * vnodes) / 65_535n;
      const { balance } = await accountRegistry.getAccount(providers[i]!, testUSD);
      expect(balance).to.equal((scaledEarned - scaledClaimed * vnodes) / scale);
    }
  });

  it("every function of the cluster and of its buckets stays below the limit in the largest cluster", async () => {
    const fixture = await withProviders();
    const { accountRegistry, admin, bucketRegistry, clusterRegistry, manager, nodeRegistry } = fixture;
    const { otherManager, otherOwner, owner, provider1, providers, testUSD, theirs, nodeIds } = fixture;
    await nodeRegistry.connect(provider1).createNode(usd("10"), 1_000_000, "");
    await nodeRegistry.connect(provider1).trustManager(manager);
    await clusterRegistry.connect(admin).setNetworkFee(100, admin);
    await theirs.createCluster(testUSD, VNODES, nodeIds, 100, "", LARGEST);
    await theirs.reserveResource(1, 10, LARGEST);
    await nodeRegistry.connect(providers[0]).changeNodeRent(1, usd("9"));
    await theirs.offerManagement(1, otherManager);
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
    const mine = bucketRegistry.connect(owner);
    const rent = (await clusterRegistry.getCluster(1)).rentPerUnit;
    await mine.createBucket(1, "");
    await mine.allocate(1, 1, rent);
    await mine.offerBucket(1, otherOwner);
    await bucketRegistry.connect(otherOwner).createBucket(1, "");
    await bucketRegistry.connect(otherOwner).allocate(2, 1, rent);
    await time.increase(86_400);
    await mine.settlePayment(1);
    await theirs.distributeRevenues(1);
    await mine.settlePayment(1);

    const burner = await contractOf(uses(99_000));
    const accounts = (count: number): string[] => Array.from({ length: count }, (_, i) => accountNumber(i));
    const ofCluster: Record<string, () => Promise<ContractTransactionResponse>> = {
      reserveResource: () => theirs.reserveResource(1, 1, LARGEST),
      releaseResource: () => theirs.releaseResource(1, 1, LARGEST),
      replaceNode: () => theirs.replaceNode(1, 0, 2, LARGEST),
      replaceNodes: () => theirs.replaceNodes(1, 1, NODES + 1, LARGEST),
      acceptRent: () => theirs.acceptRent(1, 1, usd("9"), LARGEST),
      distributeRevenues: () => theirs.distributeRevenues(1, LARGEST),
      claimRevenues: () => theirs.claimRevenues(1, NODES, LARGEST),
      closeCluster: () => theirs.closeCluster(1, true, LARGEST),
      changeClusterParams: () => theirs.changeClusterParams(1, "x".repeat(24_000), LARGEST),
      lowerManagementFee: () => theirs.lowerManagementFee(1, 0, LARGEST),
      offerManagement: () => theirs.offerManagement(1, owner, LARGEST),
      acceptManagement: () => clusterRegistry.connect(otherManager).acceptManagement(1, LARGEST),
      setNetworkFee: () => clusterRegistry.connect(admin).setNetworkFee(1_000, admin, LARGEST),
    };
    const funding = { amount: 1, deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };
    const ofBucket: Record<string, () => Promise<ContractTransactionResponse>> = {
      createBucket: () => mine.createBucket(1, "x".repeat(24_000), LARGEST),
      openBucket: () => mine.openBucket(1, "x".repeat(24_000), 1, rent, funding, LARGEST),
      allocate: () => mine.allocate(1, 1, rent, LARGEST),
      release: () => mine.release(1, 1, LARGEST),
      setResourceCap: () => mine.setResourceCap(1, 5, rent, LARGEST),
      reclaim: () => mine.reclaim(2, LARGEST),
      endBucket: () => bucketRegistry.connect(manager).endBucket(1, LARGEST),
      settlePayment: () => mine.settlePayment(1, LARGEST),
      settlePayments: () => mine.settlePayments(Array<number>(500).fill(1), LARGEST),
      changeBucketParams: () => mine.changeBucketParams(1, "x".repeat(24_000), LARGEST),
      offerBucket: () => mine.offerBucket(1, manager, LARGEST),
      acceptBucket: () => bucketRegistry.connect(otherOwner).acceptBucket(1, MAX_RENT_PER_UNIT, LARGEST),
      closeBucket: () => mine.closeBucket(1, LARGEST),
      grantAccess: () => mine.grantAccess(1, accounts(500), 3, 0, LARGEST),
      revokeAccess: () => mine.revokeAccess(1, accounts(500), LARGEST),
      setPublic: () => mine.setPublic(1, true, LARGEST),
      setGate: () => mine.setGate(1, 3, burner, 0, 1, LARGEST),
      // As many as fit a call, as long as key envelopes are.
      publishKeys: () => mine.publishKeys(1, 0, accounts(292), Array<string>(292).fill(`0x${"ab".repeat(82)}`), LARGEST),
    };
    // The tests beside this one create and remove such clusters; the others do not depend on any.
    const elsewhere = ["createCluster", "removeCluster", "multicall", "setAuthority"];
    const uncovered = (registry: BaseContract, calls: object, internal: object): string[] =>
      functionsOf(registry).filter((name) => !(name in calls) && !(name in internal) && !elsewhere.includes(name));
    expect(uncovered(clusterRegistry, ofCluster, CALLED_BY.ClusterRegistry)).to.deep.equal([]);
    expect(uncovered(bucketRegistry, ofBucket, CALLED_BY.BucketRegistry)).to.deep.equal([]);
    for (const [name, call] of Object.entries({ ...ofCluster, ...ofBucket })) {
      const snapshot = await takeSnapshot();
      const receipt = await (await call()).wait();
      expect(receipt?.status, name).to.equal(1);
      await snapshot.restore();
    }
  });

  it("a 257th node is refused; the place of a node without vnodes is free, and goes to the next", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1, testUSD } = await base();
    const createNode = nodeRegistry.interface.encodeFunctionData("createNode", [1, 100, ""]);
    for (const count of [129, 129]) await nodeRegistry.connect(provider1).multicall(Array<string>(count).fill(createNode));
    await nodeRegistry.connect(provider1).trustManager(manager);
    const theirs = clusterRegistry.connect(manager);
    const nodeIds = Array.from({ length: NODES }, (_, i) => i + 1);
    await theirs.createCluster(testUSD, NODES + 2, nodeIds, 0, "");
    await theirs.reserveResource(1, 1);

    // Node 1 has the vnodes 0 and 256, so it stays when it gives one away, and no place is free.
    await expect(theirs.replaceNode(1, 0, 257))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull")
      .withArgs(1, NODES);
    // Node 256 leaves for node 255; its place goes to node 257, and then to node 258.
    await theirs.replaceNode(1, 255, 255);
    await theirs.replaceNode(1, 0, 257);
    await expect(theirs.replaceNode(1, 257, 258))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull")
      .withArgs(1, NODES);
    await theirs.replaceNodes(1, 257, 258);

    const vnodes = await clusterRegistry.getVnodes(1, 0, NODES + 2);
    expect(vnodes.map(Number)).to.deep.equal([258, ...nodeIds.slice(1, 255), 255, 1, 2]);
    expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(256n);
    const touched = [1, 2, 255, 256, 257, 258];
    const reserved = async (node: number): Promise<bigint> => (await nodeRegistry.getNode(node)).reserved;
    expect(await Promise.all(touched.map(reserved))).to.deep.equal([1n, 2n, 2n, 0n, 0n, 1n]);
    await theirs.removeCluster(1);
    for (const node of touched) expect((await nodeRegistry.getNode(node)).clusters).to.equal(0n);
    expect(await Promise.all(touched.map(reserved))).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n]);
  });
});
