import { expect } from "chai";

import { readAllLogs, readRanges } from "../../src";

/** A chain with one log in each block, whose node refuses ranges above a length. */
function chainOf(largest: number, asked: [number, number][] = []) {
  return async (from: number, to: number): Promise<number[]> => {
    asked.push([from, to]);
    if (to - from + 1 > largest) throw new Error("query returned more than 10000 results");
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  };
}

describe("readAllLogs", () => {
  it("reads a range that the node accepts in one go", async () => {
    const asked: [number, number][] = [];
    expect(await readAllLogs(chainOf(50_000, asked), 5, 9)).to.deep.equal([5, 6, 7, 8, 9]);
    expect(asked).to.deep.equal([[5, 9]]);
  });

  it("reads nothing before there is anything", async () => {
    expect(await readAllLogs(chainOf(1), 5, 4)).to.deep.equal([]);
  });

  it("asks for at most 50,000 blocks at a time", async () => {
    const asked: [number, number][] = [];
    expect(await readAllLogs(chainOf(100_000, asked), 0, 120_000)).to.have.lengthOf(120_001);
    expect(asked).to.deep.equal([
      [0, 49_999],
      [50_000, 99_999],
      [100_000, 120_000],
    ]);
  });

  it("halves a range that is refused, and tries longer ones again", async () => {
    const asked: [number, number][] = [];
    const logs = await readAllLogs(chainOf(30, asked), 0, 99);
    expect(logs).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
    expect(asked.slice(0, 6)).to.deep.equal([
      [0, 99],
      [0, 49],
      [0, 24],
      [25, 74],
      [25, 49],
      [50, 99],
    ]);
  });

  it("tells how far it is", async () => {
    const told: [number, number][] = [];
    await readAllLogs(chainOf(4), 10, 17, { onProgress: (read, total) => told.push([read, total]) });
    expect(told).to.deep.equal([
      [4, 8],
      [8, 8],
    ]);
  });

  it("gives up where not even one block can be read", async () => {
    const failure = await readAllLogs(chainOf(0), 0, 7).catch((error: unknown) => error);
    expect(failure).to.be.an("error").with.property("message", "query returned more than 10000 results");
  });

  it("does not ask again where the network does not answer", async () => {
    let asked = 0;
    const failure = await readAllLogs(
      async () => {
        asked += 1;
        throw new Error("connect ECONNREFUSED");
      },
      0,
      100,
    ).catch((error: unknown) => error);
    expect(failure).to.be.an("error");
    expect(asked).to.equal(1);
  });
});

describe("readRanges", () => {
  it("reads the newest blocks first, and no further than it is asked to", async () => {
    const asked: [number, number][] = [];
    const seen: number[][] = [];
    for await (const logs of readRanges(chainOf(2, asked), 0, 5, { newestFirst: true })) {
      seen.push(logs);
      if (logs.includes(3)) break;
    }
    expect(seen).to.deep.equal([[5], [3, 4]]);
    expect(asked).to.deep.equal([
      [0, 5],
      [3, 5],
      [5, 5],
      [3, 4],
    ]);
  });
});
