import { expect } from "chai";
import { ethers } from "hardhat";

import { type NodeSlotsHarness, NodeSlotsHarness__factory } from "../../cache/typechain-types";
import { MAX_UINT16, MAX_UINT32 } from "../helpers/clusters";

/** The ids above it stand for vacancies. */
const LAST_NODE = MAX_UINT32 - 256n;

/** As `NodeSlot` packs a node and its number of vnodes. */
const place = (nodeId: bigint, vnodes: bigint): bigint => (nodeId << 16n) | vnodes;

describe("NodeSlotsLib", () => {
  let harness: NodeSlotsHarness;

  beforeEach(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new NodeSlotsHarness__factory(deployer).deploy();
  });

  const taken = async (count: number): Promise<bigint[]> => [...(await harness.taken(count))];
  const setAll = async (nodeIds: bigint[]): Promise<void> => {
    for (const [i, nodeId] of nodeIds.entries()) await harness.set(i + 1, nodeId, 1);
  };

  describe("set and nodeAt", () => {
    it("finds no node in a place that was never set", async () => {
      expect(await harness.nodeAt(1)).to.equal(0);
      expect(await harness.nodeAt(256)).to.equal(0);
    });

    it("keeps five places in a slot, the sixth in the next", async () => {
      await setAll([11n, 12n, 13n, 14n, 15n, 16n]);
      const inFirst = [11n, 12n, 13n, 14n, 15n].reduce((word, nodeId, i) => word | (place(nodeId, 1n) << BigInt(48 * i)), 0n);
      expect(await harness.wordOf(0)).to.equal(inFirst);
      expect(await harness.wordOf(1)).to.equal(place(16n, 1n));
    });

    it("reads every place of several slots", async () => {
      const nodeIds = Array.from({ length: 11 }, (_, i) => BigInt(i) * 7n + 1n);
      await setAll(nodeIds);
      for (const [i, nodeId] of nodeIds.entries()) expect(await harness.nodeAt(i + 1)).to.equal(nodeId);
    });

    it("leaves the adjacent slots alone, at the largest values and when cleared", async () => {
      await setAll([1n, 2n, 3n]);
      await harness.set(2, LAST_NODE, MAX_UINT16);
      expect(await taken(3)).to.deep.equal([place(1n, 1n), place(LAST_NODE, MAX_UINT16), place(3n, 1n)]);
      await harness.set(2, 0, 0);
      expect(await harness.wordOf(0)).to.equal(place(1n, 1n) | (place(3n, 1n) << 96n));
    });

    it("reaches the last place, 256", async () => {
      // 255 places fill 51 slots, so this is the first of slot 51.
      await harness.set(256, 9, 3);
      expect(await harness.nodeAt(256)).to.equal(9);
      expect(await harness.wordOf(51)).to.equal(place(9n, 3n));
    });
  });

  describe("move and numberOf", () => {
    it("goes round robin over the stride until a vnode is moved", async () => {
      const numbers = await Promise.all([0, 1, 2, 3, 4, 65_534].map((index) => harness.numberOf(index, 3)));
      expect(numbers).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    });

    it("takes the largest stride", async () => {
      expect(await harness.numberOf(255, 256)).to.equal(256);
      expect(await harness.numberOf(256, 256)).to.equal(1);
      expect(await harness.numberOf(65_534, 256)).to.equal(255);
    });

    it("leads a moved vnode to its new place, and no other", async () => {
      await harness.move(16, 200);
      const numbers = await Promise.all([15, 16, 17, 32].map((index) => harness.numberOf(index, 4)));
      expect(numbers).to.deep.equal([4n, 200n, 2n, 1n]);
    });

    it("moves a vnode again, and back", async () => {
      await harness.move(0, 3);
      await harness.move(0, 2);
      expect(await harness.numberOf(0, 4)).to.equal(2);
      await harness.move(0, 1);
      expect(await harness.numberOf(0, 4)).to.equal(1);
    });
  });

  describe("taken", () => {
    it("is empty for no places, and where all are free", async () => {
      expect(await taken(0)).to.deep.equal([]);
      expect(await taken(7)).to.deep.equal([]);
    });

    it("skips places without vnodes, whatever they point to", async () => {
      await setAll([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
      await harness.set(2, 6, 0);
      await harness.set(6, 0, 0);
      expect(await taken(7)).to.deep.equal([1n, 3n, 4n, 5n, 7n].map((nodeId) => place(nodeId, 1n)));
    });

    it("stops at the count", async () => {
      await setAll([1n, 2n, 3n, 4n, 5n, 6n]);
      expect(await taken(5)).to.deep.equal([1n, 2n, 3n, 4n, 5n].map((nodeId) => place(nodeId, 1n)));
      expect(await taken(1)).to.deep.equal([place(1n, 1n)]);
    });
  });

  describe("clear", () => {
    it("clears nothing for a count of zero", async () => {
      await setAll([1n]);
      await harness.clear(0);
      expect(await taken(1)).to.deep.equal([place(1n, 1n)]);
    });

    for (const count of [1, 5, 6, 11]) {
      it(`leaves no node in any of ${count} places`, async () => {
        await setAll(Array.from({ length: count }, (_, i) => BigInt(i + 1)));
        await harness.clear(count);
        expect(await taken(count)).to.deep.equal([]);
        for (let slot = 0; slot <= 3; ++slot) expect(await harness.wordOf(slot)).to.equal(0);
      });
    }
  });
});
