import { setStorageAt } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { AbiCoder, type BaseContract, concat, MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import {
  base,
  NATIVE,
  testUsd,
  usd,
  withCluster,
  withFundedBucket,
} from "../fixtures";

const MAX32 = 2n ** 32n - 1n;

/** The data that a call reverts with. */
async function revertData(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: string | { data?: string } };
    return typeof data === "string" ? data : (data?.data ?? "no data");
  }
  throw new Error("did not revert");
}

async function callRevert(
  contract: BaseContract,
  name: string,
  args: unknown[],
  from: string,
): Promise<string> {
  return revertData(
    ethers.provider.call({
      to: await contract.getAddress(),
      from,
      data: contract.interface.encodeFunctionData(name, args),
    }),
  );
}

async function silentToken(decimals: number) {
  const fixture = await base();
  const token = await ethers.deployContract("SilentToken", [decimals]);
  await fixture.accountRegistry
    .connect(fixture.admin)
    .addCurrency(token, usd("1"), NATIVE, 0);
  return { ...fixture, token };
}

describe("attack: panics and bare reverts", () => {
  it("a token that reverts without data makes a deposit fail without a name", async () => {
    const { accountRegistry, token, owner } = await silentToken(6);
    const data = await callRevert(
      accountRegistry,
      "deposit",
      [await token.getAddress(), 5n],
      owner.address,
    );
    expect(data, "a bare revert reaches the user").not.to.equal("0x");
  });

  it("a token that reverts without data makes a withdrawal fail without a name", async () => {
    const { accountRegistry, token, owner } = await silentToken(6);
    await token.getFunction("setBalance")(owner.address, 5n);
    await accountRegistry.connect(owner).deposit(token, 5n);
    await token.getFunction("setBalance")(
      await accountRegistry.getAddress(),
      0n,
    );
    const data = await callRevert(
      accountRegistry,
      "withdraw",
      [await token.getAddress(), 5n, owner.address],
      owner.address,
    );
    expect(data, "a bare revert reaches the user").not.to.equal("0x");
  });

  it("a token that says that nearly 2^256 arrived makes a deposit panic", async () => {
    const { accountRegistry, token, owner, otherOwner } = await silentToken(6);
    await token.getFunction("setBalance")(owner.address, 5n);
    await accountRegistry.connect(owner).deposit(token, 5n);
    await token.getFunction("setBalance")(
      await accountRegistry.getAddress(),
      0n,
    );
    await token.getFunction("setBalance")(otherOwner.address, MaxUint256);
    const data = await callRevert(
      accountRegistry,
      "deposit",
      [await token.getAddress(), MaxUint256],
      otherOwner.address,
    );
    expect(data.slice(0, 10), "Panic(uint256)").not.to.equal("0x4e487b71");
  });

  it("the last id and the last params", async () => {
    const { nodeRegistry, provider1 } = await base();
    const mine = nodeRegistry.connect(provider1);
    // Counters are in slot 0 of every registry that is an Items first: find it by what it holds.
    await mine.createNode(1, 1, "x".repeat(40));
    let slot = -1;
    for (let i = 0; i < 10; ++i) {
      if (
        BigInt(await ethers.provider.getStorage(nodeRegistry, i)) ===
        (1n << 32n) + 1n
      )
        slot = i;
    }
    expect(slot).not.to.equal(-1);
    await setStorageAt(await nodeRegistry.getAddress(), slot, MAX32);
    const data = await callRevert(
      nodeRegistry,
      "createNode",
      [1, 1, ""],
      provider1.address,
    );
    expect(
      data.slice(0, 10),
      "Panic(uint256) at the end of the ids",
    ).not.to.equal("0x4e487b71");
  });

  it("params whose number is that of IN_SLOT are lost", async () => {
    const { nodeRegistry, provider1 } = await base();
    const mine = nodeRegistry.connect(provider1);
    await mine.createNode(1, 1, "x".repeat(40));
    await setStorageAt(
      await nodeRegistry.getAddress(),
      0,
      ((MAX32 - 1n) << 32n) + 1n,
    );
    await mine.createNode(1, 1, "y".repeat(40));
    expect((await nodeRegistry.getNode(2)).params).to.equal("y".repeat(40));
  });

  it("the largest arguments", async () => {
    const {
      accountRegistry,
      bucketRegistry,
      clusterRegistry,
      nodeRegistry,
      testUSD,
      manager,
      owner,
      provider1,
      bucketId,
    } = await withFundedBucket();
    const max128 = 2n ** 128n - 1n;
    const cases: [BaseContract, string, unknown[], string][] = [
      [
        accountRegistry,
        "deposit",
        [await testUSD.getAddress(), MaxUint256],
        owner.address,
      ],
      [
        accountRegistry,
        "withdraw",
        [await testUSD.getAddress(), MaxUint256 - 1n, owner.address],
        owner.address,
      ],
      [
        accountRegistry,
        "depositWithPermit",
        [
          owner.address,
          NATIVE,
          1n,
          1n,
          27,
          NATIVE.padEnd(66, "0"),
          NATIVE.padEnd(66, "0"),
        ],
        owner.address,
      ],
      [nodeRegistry, "createNode", [max128, MAX32, ""], provider1.address],
      [nodeRegistry, "changeNodeRent", [1, max128], provider1.address],
      [nodeRegistry, "changeNodeCapacity", [1, 0], provider1.address],
      [nodeRegistry, "removeNode", [1], provider1.address],
      [
        nodeRegistry,
        "createNode",
        [1, 1, "x".repeat(24_001)],
        provider1.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, MAX32, [1], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 0, [1], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 6, [], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 6, [1, 1], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 6, [0], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 6, [MAX32], 0, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [NATIVE, 6, [1], 65_535, ""],
        manager.address,
      ],
      [
        clusterRegistry,
        "createCluster",
        [owner.address, 6, [1], 0, ""],
        manager.address,
      ],
      [clusterRegistry, "reserveResource", [1, MAX32], manager.address],
      [clusterRegistry, "releaseResource", [1, MAX32], manager.address],
      [clusterRegistry, "replaceNode", [1, MAX32, 1], manager.address],
      [clusterRegistry, "replaceNode", [1, 0, 0], manager.address],
      [clusterRegistry, "replaceNode", [1, 0, MAX32], manager.address],
      [clusterRegistry, "replaceNode", [1, 0, 1], manager.address],
      [clusterRegistry, "replaceNodes", [1, 0, 0], manager.address],
      [clusterRegistry, "replaceNodes", [1, 1, 1], manager.address],
      [clusterRegistry, "replaceNodes", [1, 1, 2], manager.address],
      [clusterRegistry, "replaceNodes", [1, 1, 0], manager.address],
      [clusterRegistry, "acceptRent", [1, MAX32, max128], manager.address],
      [clusterRegistry, "acceptRent", [1, 0, 0], manager.address],
      [clusterRegistry, "acceptRent", [1, 1, 0], manager.address],
      [clusterRegistry, "claimRevenues", [MAX32, 1], manager.address],
      [clusterRegistry, "claimRevenues", [1, MAX32], manager.address],
      [clusterRegistry, "distributeRevenues", [MAX32], manager.address],
      [clusterRegistry, "lowerManagementFee", [1, 65_535], manager.address],
      [clusterRegistry, "acceptManagement", [1], manager.address],
      [clusterRegistry, "acceptManagement", [0], manager.address],
      [clusterRegistry, "removeCluster", [1], manager.address],
      [clusterRegistry, "claimable", [1, 0], manager.address],
      [clusterRegistry, "claimable", [0, 0], manager.address],
      [clusterRegistry, "quote", [0, MAX32], manager.address],
      [clusterRegistry, "getVnodes", [0, 0, 0], manager.address],
      [bucketRegistry, "createBucket", [0, ""], owner.address],
      [bucketRegistry, "allocate", [bucketId, MAX32, max128], owner.address],
      [bucketRegistry, "allocate", [bucketId, 0, max128], owner.address],
      [bucketRegistry, "allocate", [bucketId, MAX32, max128], manager.address],
      [bucketRegistry, "release", [bucketId, MAX32], owner.address],
      [bucketRegistry, "release", [bucketId, 0], owner.address],
      [bucketRegistry, "reclaim", [bucketId], owner.address],
      [bucketRegistry, "reclaim", [MAX32], owner.address],
      [bucketRegistry, "endBucket", [bucketId], owner.address],
      [bucketRegistry, "acceptBucket", [bucketId, max128], owner.address],
      [bucketRegistry, "closeBucket", [0], owner.address],
      [bucketRegistry, "settlePayment", [0], owner.address],
    ];
    for (const [contract, name, args, from] of cases) {
      const data = await callRevert(contract, name, args, from);
      // What a token raises is the token's to name.
      const known =
        contract.interface.parseError(data) ??
        testUSD.interface.parseError(data);
      expect(
        known?.name,
        `${name}(${args.join(", ").slice(0, 60)}): ${data.slice(0, 74)}`,
      ).not.to.be.undefined;
      expect(["Panic", "Error"]).not.to.include(known?.name);
    }
    for (const [offset, limit] of [
      [0n, 0n],
      [0n, MAX32],
      [MAX32, MAX32],
      [1n, MAX32],
      [MAX32, 1n],
    ] as const) {
      await bucketRegistry.listBuckets(offset, limit, NATIVE);
      await clusterRegistry.listClusters(offset, limit, NATIVE);
      await nodeRegistry.listNodes(offset, limit, NATIVE);
      await accountRegistry.listCurrencies(offset, limit);
      await clusterRegistry.getVnodes(1, offset, limit);
    }
    await clusterRegistry.quote(1, MAX32);
  });
});

describe("attack: views that others spoil", () => {
  it("a stranger's params that are no UTF-8 make a whole page unreadable to ethers", async () => {
    const { bucketRegistry, stranger, clusterId } = await withCluster();
    await bucketRegistry.createBucket(clusterId, "{}");
    const bytes = AbiCoder.defaultAbiCoder().encode(
      ["uint32", "bytes"],
      [clusterId, "0xff"],
    );
    const selector =
      bucketRegistry.interface.getFunction("createBucket").selector;
    await stranger.sendTransaction({
      to: bucketRegistry,
      data: concat([selector, bytes]),
    });
    const { items } = await bucketRegistry.listBuckets(1, 10, NATIVE);
    expect(items.map(({ params }) => params).length).to.equal(2);
  });

  it("a stranger's 24,000-byte params: what a page costs", async () => {
    const { bucketRegistry, clusterId } = await withCluster();
    const params = "x".repeat(24_000);
    for (let i = 0; i < 40; ++i)
      await bucketRegistry.createBucket(clusterId, params);
    for (const limit of [1, 10, 20, 40]) {
      const gas = await bucketRegistry.listBuckets.estimateGas(
        1,
        limit,
        NATIVE,
      );
      console.log(`      a page of ${limit}: ${gas}`);
    }
  }).timeout(120_000);
});

describe("attack: what has no error of its own", () => {
  it("a cap's rent above 96 bits is announced by the event, and not what is kept", async () => {
    const { bucketRegistry, owner, bucketId } = await withFundedBucket();
    await expect(
      bucketRegistry
        .connect(owner)
        .setResourceCap(bucketId, 1, 2n ** 128n - 1n),
    )
      .to.emit(bucketRegistry, "ResourceCapChanged")
      .withArgs(
        bucketId,
        1,
        (await bucketRegistry.getBucket(bucketId)).capRentPerUnit ||
          2n ** 96n - 1n,
      );
  });

  it("a stranger who mints fills the custody, and nobody else can deposit (a token with an open mint only)", async () => {
    const { accountRegistry, testUSD, owner, stranger } = await withCluster();
    const all = 10n ** 31n - testUsd("2000000");
    await testUSD.mint(stranger, all);
    await testUSD.connect(stranger).approve(accountRegistry, MaxUint256);
    await accountRegistry.connect(stranger).deposit(testUSD, all);
    await expect(
      accountRegistry.connect(owner).deposit(testUSD, testUsd("1000000")),
    ).not.to.be.reverted;
  });
});
