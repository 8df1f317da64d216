import { expect } from "chai";

import { HardhatNode, type Outcome, Workplace } from "../helpers/processes";

/** The worked numbers of docs/ARCHITECTURE.md, where they appear. */
const TOLD = [
  "│ account of owner         │ 88 TestUSD",
  "│ streamed and not settled │ 12 TestUSD",
  "│ account of owner        │ 73 TestUSD",
  "│ in pools, to distribute │ 27 TestUSD",
  "Distributed 0.27 TestUSD to admin (network fee), 0.5346 TestUSD to manager (management fee) and 26.1954 TestUSD to the nodes.",
  "Credited 17.4636 TestUSD to provider1.",
  "Credited 8.7318 TestUSD to provider2.",
  "Withdrew 17.4636 TestUSD of provider1 to provider1.",
  "│ owner   │ 0 TestUSD │ 24               │ dry",
];

/** How often the money is counted. */
const COUNTS = 6;

describe("npm start", function () {
  this.timeout(180_000);

  let workplace: Workplace;
  beforeEach(function () {
    workplace = new Workplace();
  });
  afterEach(function () {
    workplace.remove();
  });

  /** Plays the example network in well under a minute, and checks what it tells. */
  async function play(args: string[], variables: Record<string, string>): Promise<Outcome> {
    const begun = performance.now();
    const outcome = await workplace.runScript("start", args, variables);
    expect(outcome.code, outcome.stderr).to.equal(0);
    expect(performance.now() - begun).to.be.below(60_000);
    for (const text of TOLD) expect(outcome.stdout).to.include(text);
    expect(outcome.stdout.match(/every part accounted for/g)).to.have.lengthOf(COUNTS);
    expect(outcome.stdout).to.match(/^Done\./m);
    expect(outcome.stdout + outcome.stderr).to.not.match(/^\s+at /m);
    return outcome;
  }

  /** The graph that it prints, of the ids that it created. */
  function expectGraph({ stdout }: Outcome, cluster: number, nodes: readonly [number, number], bucket: number): void {
    const [first, second] = nodes;
    for (const edge of [
      String.raw`cluster_${cluster} -- "is managed by" --> party_\d+`,
      `cluster_${cluster} -- "vNode_0" --> node_${first}`,
      `cluster_${cluster} -- "vNode_1" --> node_${second}`,
      `cluster_${cluster} -- "vNode_2" --> node_${first}`,
      `cluster_${cluster} -- "vNode_3" --> node_${second}`,
      String.raw`node_${first} -- "is owned by" --> party_\d+`,
      String.raw`node_${second} -- "is owned by" --> party_\d+`,
      String.raw`bucket_${bucket} -- "is owned by" --> party_\d+`,
      `bucket_${bucket} -- "is allocated into" --> cluster_${cluster}`,
    ]) {
      expect(stdout).to.match(new RegExp(`^  ${edge}$`, "m"));
    }
    for (const person of ["manager", "provider1", "provider2", "owner"]) {
      expect(stdout).to.match(new RegExp(String.raw`^  party_\d+\(\["${person}"\]\)$`, "m"));
    }
  }

  it("plays the example network on the embedded chain", async function () {
    const outcome = await play([], {});
    expect(outcome.stdout).to.include("DDC Core on an embedded chain.");
    // As a person would have typed it.
    expect(outcome.stdout).to.include("\n$ npx hardhat bucket:allocate --bucket 1 --resource 400 --max-rent 0.06 --as owner\n");
    expectGraph(outcome, 1, [1, 2], 1);
  });

  it("plays it on a node that is running, twice in a row", async function () {
    const node = await HardhatNode.start(workplace);
    try {
      const variables = { DDC_LOCALHOST_URL: node.url };
      const first = await play(["--network", "localhost"], variables);
      expect(first.stdout).to.include("DDC Core on network localhost.");
      expect(first.stdout).to.include("\n$ npx hardhat cluster:claim-revenues --cluster 1 --node 2 --network localhost\n");
      expectGraph(first, 1, [1, 2], 1);
      const second = await play(["--network", "localhost"], variables);
      expect(second.stdout).to.include("\n$ npx hardhat cluster:claim-revenues --cluster 2 --node 4 --network localhost\n");
      expectGraph(second, 2, [3, 4], 2);
    } finally {
      await node.stop();
    }
  });
});
