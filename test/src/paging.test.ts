import { expect } from "chai";

import { mapLimited, readPages } from "../../src";

/** A list of `count` ids from `first` on, whose pages a node refuses above a size. */
function listOf(count: bigint, first: bigint, largest: bigint, asked: bigint[] = []) {
  const total = first + count;
  return async (offset: bigint, limit: bigint): Promise<readonly [bigint[], bigint]> => {
    asked.push(limit);
    if (limit > largest) throw new Error("out of gas");
    const end = offset + limit < total ? offset + limit : total;
    return [Array.from({ length: Number(end - offset) }, (_, index) => offset + BigInt(index)), total];
  };
}

describe("readPages", () => {
  it("reads nothing where there is nothing", async () => {
    expect(await readPages(listOf(0n, 1n, 1000n))).to.deep.equal([]);
  });

  it("reads all pages", async () => {
    const asked: bigint[] = [];
    const items = await readPages(listOf(250n, 1n, 10_000n, asked));
    expect(items).to.have.length(250);
    expect(items.at(-1)).to.equal(250n);
    expect(asked).to.deep.equal([100n, 100n, 100n]);
  });

  it("reads pages as long as it is told", async () => {
    const asked: bigint[] = [];
    expect(await readPages(listOf(250n, 1n, 10_000n, asked), { largest: 200n })).to.have.length(250);
    expect(asked).to.deep.equal([200n, 200n]);
  });

  it("asks for less where a page is refused", async () => {
    const asked: bigint[] = [];
    const items = await readPages(listOf(60n, 0n, 30n, asked), { first: 0n });
    expect(items).to.deep.equal(Array.from({ length: 60 }, (_, index) => BigInt(index)));
    expect(asked).to.deep.equal([100n, 50n, 25n, 50n, 25n, 50n, 25n]);
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
