import { expect } from "chai";

import { MAX_RATE } from "../helpers/units";
import { ALICE, type Book, newBook } from "../helpers/payments";

const MAX_CLUSTER = 2n ** 32n - 1n;

const stream = (clusterId: bigint, rate: bigint): bigint => (clusterId << 96n) | rate;
/** Two streams in a slot, the first in its lower half. */
const slot = (first: bigint, second = 0n): bigint => (second << 128n) | first;

/** What the account pays, in the order of the list. */
async function streamsOf({ harness }: Book): Promise<[clusterId: bigint, rate: bigint][]> {
  const {
    payer: { streams, accrued },
  } = await harness.payerOf(ALICE);
  return streams.slice(0, Number(accrued.streamCount)).map((value) => [value >> 96n, value & (2n ** 96n - 1n)]);
}

/** Streams to so many clusters from 1 on, each at ten times its number. */
async function bookWith(count: bigint): Promise<Book> {
  const book = await newBook();
  for (let clusterId = 1n; clusterId <= count; clusterId++) await book.raise(ALICE, clusterId, 10n * clusterId);
  return book;
}

describe("StreamLists", () => {
  describe("load", () => {
    it("has room for one more than there are", async () => {
      for (const count of [0n, 1n, 2n, 3n]) {
        const { harness } = await bookWith(count);
        expect((await harness.payerOf(ALICE)).payer.streams.length).to.equal(Number(count) + 1);
      }
    });

    it("reads both halves of each slot", async () => {
      const book = await bookWith(5n);
      expect(await streamsOf(book)).to.deep.equal([1n, 2n, 3n, 4n, 5n].map((clusterId) => [clusterId, 10n * clusterId]));
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(1n, 10n), stream(2n, 20n)));
      expect(await book.harness.streamSlot(ALICE, 1)).to.equal(slot(stream(3n, 30n), stream(4n, 40n)));
      expect(await book.harness.streamSlot(ALICE, 2)).to.equal(slot(stream(5n, 50n)));
    });

    it("keeps the highest cluster and the largest rate apart from what is beside them", async () => {
      const book = await newBook();
      await book.raise(ALICE, MAX_CLUSTER, MAX_RATE);
      expect(await streamsOf(book)).to.deep.equal([[MAX_CLUSTER, MAX_RATE]]);
      await book.lower(ALICE, MAX_CLUSTER, 1n);
      await book.raise(ALICE, MAX_CLUSTER - 1n, 1n);
      expect(await streamsOf(book)).to.deep.equal([
        [MAX_CLUSTER, MAX_RATE - 1n],
        [MAX_CLUSTER - 1n, 1n],
      ]);
      await book.lower(ALICE, MAX_CLUSTER, MAX_RATE - 2n);
      expect(await streamsOf(book)).to.deep.equal([
        [MAX_CLUSTER, 1n],
        [MAX_CLUSTER - 1n, 1n],
      ]);
    });
  });

  describe("an only stream", () => {
    it("has the rate of the account, and what is written of it is not kept up to date", async () => {
      const book = await newBook();
      await book.raise(ALICE, 7n, 10n);
      await book.raise(ALICE, 7n, 5n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(7n, 10n)));
      expect(await streamsOf(book)).to.deep.equal([[7n, 15n]]);
      await book.lower(ALICE, 7n, 3n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(7n, 10n)));
      expect(await streamsOf(book)).to.deep.equal([[7n, 12n]]);
    });

    it("is written with its rate when a second one starts, and whenever one of the two changes", async () => {
      const book = await newBook();
      await book.raise(ALICE, 7n, 10n);
      await book.raise(ALICE, 7n, 5n);
      await book.raise(ALICE, 8n, 1n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(7n, 15n), stream(8n, 1n)));
      await book.raise(ALICE, 7n, 1n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(7n, 16n), stream(8n, 1n)));
      await book.lower(ALICE, 8n, 0n);
      await book.raise(ALICE, 8n, 4n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(7n, 16n), stream(8n, 5n)));
    });

    it("stays when the other one ends, be it the first or the second, and grows on from there", async () => {
      for (const [ended, left] of [
        [7n, 8n],
        [8n, 7n],
      ] as const) {
        const book = await newBook();
        await book.raise(ALICE, 7n, 10n);
        await book.raise(ALICE, 8n, 10n);
        await book.lower(ALICE, ended, 10n);
        expect(await book.harness.streamSlot(ALICE, 0)).to.equal(slot(stream(left, 10n)));
        await book.raise(ALICE, left, 3n);
        expect(await streamsOf(book)).to.deep.equal([[left, 13n]]);
        await book.raise(ALICE, ended, 2n);
        expect(await streamsOf(book)).to.deep.equal([
          [left, 13n],
          [ended, 2n],
        ]);
      }
    });

    it("leaves nothing behind when it ends", async () => {
      const book = await newBook();
      await book.raise(ALICE, 7n, 10n);
      await book.lower(ALICE, 7n, 10n);
      expect(await book.harness.streamSlot(ALICE, 0)).to.equal(0n);
      expect(await streamsOf(book)).to.deep.equal([]);
    });
  });

  describe("the end of one of several", () => {
    const cases: [name: string, ended: bigint, left: bigint[]][] = [
      ["the first", 1n, [5n, 2n, 3n, 4n]],
      ["one in the middle, in the other half", 2n, [1n, 5n, 3n, 4n]],
      ["one in the middle, in the same half", 3n, [1n, 2n, 5n, 4n]],
      ["the last", 5n, [1n, 2n, 3n, 4n]],
    ];
    for (const [name, ended, left] of cases) {
      it(`puts the last one in its place: ${name}`, async () => {
        const book = await bookWith(5n);
        await book.lower(ALICE, ended, 10n * ended);
        expect(await streamsOf(book)).to.deep.equal(left.map((clusterId) => [clusterId, 10n * clusterId]));
        expect(await book.harness.streamSlot(ALICE, 2)).to.equal(0n);
      });
    }

    it("leaves nothing behind when all have ended, in any order", async () => {
      const book = await bookWith(5n);
      for (const clusterId of [3n, 5n, 1n, 2n, 4n]) {
        await book.lower(ALICE, clusterId, 10n * clusterId);
        expect((await streamsOf(book)).map(([id]) => id)).not.to.include(clusterId);
      }
      for (const position of [0, 1, 2]) expect(await book.harness.streamSlot(ALICE, position)).to.equal(0n);
    });
  });

  describe("the largest number of streams", () => {
    it("is 32: the 33rd is refused, whatever its cluster", async () => {
      const book = await bookWith(32n);
      await expect(book.raise(ALICE, 33n, 1n))
        .to.be.revertedWithCustomError(book.harness, "StreamLimitReached")
        .withArgs(ALICE, 32);
      expect(await book.harness.streamSlot(ALICE, 15)).to.equal(slot(stream(31n, 310n), stream(32n, 320n)));
      expect(await book.harness.streamSlot(ALICE, 16)).to.equal(0n);
    });

    it("lets each of them change and end, and another start in place of one that has", async () => {
      const book = await bookWith(32n);
      await book.raise(ALICE, 32n, 1n);
      await book.lower(ALICE, 1n, 10n);
      await book.raise(ALICE, 33n, 5n);
      const streams = await streamsOf(book);
      expect(streams.length).to.equal(32);
      expect([streams[0], streams[1], streams[30], streams[31]]).to.deep.equal([
        [32n, 321n],
        [2n, 20n],
        [31n, 310n],
        [33n, 5n],
      ]);
      await expect(book.raise(ALICE, 1n, 1n))
        .to.be.revertedWithCustomError(book.harness, "StreamLimitReached")
        .withArgs(ALICE, 32);
      // Nothing is a stream that pays nothing.
      await book.raise(ALICE, 1n, 0n);
      expect((await streamsOf(book)).length).to.equal(32);
    });
  });
});
