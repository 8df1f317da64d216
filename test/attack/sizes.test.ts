import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type ContractTransactionReceipt, type ContractTransactionResponse, Wallet } from "ethers";
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
    await ethers.provider.send("hardhat_setBalance", [wallet.address, "0x56bc75e2d63100000"]);
    await nodeRegistry.connect(wallet).createNode(usd("10"), 1_000_000, "");
    await nodeRegistry.connect(wallet).trustManager(manager);
    wallets.push(wallet);
  }
  return wallets;
}

const mined = async (sent: Promise<ContractTransactionResponse>): Promise<ContractTransactionReceipt> => {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error("not mined");
  return receipt;
};

/** What a mined transaction needed before its refund. */
async function peak(sent: Promise<ContractTransactionResponse>): Promise<bigint> {
  const { hash, gasUsed } = await mined(sent);
  const trace = (await ethers.provider.send("debug_traceTransaction", [
    hash,
    { disableStorage: true, disableMemory: true, disableStack: true },
  ])) as { structLogs: { gas: number; depth: number }[] };
  const [first] = trace.structLogs;
  const last = trace.structLogs.at(-1);
  if (!first || !last) return gasUsed;
  const { gasLimit } = (await ethers.provider.getTransaction(hash)) ?? { gasLimit: 0n };
  return gasLimit - BigInt(last.gas);
}

for (const dry of [false, true]) {
  describe(`attack: 256 nodes of 256 providers${dry ? " whose accounts run dry just then" : ""}`, function () {
    this.timeout(600_000);

    it("stays below the largest transaction", async () => {
      const fixture = await base();
      const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, testUSD, provider1 } = fixture;
      const wallets = await providers(fixture);
      const ids = wallets.map((_, i) => i + 1);
      const mine = clusterRegistry.connect(manager);
      const gas: Record<string, bigint> = {};
      const most = { gasLimit: MAX_GAS };
      const params = `{${"x".repeat(23_998)}}`;
      gas.createCluster = await peak(mine.createCluster(testUSD, 65_535, ids, 100, params, most));
      gas.reserveResource = await peak(mine.reserveResource(1, 1, most));
      gas.releaseResource = await peak(mine.releaseResource(1, 1, most));
      await mine.reserveResource(1, 1);

      if (dry) {
        await nodeRegistry.connect(provider1).createNode(usd("1"), 1_000_000, "");
        await nodeRegistry.connect(provider1).trustManager(manager);
        await mine.createCluster(testUSD, 1, [NODES + 1], 0, "");
        await mine.reserveResource(2, 1_000);
        for (const [i, wallet] of wallets.entries()) {
          await accountRegistry.connect(owner).depositFor(wallet, testUSD, testUsd("1"));
          await bucketRegistry.connect(wallet).createBucket(2, "");
          await bucketRegistry.connect(wallet).allocate(i + 1, 1, MAX_RENT);
        }
      }
      await accountRegistry.connect(owner).deposit(testUSD, testUsd("900000"));
      const id = await bucketRegistry.connect(owner).createBucket.staticCall(1, "");
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
        for (; claimed < NODES && !(await mine.removeCluster.staticCall(1, most).then(() => true, () => false)); claimed += 8) {
          for (let i = 0; i < 8; ++i) await mine.claimRevenues(1, claimed + i + 1);
        }
        console.log(`      goes through once ${claimed} of them have been claimed for`);
      }
      console.table(gas);
      for (const [name, used] of Object.entries(gas)) expect(used, name).to.be.lessThan(MAX_GAS);
    });
  });
}
