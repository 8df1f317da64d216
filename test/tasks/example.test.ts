import { expect } from "chai";

import { HardhatNode, type Outcome, PATIENCE, Workplace } from "../helpers/processes";

/** The worked numbers of docs/ARCHITECTURE.md, where they appear. */
const TOLD = [
  "│ account of owner      │ 88 TestUSD",
  "│ earned, to distribute │ 12 TestUSD",
  "Distributed 0.27 TestUSD to admin (network fee), 0.5346 TestUSD to manager (management fee) and 26.1954 TestUSD to the nodes.",
  "│ account of owner          │ 73 TestUSD",
  "│ earned by nodes, to claim │ 26.1954 TestUSD",
  "Credited 17.4636 TestUSD to provider1.",
  "Credited 8.7318 TestUSD to provider2.",
  "Withdrew 17.4636 TestUSD of provider1 to provider1.",
  // A node serves a quarter of what it should for a fifth of a month.
  "Node 2 has a quality of 25 % in cluster 1. Earlier revenues are shared by the earlier quality.",
  "│ Served    │ 75 % of what owners pay for          │",
  "Node 2 has lost 1 TestUSD of its bond; 9 TestUSD are left.",
  "Posted 1 TestUSD for node 2 in cluster 1: its bond is 10 TestUSD.",
  "Node 2 has a quality of 100 % in cluster 1. Earlier revenues are shared by the earlier quality.",
  "│ not served, to refund     │ 1.5 TestUSD",
  " 1.5 TestUSD that cluster 1 did not serve came back to owner.",
  // A provider leaves with its bond and what it has earned, and another takes over.
  "Node 1 has left cluster 1. 10 TestUSD are back in the account of provider1.",
  "StorageProofs is the validator of cluster 1.",
  "Node 3 serves vnode 0 and those that became vacant with it.",
  " 0.999999 TestUSD that cluster 1 did not serve came back to owner.",
  // Its successor proves that it holds a file, misses a challenge, and answers the next.
  "Cluster 1 is set up for proofs of storage.",
  "Node 3 has committed; the commitment counts once it is approved.",
  "Node 3 has to hold this data for cluster 1 from now on.",
  "The leaves that node 3 has to prove are drawn.",
  "Node 3 has answered its challenge.\n",
  "The miss of node 3 is counted. It missed challenge 2: 1 count against it. Its quality is 50 % from now on. " +
    "It loses 1 TestUSD of its bond.",
  "│ Served    │ 66.66 % of what owners pay for       │",
  "Node 3 has answered its challenge. Its quality is 100 % from now on.",
  // Its bond stays short; the provider that had left takes its vnodes over.
  "Node 3 serves cluster 1 no longer: its vnodes are vacant.",
  "Node 1 serves vnode 0 and those that became vacant with it.",
  "│ owner   │ 0 TestUSD │ 24               │ out of funds",
  "│ paid, not passed on yet   │ ",
  "All payments of owner have been passed on to the clusters.",
  "10 TestUSD are back from the bond of node 2 in cluster 1; 0 TestUSD are left.",
  "9 TestUSD are back from the bond of node 3 in cluster 1; 0 TestUSD are left.",
];

/** The same, where the accounts do not hold parts of a base unit from the time before. */
const TOLD_AT_FIRST = [
  "│ account of owner          │ 64 TestUSD               │",
  "owner pays 24 USD per month and has 65.499988 TestUSD left, which covers it until ",
  "│ account of provider1      │ 21.6424 TestUSD          │",
  "│ account of provider1      │ 11.6424 TestUSD          │",
  "│ account of owner          │ 55.999988 TestUSD        │",
  "│ account of owner          │ 47.499988 TestUSD        │",
  "│ earned, to distribute     │ 47.499999 TestUSD",
  "Withdrew 52.365407 TestUSD of provider1 to provider1.",
];

/** How often the money is counted. */
const COUNTS = 13;

describe("npm start", function () {
  this.timeout(PATIENCE);

  let workplace: Workplace;
  beforeEach(function () {
    workplace = new Workplace();
  });
  afterEach(function () {
    workplace.remove();
  });

  /** Plays the example network in well under a minute, and checks what it tells. */
  async function play(args: string[], variables: Record<string, string>, ids = (told: string): string => told): Promise<Outcome> {
    const begun = performance.now();
    const outcome = await workplace.runScript("start", args, variables);
    expect(outcome.code, outcome.stderr).to.equal(0);
    expect(performance.now() - begun).to.be.below(60_000);
    for (const text of TOLD) expect(outcome.stdout).to.include(ids(text));
    expect(outcome.stdout.match(/every part accounted for/g)).to.have.lengthOf(COUNTS);
    expect(outcome.stdout).to.match(/^Done\./m);
    expect(outcome.stdout + outcome.stderr).to.not.match(/^\s+at /m);
    return outcome;
  }

  /** The graph that it prints, of the ids that it created: the first node has its place back from the third. */
  function expectGraph({ stdout }: Outcome, cluster: number, nodes: readonly [number, number, number], bucket: number): void {
    const [first, second, left] = nodes;
    for (const edge of [
      String.raw`cluster_${cluster} -- "is managed by" --> party_\d+`,
      `cluster_${cluster} -- "vNode_0" --> node_${first}`,
      `cluster_${cluster} -- "vNode_1" --> node_${second}`,
      `cluster_${cluster} -- "vNode_2" --> node_${first}`,
      `cluster_${cluster} -- "vNode_3" --> node_${second}`,
      String.raw`node_${left} -- "is owned by" --> party_\d+`,
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
    for (const text of TOLD_AT_FIRST) expect(outcome.stdout).to.include(text);
    expectGraph(outcome, 1, [1, 2, 3], 1);
  });

  it("plays it on a node that is running, twice in a row", async function () {
    const node = await HardhatNode.start(workplace);
    try {
      const variables = { DDC_LOCALHOST_URL: node.url };
      const first = await play(["--network", "localhost"], variables);
      expect(first.stdout).to.include("DDC Core on network localhost.");
      expect(first.stdout).to.include("\n$ npx hardhat cluster:claim-revenues --cluster 1 --node 2 --network localhost\n");
      expectGraph(first, 1, [1, 2, 3], 1);
      const again = (told: string): string =>
        told.replace(/([Cc]luster) 1/g, "$1 2").replace(/\b([Nn]ode) (\d)/g, (_, node: string, id: string) => `${node} ${Number(id) + 3}`);
      const second = await play(["--network", "localhost"], variables, again);
      expect(second.stdout).to.include("\n$ npx hardhat cluster:claim-revenues --cluster 2 --node 5 --network localhost\n");
      expectGraph(second, 2, [4, 5, 6], 2);
    } finally {
      await node.stop();
    }
  });
});
