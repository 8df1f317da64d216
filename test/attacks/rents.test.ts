import { expect } from "chai";
import { ethers } from "hardhat";

import { base, testUsd, usd } from "../fixtures";

describe("attacks by raising the rent", () => {
  it("a raise of manager and provider in the block of an allocation makes it fail, whether the owner sent it or the manager under a cap", async () => {
    const fixture = await base();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, testUSD } = fixture;
    await nodeRegistry.connect(provider1).createNode(usd("10"), 100, "");
    await nodeRegistry.connect(provider1).trustManager(manager);
    await clusterRegistry.connect(manager).createCluster(testUSD, 1, [1], 0, "");
    await clusterRegistry.connect(manager).reserveResource(1, 10);
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(owner).createBucket(1, "");
    await bucketRegistry.connect(owner).setResourceCap(1, 10, usd("10"));

    await ethers.provider.send("evm_setAutomine", [false]);
    let hashes: string[];
    try {
      // The dearer a transaction's gas, the earlier in the block.
      const gas = (place: bigint): { gasLimit: bigint; gasPrice: bigint } => ({
        gasLimit: 500_000n,
        gasPrice: (10n - place) * 10n ** 10n,
      });
      const sent = [
        await nodeRegistry.connect(provider1).changeNodeRent(1, usd("10") + 1n, gas(0n)),
        await clusterRegistry.connect(manager).acceptRent(1, 1, usd("10") + 1n, gas(1n)),
        await bucketRegistry.connect(owner).allocate(1, 5, usd("10"), gas(2n)),
        await bucketRegistry.connect(manager).allocate(1, 5, usd("11"), { ...gas(3n) }),
      ];
      hashes = sent.map(({ hash }) => hash);
      await ethers.provider.send("evm_mine");
    } finally {
      await ethers.provider.send("evm_setAutomine", [true]);
    }
    const receipts = await Promise.all(hashes.map((hash) => ethers.provider.getTransactionReceipt(hash)));
    expect(new Set(receipts.map((receipt) => receipt?.blockNumber)).size).to.equal(1);
    expect(receipts.map((receipt) => receipt?.index)).to.deep.equal([0, 1, 2, 3]);
    expect(receipts.map((receipt) => receipt?.status)).to.deep.equal([1, 1, 0, 0]);
    for (const [caller, maximum] of [
      [owner, usd("10")],
      [manager, usd("11")],
    ] as const) {
      await expect(bucketRegistry.connect(caller).allocate(1, 5, maximum))
        .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
        .withArgs(1, usd("10") + 1n, usd("10"));
    }
    expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(0n);
    expect((await bucketRegistry.getBucket(1)).resource).to.equal(0n);
  });
});
