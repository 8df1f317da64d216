import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";

import { type Registries, UserError, connectRegistries, parseCursor, positionOf } from "../../../src";
import { type Fault, FakeChain, REGISTRY } from "./chain";
import { Listener } from "./listener";

const elsewhere = (byte: string): string => `0x${byte.repeat(20)}`;
const registries: Registries = connectRegistries(
  {
    accountRegistry: elsewhere("aa"),
    priceRegistry: elsewhere("ab"),
    nodeRegistry: REGISTRY,
    clusterRegistry: elsewhere("bb"),
    bucketRegistry: elsewhere("cc"),
    termsRegistry: elsewhere("dd"),
    storageProofs: elsewhere("ee"),
    accessManager: elsewhere("ff"),
  },
  ethers.provider,
);

/** So many blocks at least, so that the chain does not fall back further than is remembered. */
const padded = (nodes: readonly number[], blocks: number): number[] =>
  Array.from({ length: Math.max(blocks, nodes.length) }, (_, block) => nodes[block] ?? 0);

/** A chain with a node in every block, and somebody who has heard of all of them. */
async function heard(blocks: number): Promise<{ chain: FakeChain; listener: Listener }> {
  const chain = new FakeChain();
  for (let block = 0; block < blocks; block++) chain.mine(1);
  const listener = new Listener(registries, chain);
  expect(await listener.listen()).to.equal(true);
  expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
  return { chain, listener };
}

describe("watchNetwork", () => {
  it("tells all events in their order, once, and later what is new", async () => {
    const { chain, listener } = await heard(300);
    chain.mine(3);
    chain.mine(0);
    expect(await listener.listen()).to.equal(true);
    expect(await listener.listen()).to.equal(true);
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
    expect(listener.withdrawn).to.equal(0);
  });

  it("begins with a block", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 50; block++) chain.mine(1);
    const listener = new Listener(registries, chain, { from: 41 });
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds.slice(40));
  });

  it("goes on in the middle of a block", async () => {
    const chain = new FakeChain();
    chain.mine(5);
    const listener = new Listener(registries, chain);
    for (const told of [2, 3, 4]) {
      await listener.listen(told === 2 ? 2 : 1);
      expect(listener.nodeIds).to.deep.equal(chain.nodeIds.slice(0, told));
      expect(positionOf(parseCursor(listener.cursor!, REGISTRY))).to.deep.equal({
        blockNumber: 1,
        blockHash: chain.blocks[1]!.hash,
        logIndex: 3 * (told - 1) + 1,
      });
    }
    chain.mine(1);
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
  });

  it("reads by as long ranges as the node allows", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 200; block++) chain.mine(block % 3);
    chain.largestRange = 7;
    const listener = new Listener(registries, chain);
    expect(await listener.listen()).to.equal(true);
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
  });

  it("does not believe the order of the node, nor that it says each once", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 100; block++) chain.mine(2);
    // The first three requests: the head, the end of the range, and its logs.
    chain.faults.push(undefined, undefined, "reorders");
    const listener = new Listener(registries, chain);
    expect(await listener.listen()).to.equal(true);
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
    for (let block = 0; block < 100; block++) chain.mine(2);
    chain.faults.push(undefined, undefined, undefined, "repeats");
    expect(await listener.listen()).to.equal(true);
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
  });

  for (const depth of [1, 2, 31, 32, 33, 100]) {
    it(`withdraws what ${depth} dropped block(s) said, the last first`, async () => {
      const { chain, listener } = await heard(150);
      chain.replace(
        depth,
        Array.from({ length: depth + 1 }, () => 2),
      );
      expect(await listener.listen()).to.equal(true);
      expect(listener.withdrawn).to.equal(depth);
      expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
    });
  }

  it("withdraws in the middle of a block, and goes on if the block comes back", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 3; block++) chain.mine(4);
    const listener = new Listener(registries, chain);
    await listener.listen();
    const dropped = chain.blocks.slice(2);
    chain.replace(2, [1, 1, 1]);
    await listener.listen(5);
    expect([listener.withdrawn, listener.nodes.length]).to.deep.equal([5, 7]);
    // The first of the two is the chain's again after all.
    chain.blocks.splice(2, 3, dropped[0]!);
    chain.mine(1);
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
  });

  it("waits while the node knows fewer blocks than were told", async () => {
    const { chain, listener } = await heard(20);
    const ahead = chain.blocks.splice(15);
    expect(await listener.listen()).to.equal(true);
    expect(listener.withdrawn).to.equal(0);
    chain.blocks.push(...ahead);
    chain.mine(1);
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
    expect(listener.withdrawn).to.equal(0);
  });

  it("refuses to go on where the chain has dropped more than is remembered, and says what to do", async () => {
    const { chain, listener } = await heard(300);
    chain.replace(
      200,
      Array.from({ length: 201 }, () => 1),
    );
    const failure = await listener.listen().catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UserError).with.property("message").that.includes("start again without the cursor");
  });

  it("tells nothing before it has its confirmations, and then has nothing to withdraw", async () => {
    const chain = new FakeChain();
    for (let block = 0; block < 10; block++) chain.mine(1);
    const listener = new Listener(registries, chain, { confirmations: 4 });
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds.slice(0, 6));
    chain.replace(4, [1, 1, 1, 1, 1]);
    await listener.listen();
    expect(listener.nodeIds).to.deep.equal(chain.nodeIds.slice(0, 7));
    expect(listener.withdrawn).to.equal(0);
  });

  it("knows in the end just what the chain says, whatever goes wrong on the way", async () => {
    const fault = fc.option(fc.constantFrom<Fault>("fails", "repeats", "reorders", "is replaced"), { nil: undefined, freq: 3 });
    const nodes = fc.array(fc.nat({ max: 3 }), { maxLength: 60 });
    const step = fc.oneof(
      fc.record({ what: fc.constant("mine" as const), nodes }),
      fc.record({ what: fc.constant("replace" as const), depth: fc.integer({ min: 1, max: 20 }), nodes }),
      fc.record({
        what: fc.constant("listen" as const),
        atMost: fc.integer({ min: 1, max: 40 }),
        faults: fc.array(fault, { maxLength: 30 }),
      }),
    );
    const walk = fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 50 }), async (steps, largestRange) => {
      const chain = new FakeChain();
      chain.largestRange = largestRange;
      const listener = new Listener(registries, chain);
      for (const one of steps) {
        if (one.what === "mine") for (const count of one.nodes) chain.mine(count);
        else if (one.what === "replace") chain.replace(one.depth, padded(one.nodes, one.depth - 3));
        else {
          chain.faults.push(...one.faults);
          await listener.listen(one.atMost);
          chain.faults.length = 0;
        }
      }
      // Longer than it has ever been: a chain that is replaced is not left short.
      for (let block = 0; block < 100; block++) chain.mine(0);
      expect(await listener.listen()).to.equal(true);
      expect(listener.nodeIds).to.deep.equal(chain.nodeIds);
    });
    await fc.assert(walk, { numRuns: 150, seed: 5 });
  }).timeout(120_000);
});
