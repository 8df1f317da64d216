import { expect } from "chai";

import { type Row } from "../../scripts/gas/meter";
import { gasPage } from "../../scripts/gas/table";
import { figuresOf, staleFigures } from "../../scripts/scale/check";
import { compare } from "../../scripts/scale/compare";
import { largest } from "../../scripts/scale/largest";
import { COLORS, draw, plot } from "../../scripts/scale/plot";
import { scalePage } from "../../scripts/scale/report";
import { LARGEST, SIZES, nodesOf, providerOf, sizeOf, standings } from "../../scripts/scale/size";

/** How many times each occurs. */
function tally<T>(all: readonly T[]): Map<T, number> {
  const times = new Map<T, number>();
  for (const one of all) times.set(one, (times.get(one) ?? 0) + 1);
  return times;
}

const ROW: Row = { contract: "NodeRegistry", function: "createNode", case: "params", gas: 100_000n, floor: 90_000n, calldata: 1_000n };

describe("scripts/scale", () => {
  describe("the largest network", () => {
    const all = standings(LARGEST);

    it("is as large as issue 3 asks for", () => {
      expect(LARGEST).to.deep.equal({ buckets: 10_000, owners: 1_000, clusters: 50, nodes: 500 });
    });

    it("gives each owner ten buckets, two in each of five clusters", () => {
      expect([...tally(all.map(({ owner }) => owner)).values()]).to.deep.equal(Array<number>(1_000).fill(10));
      const streams = tally(all.map(({ owner, cluster }) => `${owner} ${cluster}`));
      expect([...streams.values()]).to.deep.equal(Array<number>(5_000).fill(2));
    });

    it("gives each cluster 200 buckets", () => {
      expect([...tally(all.map(({ cluster }) => cluster)).values()]).to.deep.equal(Array<number>(50).fill(200));
    });

    it("lets owners take turns", () => {
      expect(new Set(all.slice(0, 1_000).map(({ owner }) => owner))).to.have.property("size", 1_000);
    });

    it("gives each cluster 20 nodes, and puts each node in two clusters", () => {
      const members = Array.from({ length: LARGEST.clusters }, (_, cluster) => nodesOf(cluster, LARGEST));
      for (const nodes of members) expect(new Set(nodes)).to.have.property("size", 20);
      expect([...tally(members.flat()).values()]).to.deep.equal(Array<number>(500).fill(2));
    });
  });

  describe("smaller networks", () => {
    it("have at least an owner, a cluster and three nodes", () => {
      expect(sizeOf(10)).to.deep.equal({ buckets: 10, owners: 1, clusters: 1, nodes: 3 });
      expect(sizeOf(1_000)).to.deep.equal({ buckets: 1_000, owners: 100, clusters: 5, nodes: 50 });
    });

    it("put buckets and clusters where there are owners, clusters and nodes", () => {
      for (const size of SIZES) {
        const all = standings(size);
        expect(Math.max(...all.map(({ owner }) => owner))).to.be.lessThan(size.owners);
        expect(Math.max(...all.map(({ cluster }) => cluster))).to.be.lessThan(size.clusters);
        const nodes = nodesOf(size.clusters - 1, size);
        expect(Math.max(...nodes)).to.be.lessThan(size.nodes);
        expect(new Set(nodes)).to.have.property("size", nodes.length);
        expect(providerOf(size.nodes - 1)).to.be.lessThan(size.nodes);
      }
    });
  });

  describe("compare", () => {
    it("tells calldata, what is touched and what is computed apart", () => {
      const [comparison] = compare([[ROW], [ROW], [{ ...ROW, gas: 117_119n, floor: 107_112n, calldata: 1_012n }]]);
      expect(comparison).to.deep.equal({
        ...{ contract: "NodeRegistry", function: "createNode", case: "params" },
        gas: [100_000n, 100_000n, 117_119n],
        ...{ difference: 17_119n, calldata: 12n, touched: 17_100n, computed: 7n },
      });
    });

    it("refuses operations that are not the same, or missing", () => {
      const other = { ...ROW, case: "no params" };
      expect(() =>
        compare([
          [ROW, other],
          [other, ROW],
        ]),
      ).to.throw('"NodeRegistry createNode params" was not measured in all networks');
      expect(() => compare([[ROW, other], [ROW]])).to.throw('"NodeRegistry createNode no params" was not measured in all networks');
    });
  });

  describe("largest", () => {
    for (const most of [0, 1, 2, 7, 100]) {
      it(`finds ${most} of 100, and asks for no more than 100`, async () => {
        const asked: number[] = [];
        const found = await largest(async (tried) => {
          asked.push(tried);
          return tried <= most;
        }, 100);
        expect(found).to.equal(most);
        expect(Math.max(...asked)).to.be.at.most(100);
        expect(Math.min(...asked)).to.be.at.least(1);
      });
    }
  });

  describe("the page", () => {
    const rows = [ROW, { ...ROW, contract: "BucketRegistry", function: "settlePayment", case: "" }];
    const page = scalePage({
      sizes: SIZES,
      operations: compare([
        rows,
        rows,
        rows,
        rows.map((row) => ({ ...row, gas: row.gas + 12n, floor: row.floor + 12n, calldata: 1_012n })),
      ]),
      payouts: [
        {
          ...{ payers: 100, payouts: 31, distributed: 3_100_000n, deposited: 8_000_000n },
          ...{ distributedBefore: 60_000_000n, depositedBefore: 6_000_000n },
        },
      ],
      pages: [
        {
          name: "listNodes",
          ofOne: false,
          pages: [{ limit: 10, gas: 91_005n }],
          largest: { limit: 2_000, gas: 49_999_999n },
          ofAll: false,
        },
        { name: "listNodes", ofOne: true, pages: [{ limit: 10, gas: 31_005n }], largest: { limit: 3_000, gas: 9_999_999n }, ofAll: true },
      ],
      readings: [{ limit: 10, calls: 1_055, answering: 1.25, decoding: 2 }],
      frontEnd: { calls: 2_000, seconds: 7.77 },
      machine: "2 cores",
    });

    it("shows an operation in all networks, and explains the difference", () => {
      expect(page).to.contain(
        "| function | case | 10 buckets | 100 buckets | 1,000 buckets | 10,000 buckets | difference | calldata | touched | computed |",
      );
      expect(page).to.contain("| `createNode` | params | 100,000 | 100,000 | 100,000 | 100,012 | +12 | +12 | 0 | 0 |");
      expect(page).to.contain("which is not zero in 0 of 2 rows");
    });

    it("shows payouts, pages and what reading takes", () => {
      expect(page).to.contain("| 100 | 31 | 100,000 | 3.10 | 8.00 | 11.10 | 60.00 | 6.00 | 66.00 |");
      expect(page).to.contain("| 10 | 91,005 (9,100) |");
      expect(page).to.contain("| **largest** | **2,000** (49,999,999) | **all 3,000** (9,999,999) |");
      expect(page).to.contain("| 10 | 1,055 | 1.3 | 2.0 | 3.3 |");
      expect(page).to.contain("takes 2,000 calls and 7.8 s");
    });

    it("has the same figures for the smallest network as the page of gas", () => {
      expect(figuresOf(page)).to.deep.equal(
        new Map([
          ["NodeRegistry createNode params", "100,000"],
          ["BucketRegistry settlePayment ", "100,000"],
        ]),
      );
      expect(staleFigures(page, gasPage(rows))).to.deep.equal([]);
    });

    it("is stale when the page of gas has another figure, or none", () => {
      const [first, second] = rows;
      expect(staleFigures(page, gasPage([first!, { ...second!, gas: 100_001n }]))).to.deep.equal([
        "BucketRegistry settlePayment : 100,000, not 100,001",
      ]);
      expect(staleFigures(page, gasPage([first!]))).to.deep.equal(["BucketRegistry settlePayment : 100,000, not measured"]);
      expect(staleFigures("", gasPage(rows))).to.deep.equal(["no operation at all"]);
    });

    it("is not stale for what other ids make in the calldata of hundreds of nodes", () => {
      const [row] = rows;
      const shown = gasPage([{ ...row!, gas: 9_911_246n }]);
      expect(staleFigures(shown, gasPage([{ ...row!, gas: 9_911_210n }]))).to.deep.equal([]);
      expect(staleFigures(shown, gasPage([{ ...row!, gas: 9_911_146n }]))).to.have.lengthOf(1);
    });
  });

  describe("the plot", () => {
    /** The relative luminance of a color, as the Web Content Accessibility Guidelines define it. */
    function luminance(color: string): number {
      const [red = 0, green = 0, blue = 0] = [1, 3, 5]
        .map((start) => parseInt(color.slice(start, start + 2), 16) / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    for (const [name, color] of Object.entries(COLORS)) {
      for (const background of ["#ffffff", "#0d1117"]) {
        it(`can be read on ${background}, in ${name}`, () => {
          const [dark = 0, light = 0] = [luminance(color), luminance(background)].sort((one, other) => one - other);
          expect((light + 0.05) / (dark + 0.05)).to.be.at.least(4);
        });
      }
    }

    it("draws the operations, and the pages up to the largest", () => {
      const settling = { ...ROW, contract: "BucketRegistry", function: "settlePayment", case: "the end stays", gas: 48_000n };
      const operations = compare(SIZES.map(() => [settling]));
      const pages = [
        {
          name: "listNodes",
          ofOne: false,
          pages: [{ limit: 10, gas: 91_005n }],
          largest: { limit: 2_000, gas: 49_999_999n },
          ofAll: false,
        },
      ];
      const svg = draw(plot(SIZES, operations, pages));
      expect(svg).to.match(/^<svg /);
      for (const text of ["settlePayment", "listNodes: at most 2,000", "50,000,000 gas"]) expect(svg).to.contain(`>${text}</text>`);
    });
  });
});
