import { expect } from "chai";
import { ethers } from "hardhat";

import { type ClusterCriteria, type ClusterCriterion, findClusters, parseWantedEngine, readClusterListings } from "../../../src";
import { type Base, NATIVE, base, usd } from "../../fixtures";
import { registriesOf } from "../../helpers/custody";
import { judge, withServing } from "../../helpers/terms";

/** A node in a region; all providers trust the manager. */
async function addNode(fixture: Base, provider: "provider1" | "provider2" | "provider3", rent: string, params: string): Promise<void> {
  await fixture.nodeRegistry.connect(fixture[provider]).createNode(usd(rent), 10_000, params);
  await fixture.nodeRegistry.connect(fixture[provider]).trustManager(fixture.manager);
}

const region = (name: string): string => JSON.stringify({ url: "https://node.example", region: name });
const engine = (name: string, version: string): string => JSON.stringify({ engine: { name, version } });

/**
 * Cluster 1: storage 1.2.0 in eu, 60 free, 0.02. Cluster 2: storage 1.4.1 in eu and us, 100 free, 0.015. Cluster 3: storage 2.0.0 in eu, native,
 * 100 free, 0.01. Cluster 4: says nothing, its node neither.
 */
async function setup() {
  const fixture = await base();
  const { clusterRegistry, manager, otherManager, bucketRegistry, owner, testUSD } = fixture;
  await addNode(fixture, "provider1", "0.02", region("eu-central"));
  await addNode(fixture, "provider2", "0.02", region("eu-west"));
  await addNode(fixture, "provider2", "0.01", region("us"));
  await addNode(fixture, "provider3", "0.01", region("eu"));
  await addNode(fixture, "provider3", "0.5", "{not JSON");
  const clusters = clusterRegistry.connect(manager);
  await clusters.createCluster(testUSD, 4, [1, 2], 100, engine("storage", "1.2.0"));
  await clusters.reserveResource(1, 100);
  await clusters.createCluster(testUSD, 2, [2, 3], 0, engine("storage", "1.4.1"));
  await clusters.reserveResource(2, 100);
  await clusters.createCluster(NATIVE, 3, [4], 0, engine("storage", "2.0.0"));
  await clusters.reserveResource(3, 100);
  await clusters.createCluster(testUSD, 1, [5], 0, "");
  await bucketRegistry.connect(owner).createBucket(1, "");
  await bucketRegistry.connect(owner).allocate(1, 40, usd("1"));
  return { ...fixture, otherManager, registries: await registriesOf(fixture) };
}

/** The ids that are found, and what the others lack, by id. */
async function search(criteria: ClusterCriteria): Promise<{ found: bigint[]; unmet: Record<string, ClusterCriterion[]> }> {
  const { matches, nearMisses } = await findClusters((await setup()).registries, criteria);
  return {
    found: matches.map(({ clusterId }) => clusterId),
    unmet: Object.fromEntries(nearMisses.map(({ cluster, unmet }) => [String(cluster.clusterId), unmet])),
  };
}

describe("findClusters", () => {
  it("finds all, the cheapest vnode first, if nothing is wanted", async () => {
    expect(await search({})).to.deep.equal({ found: [3n, 2n, 1n, 4n], unmet: {} });
  });

  it("finds what is all that is wanted, and says of the others what they lack", async () => {
    const { testUSD } = await base();
    const criteria: ClusterCriteria = {
      engine: parseWantedEngine("storage@^1.2"),
      region: "eu",
      free: 50n,
      maxRent: usd("0.02"),
      currency: await testUSD.getAddress(),
      minNodes: 2n,
      minProviders: 2n,
    };
    expect(await search(criteria)).to.deep.equal({
      found: [1n],
      unmet: {
        "2": ["region", "minProviders"],
        "3": ["version", "currency", "minNodes", "minProviders"],
        "4": ["engine", "region", "free", "maxRent", "minNodes", "minProviders"],
      },
    });
  });

  it("puts those that are nearly right first among the others", async () => {
    const { registries } = await setup();
    const { nearMisses } = await findClusters(registries, { region: "eu-central", free: 100n });
    expect(nearMisses.map(({ cluster, unmet }) => [cluster.clusterId, unmet])).to.deep.equal([
      [3n, ["region"]],
      [2n, ["region"]],
      [1n, ["region", "free"]],
      [4n, ["region", "free"]],
    ]);
  });

  it("counts what is free to the unit, and none in a closed cluster", async () => {
    expect((await search({ free: 60n })).found).to.include(1n);
    expect((await search({ free: 61n })).unmet).to.have.deep.property("1", ["free"]);
    const { clusterRegistry, manager, registries } = await setup();
    await clusterRegistry.connect(manager).closeCluster(3, true);
    const { nearMisses } = await findClusters(registries, { free: 1n });
    expect(nearMisses.find(({ cluster }) => cluster.clusterId === 3n)).to.have.deep.property("unmet", ["open", "free"]);
  });

  it("compares rents exactly: per vnode, on average, and for what is wanted in all", async () => {
    // Cluster 2 has a vnode at 0.02 and one at 0.01.
    expect((await search({ maxRent: usd("0.015") })).found).to.deep.equal([3n, 2n]);
    expect((await search({ maxRent: usd("0.015") - 1n })).found).to.deep.equal([3n]);
    expect((await search({ free: 60n, maxCost: usd("4.8") })).found).to.deep.equal([3n, 2n, 1n]);
    expect((await search({ free: 60n, maxCost: usd("4.8") - 1n })).found).to.deep.equal([3n, 2n]);
    expect((await search({ maxCost: usd("0.03") })).found).to.deep.equal([3n, 2n]);
  });

  it("tells regions, providers, nodes and the engine", async () => {
    const offers = await readClusterListings((await setup()).registries);
    expect(offers[1]).to.deep.include({
      clusterId: 2n,
      engine: { name: "storage", version: "1.4.1" },
      regions: { "eu-west": 1n, us: 1n },
      free: 100n,
      rentPerVnode: usd("0.015"),
      nodeCount: 2n,
      providers: 1n,
      vacantVnodes: 0n,
      qualityBps: 10_000n,
    });
    expect(offers[3]).to.deep.include({ clusterId: 4n, engine: undefined, regions: { "": 1n }, providers: 1n });
  });

  it("counts quality over all vnodes, of which vacant ones have none", async () => {
    const fixture = await withServing();
    const registries = await registriesOf(fixture);
    await judge(fixture, 1n, 4_000n);
    const [judged] = await readClusterListings(registries);
    // Two vnodes of six at 40 %, as the contract has it, too.
    expect(judged).to.deep.include({ qualityBps: 8_000n, vacantVnodes: 0n });
    const { served, nominal } = await fixture.clusterRegistry.servedOf(1);
    expect((served * 10_000n) / nominal).to.equal(8_000n);

    const { termsRegistry, provider2 } = fixture;
    await termsRegistry.connect(provider2).announceExit(1, 2);
    const { exitAt } = await termsRegistry.getAgreement(1, 2);
    await ethers.provider.send("evm_setNextBlockTimestamp", [Number(exitAt)]);
    await termsRegistry.finishExit(1, 2);
    const [vacant] = await readClusterListings(registries);
    expect(vacant).to.deep.include({ vacantVnodes: 2n, nodeCount: 2n, regions: { "": 4n }, qualityBps: 4_666n });
    expect((await findClusters(registries, { minQuality: 4_667n })).nearMisses[0]?.unmet).to.deep.equal(["minQuality"]);
    expect((await findClusters(registries, { minQuality: 4_666n })).matches).to.have.length(1);
  });
});
