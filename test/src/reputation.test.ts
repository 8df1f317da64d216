import { expect } from "chai";

import { type ReputationEvent, computeReputations } from "../../src";

const [alice, bob] = ["0x00000000000000000000000000000000000A11cE", "0x0000000000000000000000000000000000000B0b"];
const [usd, ether] = ["0x6666666666666666666666666666666666666666", "0x0000000000000000000000000000000000000000"];

const nothing = {
  servedSince: 0n,
  vnodes: 0n,
  clusters: 0n,
  vnodeSeconds: 0n,
  qualityBps: 10_000n,
  earned: {},
  reports: 0n,
  misses: 0n,
  slashes: 0n,
  slashed: {},
  exits: 0n,
  exclusions: 0n,
};

const node = (nodeId: bigint, provider: string): ReputationEvent => ({ name: "NodeCreated", time: 0n, args: { nodeId, provider } });
const cluster = (clusterId: bigint, time: bigint, vnodeCount: bigint, nodeIds: bigint[], currency = usd): ReputationEvent => ({
  name: "ClusterCreated",
  time,
  args: { clusterId, currency, vnodeCount, nodeIds },
});
/** Nodes 1 and 2 of Alice, 3 of Bob. */
const NODES = [node(1n, alice), node(2n, alice), node(3n, bob)];

/** The reputation of each node. */
function nodesAt(events: ReputationEvent[], until: bigint) {
  return computeReputations([...NODES, ...events], until).nodes;
}

describe("computeReputations", () => {
  it("knows nodes that have done nothing", () => {
    const { nodes, providers } = computeReputations(NODES, 100n);
    expect(nodes).to.deep.equal([
      { nodeId: 1n, provider: alice, ...nothing },
      { nodeId: 2n, provider: alice, ...nothing },
      { nodeId: 3n, provider: bob, ...nothing },
    ]);
    expect(providers).to.deep.equal([
      { provider: alice, nodeIds: [1n, 2n], ...nothing },
      { provider: bob, nodeIds: [3n], ...nothing },
    ]);
  });

  it("refuses a history with a hole", () => {
    const served: ReputationEvent = { name: "RevenuesClaimed", time: 1n, args: { clusterId: 7n, nodeId: 1n, scaledAmount: 1n } };
    expect(() => computeReputations([...NODES, served], 1n)).to.throw("how cluster 7 was created");
    expect(() => computeReputations([cluster(1n, 0n, 1n, [1n])], 1n)).to.throw("how node 1 was created");
  });

  describe("time served", () => {
    it("is counted for each vnode, which go round robin", () => {
      const [first, second, third] = nodesAt([cluster(1n, 10n, 7n, [1n, 2n, 3n])], 110n);
      expect(first).to.deep.equal({
        nodeId: 1n,
        provider: alice,
        ...nothing,
        servedSince: 10n,
        vnodes: 3n,
        clusters: 1n,
        vnodeSeconds: 300n,
      });
      expect(second).to.deep.include({ vnodes: 2n, vnodeSeconds: 200n });
      expect(third).to.deep.include({ vnodes: 2n, vnodeSeconds: 200n });
    });

    it("begins when a cluster that was created vacant is filled", () => {
      const filled: ReputationEvent = { name: "ClusterFilled", time: 50n, args: { clusterId: 1n, nodeIds: [2n] } };
      expect(nodesAt([cluster(1n, 10n, 4n, []), filled], 60n)[1]).to.deep.include({ servedSince: 50n, vnodes: 4n, vnodeSeconds: 40n });
    });

    it("follows vnodes from node to node, and ends with the cluster", () => {
      const events: ReputationEvent[] = [
        cluster(1n, 100n, 4n, [1n, 3n]),
        { name: "VnodeReplaced", time: 110n, args: { clusterId: 1n, oldNodeId: 1n, newNodeId: 3n } },
        { name: "NodeReplaced", time: 120n, args: { clusterId: 1n, oldNodeId: 3n, newNodeId: 2n, vnodes: 3n } },
        { name: "ClusterRemoved", time: 130n, args: { clusterId: 1n } },
      ];
      const [first, second, third] = nodesAt(events, 1_000n);
      expect(first).to.deep.equal({ nodeId: 1n, provider: alice, ...nothing, servedSince: 100n, vnodeSeconds: 2n * 10n + 1n * 20n });
      expect(second).to.deep.equal({ nodeId: 2n, provider: alice, ...nothing, servedSince: 120n, vnodeSeconds: 3n * 10n });
      expect(third).to.deep.equal({
        nodeId: 3n,
        provider: bob,
        ...nothing,
        servedSince: 100n,
        vnodeSeconds: 2n * 10n + 3n * 10n,
        exclusions: 1n,
      });
    });

    it("goes over clusters, and over the nodes of a provider", () => {
      const events = [cluster(1n, 10n, 2n, [1n, 2n]), cluster(2n, 20n, 5n, [1n])];
      const [first] = nodesAt(events, 30n);
      expect(first).to.deep.include({ servedSince: 10n, vnodes: 6n, clusters: 2n, vnodeSeconds: 70n });
      const [ofAlice] = computeReputations([...NODES, ...events], 30n).providers;
      expect(ofAlice).to.deep.include({ provider: alice, servedSince: 10n, vnodes: 7n, clusters: 2n, vnodeSeconds: 90n });
    });
  });

  describe("quality", () => {
    const changed = (time: bigint, nodeId: bigint, qualityBps: bigint): ReputationEvent => ({
      name: "QualityReported",
      time,
      args: { clusterId: 1n, nodeId, qualityBps },
    });

    it("is the average over vnodes and seconds", () => {
      const [first] = nodesAt([cluster(1n, 0n, 2n, [1n]), changed(10n, 1n, 4_000n), changed(30n, 1n, 10_000n)], 40n);
      // 10 seconds whole, 20 at 40 %, 10 whole.
      expect(first).to.deep.include({ vnodeSeconds: 80n, qualityBps: 7_000n });
    });

    it("is whole again for a node that comes back", () => {
      const replaced = (time: bigint, oldNodeId: bigint, newNodeId: bigint): ReputationEvent => ({
        name: "NodeReplaced",
        time,
        args: { clusterId: 1n, oldNodeId, newNodeId, vnodes: 1n },
      });
      const [first] = nodesAt([cluster(1n, 0n, 1n, [1n]), changed(0n, 1n, 0n), replaced(10n, 1n, 2n), replaced(10n, 2n, 1n)], 40n);
      expect(first).to.deep.include({ vnodeSeconds: 40n, qualityBps: 7_500n });
    });

    it("is weighted over the nodes of a provider, rounded down", () => {
      const [ofAlice] = computeReputations([...NODES, cluster(1n, 0n, 3n, [1n, 2n]), changed(0n, 2n, 0n)], 10n).providers;
      expect(ofAlice).to.deep.include({ vnodeSeconds: 30n, qualityBps: 6_666n });
    });
  });

  it("adds up what was claimed, by currency", () => {
    const claimed = (clusterId: bigint, nodeId: bigint, scaledAmount: bigint): ReputationEvent => ({
      name: "RevenuesClaimed",
      time: 5n,
      args: { clusterId, nodeId, scaledAmount },
    });
    const events = [
      cluster(1n, 0n, 2n, [1n, 2n]),
      cluster(2n, 0n, 1n, [1n], ether),
      claimed(1n, 1n, 7n),
      claimed(2n, 1n, 11n),
      claimed(1n, 2n, 2n),
    ];
    const [first, second] = nodesAt(events, 10n);
    expect([first?.earned, second?.earned]).to.deep.equal([{ [usd]: 7n, [ether]: 11n }, { [usd]: 2n }]);
    expect(computeReputations([...NODES, ...events], 10n).providers[0]?.earned).to.deep.equal({ [usd]: 9n, [ether]: 11n });
  });

  it("counts reports, those of a miss, and slashes, also after the cluster is gone", () => {
    const report = (qualityBps: bigint): ReputationEvent => ({
      name: "QualityReported",
      time: 5n,
      args: { clusterId: 1n, nodeId: 1n, qualityBps },
    });
    const slash = (amount: bigint): ReputationEvent => ({ name: "NodeSlashed", time: 6n, args: { clusterId: 1n, nodeId: 1n, amount } });
    const removed: ReputationEvent = { name: "ClusterRemoved", time: 6n, args: { clusterId: 1n } };
    const [first, second] = nodesAt(
      [cluster(1n, 0n, 2n, [1n, 2n]), report(9_999n), report(0n), report(10_000n), slash(30n), removed, slash(12n)],
      10n,
    );
    expect(first).to.deep.include({ reports: 3n, misses: 2n, slashes: 2n, slashed: { [usd]: 42n } });
    expect(second).to.deep.include({ reports: 0n, misses: 0n, slashes: 0n, slashed: {} });
  });

  it("counts as a miss what is no better than the report before, in the same cluster and service", () => {
    const report = (clusterId: bigint, qualityBps: bigint): ReputationEvent => ({
      name: "QualityReported",
      time: 5n,
      args: { clusterId, nodeId: 1n, qualityBps },
    });
    const missesAfter = (...events: ReputationEvent[]): bigint | undefined =>
      nodesAt([cluster(1n, 0n, 1n, [1n]), cluster(2n, 0n, 1n, [1n]), ...events], 10n)[0]?.misses;
    expect(missesAfter(report(1n, 5_000n), report(1n, 5_000n))).to.equal(2n);
    // On the way up.
    expect(missesAfter(report(1n, 5_000n), report(1n, 7_000n), report(1n, 10_000n), report(1n, 10_000n))).to.equal(1n);
    expect(missesAfter(report(1n, 5_000n), report(1n, 7_000n), report(1n, 6_000n))).to.equal(2n);
    expect(missesAfter(report(1n, 5_000n), report(2n, 7_000n))).to.equal(2n);
    const replaced = (oldNodeId: bigint, newNodeId: bigint): ReputationEvent => ({
      name: "NodeReplaced",
      time: 6n,
      args: { clusterId: 1n, oldNodeId, newNodeId, vnodes: 1n },
    });
    expect(missesAfter(report(1n, 5_000n), replaced(1n, 2n), replaced(2n, 1n), report(1n, 7_000n))).to.equal(2n);
  });

  describe("leaving", () => {
    const announced: ReputationEvent = { name: "ExitAnnounced", time: 1n, args: { clusterId: 1n, nodeId: 1n } };
    const vacated: ReputationEvent = { name: "NodeVacated", time: 2n, args: { clusterId: 1n, nodeId: 1n } };
    const replacedBy = (newNodeId: bigint): ReputationEvent => ({
      name: "NodeReplaced",
      time: 2n,
      args: { clusterId: 1n, oldNodeId: 1n, newNodeId, vnodes: 2n },
    });
    const cases: [what: string, events: ReputationEvent[], exits: bigint, exclusions: bigint][] = [
      ["an exit, as it was announced", [announced, vacated], 1n, 0n],
      ["an exit, where the manager replaces it meanwhile", [announced, replacedBy(3n)], 1n, 0n],
      ["an exclusion, where its bond fell short", [vacated], 0n, 1n],
      ["an exclusion, where the manager replaces it by another's", [replacedBy(3n)], 0n, 1n],
      ["neither, where it is replaced by another of its provider", [replacedBy(2n)], 0n, 0n],
      [
        "an exclusion of the second time, where the announcement was of the first",
        [announced, vacated, cluster(2n, 3n, 2n, [1n]), exclusion(2n)],
        1n,
        1n,
      ],
    ];
    function exclusion(clusterId: bigint): ReputationEvent {
      return { name: "NodeVacated", time: 4n, args: { clusterId, nodeId: 1n } };
    }
    for (const [what, events, exits, exclusions] of cases) {
      it(`counts ${what}`, () => {
        const [first] = nodesAt([cluster(1n, 0n, 2n, [1n]), ...events], 10n);
        expect([first?.exits, first?.exclusions, first?.vnodes]).to.deep.equal([exits, exclusions, 0n]);
      });
    }

    it("counts an exclusion only with the last vnode, and fills vacancies anew", () => {
      const events: ReputationEvent[] = [
        cluster(1n, 0n, 2n, [1n]),
        { name: "VnodeReplaced", time: 10n, args: { clusterId: 1n, oldNodeId: 1n, newNodeId: 3n } },
      ];
      expect(nodesAt(events, 10n)[0]).to.deep.include({ vnodes: 1n, exclusions: 0n });
      events.push({ name: "VnodeReplaced", time: 10n, args: { clusterId: 1n, oldNodeId: 1n, newNodeId: 3n } });
      expect(nodesAt(events, 10n)[0]).to.deep.include({ vnodes: 0n, exclusions: 1n });
      events.push({ name: "NodeVacated", time: 20n, args: { clusterId: 1n, nodeId: 3n } });
      events.push({ name: "VacancyFilled", time: 30n, args: { clusterId: 1n, nodeId: 2n, vnodes: 2n } });
      expect(nodesAt(events, 40n)[1]).to.deep.include({ servedSince: 30n, vnodes: 2n, vnodeSeconds: 20n });
    });
  });
});
