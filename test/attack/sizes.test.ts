import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import {
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  Wallet,
} from "ethers";
import { ethers } from "hardhat";

import { type Base, base, testUsd, usd } from "../fixtures";

// The largest sizes allowed, made as dear as those who take part can make them: every call below 16,777,216 gas, refunds not counted.
const MAX_GAS = 16_777_216n;
const NODES = 256;
const MAX_RENT = 2n ** 128n - 1n;

/** As many providers, each with a node, who trust the manager. */
async function providers({ nodeRegistry, manager }: Base): Promise<Wallet[]> {
  const wallets: Wallet[] = [];
  for (let i = 0; i < NODES; ++i) {
    const wallet = new Wallet(ethers.id(`provider ${i}`), ethers.provider);
    await ethers.provider.send("hardhat_setBalance", [
      wallet.address,
      "0x56bc75e2d63100000",
    ]);
    await nodeRegistry.connect(wallet).createNode(usd("10"), 1_000_000, "");
    await nodeRegistry.connect(wallet).trustManager(manager);
    wallets.push(wallet);
  }
  return wallets;
}

const mined = async (
  sent: Promise<ContractTransactionResponse>,
): Promise<ContractTransactionReceipt> => {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("not mined");
  return receipt;
};

/** What a mined transaction needed before its refund. */
async function peak(
  sent: Promise<ContractTransactionResponse>,
): Promise<bigint> {
  const { hash, gasUsed } = await mined(sent);
  const trace = (await ethers.provider.send("debug_traceTransaction", [
    hash,
    { disableStorage: true, disableMemory: true, disableStack: true },
  ])) as { structLogs: { gas: number; depth: number }[] };
  const [first] = trace.structLogs;
  const last = trace.structLogs.at(-1);
  if (!first || !last) return gasUsed;
  const { gasLimit } = (await ethers.provider.getTransaction(hash)) ?? {
    gasLimit: 0n,
  };
  return gasLimit - BigInt(last.gas);
}

for (const dry of [false, true]) {
  describe(`attack: 256 nodes of 256 providers${dry ? " whose accounts run dry just then" : ""}`, function () {
    this.timeout(600_000);

    it("stays below the largest transaction", async () => {
      const fixture = await base();
      const {
        accountRegistry,
        bucketRegistry,
        clusterRegistry,
        manager,
        nodeRegistry,
        owner,
        testUSD,
        provider1,
      } = fixture;
      const wallets = await providers(fixture);
      const ids = wallets.map((_, i) => i + 1);
      const mine = clusterRegistry.connect(manager);
      const gas: Record<string, bigint> = {};
      const most = { gasLimit: MAX_GAS };
      const params = `{${"x".repeat(23_998)}}`;
      gas.createCluster = await peak(
        mine.createCluster(testUSD, 65_535, ids, 100, params, most),
      );
      gas.reserveResource = await peak(mine.reserveResource(1, 1, most));
      gas.releaseResource = await peak(mine.releaseResource(1, 1, most));
      await mine.reserveResource(1, 1);

      if (dry) {
        await nodeRegistry
          .connect(provider1)
          .createNode(usd("1"), 1_000_000, "");
        await nodeRegistry.connect(provider1).trustManager(manager);
        await mine.createCluster(testUSD, 1, [NODES + 1], 0, "");
        await mine.reserveResource(2, 1_000);
        for (const [i, wallet] of wallets.entries()) {
          await accountRegistry
            .connect(owner)
            .depositFor(wallet, testUSD, testUsd("1"));
          await bucketRegistry.connect(wallet).createBucket(2, "");
          await bucketRegistry.connect(wallet).allocate(i + 1, 1, MAX_RENT);
        }
      }
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
      const id = await bucketRegistry
        .connect(owner)
        .createBucket.staticCall(1, "");
      await bucketRegistry.connect(owner).createBucket(1, "");
      await bucketRegistry.connect(owner).allocate(id, 1, MAX_RENT);
      await time.increase(60 * 86_400);
      await bucketRegistry.connect(owner).release(id, 1);
      try {
        gas.removeCluster = await peak(mine.removeCluster(1, most));
      } catch (error) {
        gas.removeCluster = MAX_GAS;
        console.log(`      removeCluster: ${(error as Error).message}`);
        let claimed = 0;
        await mine.distributeRevenues(1);
        for (
          ;
          claimed < NODES &&
          !(await mine.removeCluster.staticCall(1, most).then(
            () => true,
            () => false,
          ));
          claimed += 8
        ) {
          for (let i = 0; i < 8; ++i)
            await mine.claimRevenues(1, claimed + i + 1);
        }
        console.log(
          `      goes through once ${claimed} of them have been claimed for`,
        );
      }
      console.table(gas);
      for (const [name, used] of Object.entries(gas))
        expect(used, name).to.be.lessThan(MAX_GAS);
    });
  });
}

describe("attack: 256 places", () => {
  it("refuse a 257th node, free the place of one without vnodes, and give it to the next", async () => {
    const { clusterRegistry, manager, nodeRegistry, provider1, testUSD } =
      await base();
    for (let i = 0; i < NODES + 2; ++i)
      await nodeRegistry.connect(provider1).createNode(1, 100, "");
    await nodeRegistry.connect(provider1).trustManager(manager);
    const mine = clusterRegistry.connect(manager);
    await mine.createCluster(
      testUSD,
      NODES + 2,
      Array.from({ length: NODES }, (_, i) => i + 1),
      0,
      "",
    );
    await mine.reserveResource(1, 1);
    // Node 1 has the vnodes 0 and 256, so it stays when it gives one away, and no place is free.
    await expect(mine.replaceNode(1, 0, NODES + 1))
      .to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull")
      .withArgs(1, NODES);
    // Node 256 leaves for node 255; its place goes to node 257, which goes to node 258 in the same place.
    await mine.replaceNode(1, 255, 255);
    await mine.replaceNode(1, 0, NODES + 1);
    await expect(
      mine.replaceNode(1, 256 + 1, NODES + 2),
    ).to.be.revertedWithCustomError(clusterRegistry, "ClusterNodesFull");
    await mine.replaceNodes(1, NODES + 1, NODES + 2);
    const { nodeIds } = await clusterRegistry.getVnodes(1, 0, NODES + 2);
    expect(nodeIds.map(Number)).to.deep.equal([
      258,
      ...Array.from({ length: 254 }, (_, i) => i + 2),
      255,
      1,
      2,
    ]);
    expect((await clusterRegistry.getCluster(1)).nodeCount).to.equal(256n);
    for (const [node, reserved] of [
      [1, 1n],
      [2, 2n],
      [255, 2n],
      [256, 0n],
      [257, 0n],
      [258, 1n],
    ] as const) {
      expect(
        (await nodeRegistry.getNode(node)).reserved,
        `node ${node}`,
      ).to.equal(reserved);
    }
    await mine.removeCluster(1);
    for (const node of [1, 2, 255, 256, 257, 258])
      expect((await nodeRegistry.getNode(node)).clusters).to.equal(0n);
  }).timeout(60_000);
});
