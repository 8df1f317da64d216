import { expect } from "chai";
import { ethers } from "hardhat";

import {
  COVERED_FOREVER,
  type Cursor,
  type NetworkEvent,
  type Kind,
  type WatchOptions,
  parseCursor,
  serializeCursor,
  watchNetwork,
} from "../../../src";
import { type Base, base, testUsd, usd, withCluster, withFundedBucket } from "../../fixtures";
import { registriesOf } from "../../helpers/custody";
import { DAY } from "../../helpers/time";
import { now, passTo } from "../../helpers/units";

const mine = (): Promise<unknown> => ethers.provider.send("evm_mine", []) as Promise<unknown>;

/** All that is told up to now, and where it then is. */
async function emitted(fixture: Base, options: Partial<WatchOptions>): Promise<{ events: NetworkEvent[]; cursor: Cursor | undefined }> {
  const events: NetworkEvent[] = [];
  let cursor: Cursor | undefined;
  for await (const watched of watchNetwork(await registriesOf(fixture), { from: 0, once: true, ...options })) {
    events.push(watched.event);
    // As a file would keep it.
    cursor = parseCursor(serializeCursor(watched.cursor, "here"), "here");
  }
  return { events, cursor };
}

const namesOf = (events: readonly NetworkEvent[]): string[] =>
  events.map((one) => ("name" in one ? `${one.withdrawn ? "-" : "+"}${one.name}` : one.kind));

describe("watching the registries", () => {
  it("tells what is created, replaced and paid, with what it says", async () => {
    const fixture = await withCluster();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, owner, testUSD } = fixture;
    const from = (await ethers.provider.getBlockNumber()) + 1;
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(owner).createBucket(1, "");
    await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
    await bucketRegistry.settlePayment(1);
    await clusterRegistry.connect(manager).replaceNode(1, 0, 2);

    const { events } = await emitted(fixture, { from });
    expect(namesOf(events)).to.deep.equal([
      "+Deposited",
      "+BucketCreated",
      "+StreamChanged",
      "+ResourceAllocated",
      "+AccountTouched",
      "+Credited",
      "+RevenuesDistributed",
      "+Credited",
      "+RevenuesClaimed",
      "+Credited",
      "+RevenuesClaimed",
      "+VnodeReplaced",
    ]);
    expect(events.map(({ kind }) => kind)).to.include.members(["paid", "created", "changed", "replaced"]);
    const [deposited, created] = events;
    expect(deposited).to.deep.include({
      kind: "paid",
      blockNumber: from,
      time: BigInt((await ethers.provider.getBlock(from))!.timestamp),
      withdrawn: false,
    });
    expect(deposited).to.have.deep.nested.include({ "args.account": owner.address, "args.amount": testUsd("100") });
    expect(created).to.have.deep.property("args", { bucketId: 1n, owner: owner.address, clusterId: 1n, params: "" });
  });

  it("tells only the kinds that are asked for", async () => {
    const fixture = await withFundedBucket();
    const { events } = await emitted(fixture, { kinds: ["created"] });
    expect(new Set(events.map(({ kind }) => kind))).to.deep.equal(new Set<Kind>(["created"]));
    expect(namesOf(events).filter((name) => name === "+NodeCreated")).to.have.length(3);
  });

  it("reads what somebody wrote that is no text", async () => {
    const fixture = await base();
    const { nodeRegistry, provider1 } = fixture;
    const from = (await ethers.provider.getBlockNumber()) + 1;
    const data = nodeRegistry.interface.encodeFunctionData("createNode", [1, 1, "text"]).replace(/74657874/, "ffffffff");
    await provider1.sendTransaction({ to: nodeRegistry, data });
    const { events } = await emitted(fixture, { from });
    expect(events).to.have.length(1);
    expect(events[0]).to.have.nested.property("args.params", "\ufffd");
  });

  it("withdraws what a reverted chain said, and tells what it says instead", async () => {
    const fixture = await base();
    const { nodeRegistry, provider1, provider2 } = fixture;
    const from = (await ethers.provider.getBlockNumber()) + 1;
    await nodeRegistry.connect(provider1).createNode(1, 1, "");
    const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
    await nodeRegistry.connect(provider1).trustManager(provider2);
    await nodeRegistry.connect(provider1).createNode(2, 2, "");
    const before = await emitted(fixture, { from });
    expect(namesOf(before.events)).to.deep.equal(["+NodeCreated", "+ManagerTrusted", "+NodeCreated"]);

    await ethers.provider.send("evm_revert", [snapshot]);
    await nodeRegistry.connect(provider2).createNode(3, 3, "");
    await mine();
    const after = await emitted(fixture, { from: before.cursor! });
    expect(namesOf(after.events)).to.deep.equal(["-NodeCreated", "-ManagerTrusted", "+NodeCreated"]);
    expect(after.events[2]).to.have.deep.nested.include({ "args.provider": provider2.address });
    expect((await emitted(fixture, { from: after.cursor! })).events).to.deep.equal([]);
  });

  it("goes on until it is told to end, through whatever goes wrong", async () => {
    const fixture = await base();
    const { nodeRegistry, provider1 } = fixture;
    const from = (await ethers.provider.getBlockNumber()) + 1;
    const ending = new AbortController();
    const troubles: unknown[] = [];
    let asked = 0;
    const source: WatchOptions["source"] = {
      getBlock: async (tag) => {
        if (++asked % 5 === 0) throw new Error("connect ECONNRESET");
        return ethers.provider.getBlock(tag);
      },
      getLogs: (filter) => ethers.provider.getLogs(filter),
    };
    const options = { from, source, interval: 1, signal: ending.signal, onTrouble: (error: unknown) => troubles.push(error) };
    const heard: unknown[] = [];
    await nodeRegistry.connect(provider1).createNode(1, 1, "");
    for await (const { event } of watchNetwork(await registriesOf(fixture), options)) {
      heard.push("name" in event ? event.args.nodeId : event.kind);
      if (heard.length === 5) ending.abort();
      else await nodeRegistry.connect(provider1).createNode(1, 1, "");
    }
    expect(heard).to.deep.equal([1n, 2n, 3n, 4n, 5n]);
    expect(troubles).to.not.be.empty;
  });
});

describe("watching accounts", () => {
  const quiet: Partial<WatchOptions> = { kinds: ["low", "depleted", "covered"] };

  /** The owner has ten tokens and pays 60 USD a month: enough for five days and four hours. */
  async function watching(threshold: bigint) {
    const fixture = await withFundedBucket();
    let cursor: Cursor | number = 0;
    const next = async (): Promise<NetworkEvent[]> => {
      const found = await emitted(fixture, { ...quiet, threshold, from: cursor });
      cursor = found.cursor ?? cursor;
      return found.events;
    };
    return { ...fixture, next };
  }

  it("tells that an account runs low when it does, once, also after a restart", async () => {
    const { accountRegistry, next, owner, testUSD } = await watching(DAY);
    expect(await next()).to.deep.equal([]);
    const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
    await passTo(coveredUntil - DAY);
    expect(await next()).to.deep.equal([]);
    await passTo(coveredUntil - DAY + 1n);
    const [low, ...others] = await next();
    expect(others).to.deep.equal([]);
    const { number, hash, timestamp } = (await ethers.provider.getBlock("latest"))!;
    expect(low).to.deep.equal({
      kind: "low",
      account: owner.address,
      currency: await testUSD.getAddress(),
      ratePerMonth: usd("60"),
      coveredUntil,
      blockNumber: number,
      blockHash: hash,
      time: BigInt(timestamp),
    });
    await mine();
    expect(await next()).to.deep.equal([]);
  });

  it("tells when it is out of funds, and when it is covered again", async () => {
    const { accountRegistry, next, owner, testUSD } = await watching(DAY);
    const { coveredUntil } = await accountRegistry.getAccount(owner, testUSD);
    await passTo(coveredUntil);
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["depleted"]);
    await mine();
    expect(await next()).to.deep.equal([]);
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("1"));
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["low"]);
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("10"));
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["covered"]);
  });

  it("notices a price and a rate that make it run low", async () => {
    const { priceRegistry, admin, bucketRegistry, next, owner, testUSD } = await watching(4n * DAY);
    expect(await next()).to.deep.equal([]);
    await priceRegistry.connect(admin).setPrice(testUSD, usd("0.6"));
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["low"]);
    await priceRegistry.connect(admin).setPrice(testUSD, usd("1"));
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["covered"]);
    await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
    expect((await next()).map(({ kind }) => kind)).to.deep.equal(["low"]);
    await bucketRegistry.connect(owner).closeBucket(1);
    const [covered] = await next();
    expect(covered).to.deep.include({ kind: "covered", ratePerMonth: 0n, coveredUntil: COVERED_FOREVER });
  });

  it("keeps watching without a restart", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, priceRegistry, admin, bucketRegistry, otherOwner, testUSD } = fixture;
    const ending = new AbortController();
    const from = (await ethers.provider.getBlockNumber()) + 1;
    const heard: string[] = [];
    // One after the other, each once the one before was told.
    const steps: (() => Promise<unknown>)[] = [
      () => priceRegistry.connect(admin).setPrice(testUSD, usd("1")),
      async () => {
        await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("2"));
        await bucketRegistry.connect(otherOwner).createBucket(1, "");
        await bucketRegistry.connect(otherOwner).allocate(2, 1, usd("60"));
      },
      async () => passTo((await now()) + 2n * DAY),
      () => accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("500")),
    ];
    await priceRegistry.connect(admin).setPrice(testUSD, usd("0.6"));
    const options: WatchOptions = { from, kinds: quiet.kinds, threshold: 4n * DAY, interval: 1, signal: ending.signal };
    for await (const { event } of watchNetwork(await registriesOf(fixture), options)) {
      if ("name" in event) continue;
      heard.push(`${event.account === otherOwner.address ? "other" : "owner"} ${event.kind}`);
      if (heard.length === 6) ending.abort();
      await steps.shift()?.();
    }
    expect(heard.slice(0, 3)).to.deep.equal(["owner low", "owner covered", "other low"]);
    // After two days the one is out of funds, and the other has less than four left.
    expect(heard.slice(3, 5)).to.have.members(["other depleted", "owner low"]);
    expect(heard[5]).to.equal("other covered");
  });

  it("watches nobody's account unless it is asked to", async () => {
    const fixture = await withFundedBucket();
    await passTo((await now()) + 30n * DAY);
    expect((await emitted(fixture, quiet)).events).to.deep.equal([]);
  });
});
