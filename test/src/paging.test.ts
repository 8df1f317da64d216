import { expect } from "chai";

import { mapLimited, readPages } from "../../src";

/** A list of `count` ids from `first` on, whose pages a node refuses above a size. */
function listOf(count: bigint, first: bigint, largest: bigint, asked: bigint[] = []) {
  const lastId = first + count - 1n;
  return async (offset: bigint, limit: bigint): Promise<readonly [bigint[], bigint]> => {
    asked.push(limit);
    if (limit > largest) throw new Error("out of gas");
    const end = offset + limit <= lastId ? offset + limit : lastId + 1n;
    return [Array.from({ length: Number(end - offset) }, (_, index) => offset + BigInt(index)), lastId];
  };
}

describe("readPages", () => {
  it("reads nothing where there is nothing", async () => {
    expect(await readPages(listOf(0n, 1n, 1000n))).to.deep.equal([]);
  });

  it("reads a page, and then all the others", async () => {
    const asked: bigint[] = [];
    const items = await readPages(listOf(90n, 1n, 10_000n, asked));
    expect(items).to.deep.equal(Array.from({ length: 90 }, (_, index) => BigInt(index + 1)));
    expect(asked).to.deep.equal([25n, 25n, 25n, 15n]);
  });

  it("reads pages as long as it is told", async () => {
    const asked: bigint[] = [];
    expect(await readPages(listOf(250n, 1n, 10_000n, asked), { largest: 200n })).to.have.length(250);
    expect(asked).to.deep.equal([200n, 50n]);
  });

  it("asks for less where a page is refused, and keeps the order", async () => {
    const asked: bigint[] = [];
    const items = await readPages(listOf(60n, 0n, 12n, asked), { first: 0n });
    expect(items).to.deep.equal(Array.from({ length: 60 }, (_, index) => BigInt(index)));
    expect(asked).to.deep.equal([25n, 12n, 13n, 6n, 7n, 6n, 6n, 6n, 6n, 6n, 5n]);
  });

  it("reads what is added meanwhile, too", async () => {
    let total = 31n;
    const items = await readPages(async (offset, limit) => {
      const end = offset + limit < total ? offset + limit : total;
      const page = Array.from({ length: Number(end - offset) }, (_, index) => offset + BigInt(index));
      if (offset > 1n) total = 61n;
      return [page, total - 1n] as const;
    });
    expect(items).to.deep.equal(Array.from({ length: 60 }, (_, index) => BigInt(index + 1)));
  });

  it("tells how far it is", async () => {
    const told: [bigint, bigint][] = [];
    await readPages(listOf(60n, 1n, 12n), { onProgress: (...progress) => told.push(progress) });
    expect(told.at(0)).to.deep.equal([12n, 60n]);
    expect(told.at(-1)).to.deep.equal([60n, 60n]);
  });

  it("gives up where not even one item can be read", async () => {
    const failure = await readPages(listOf(5n, 1n, 0n)).catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "out of gas");
  });

  it("does not ask again where the network does not answer", async () => {
    let asked = 0;
    const failure = await readPages(async () => {
      asked += 1;
      throw new Error("connect ECONNREFUSED");
    }).catch((error: unknown) => error);
    expect(failure).to.be.an("error");
    expect(asked).to.equal(1);
  });
});

describe("mapLimited", () => {
  it("keeps the order, and calls no more than allowed at once", async () => {
    let running = 0;
    let most = 0;
    const results = await mapLimited(
      [3, 1, 2],
      async (item) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, item));
        running -= 1;
        return item * 2;
      },
      2,
    );
    expect(results).to.deep.equal([6, 2, 4]);
    expect(most).to.equal(2);
  });
});
