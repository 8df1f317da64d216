import { expect } from "chai";
import { ethers } from "hardhat";

import { type NodeCriteria, type NodeCriterion, findNodes, parseWantedEngine, readTrusted } from "../../../src";
import { base, usd } from "../../fixtures";
import { registriesOf } from "../../helpers/custody";

const params = (region: string, version: string): string =>
  JSON.stringify({ url: `https://${region}.example`, region, engine: { name: "storage", version } });

async function nodes() {
  const fixture = await base();
  const { clusterRegistry, manager, nodeRegistry, otherManager, provider1, provider2, provider3, testUSD } = fixture;
  await nodeRegistry.connect(provider1).createNode(usd("0.02"), 100, params("eu-central", "1.2.0"));
  await nodeRegistry.connect(provider2).createNode(usd("0.01"), 50, params("us", "1.3.0"));
  await nodeRegistry.connect(provider3).createNode(usd("0.01"), 80, "");
  await nodeRegistry.connect(provider1).trustManager(manager);
  await nodeRegistry.connect(provider1).trustManager(otherManager);
  await nodeRegistry.connect(provider2).trustManager(manager);
  await nodeRegistry.connect(provider2).distrustManager(manager);
  await nodeRegistry.connect(provider1).distrustManager(manager);
  await nodeRegistry.connect(provider1).trustManager(manager);
  await clusterRegistry.connect(manager).createCluster(testUSD, 2, [1], 0, "");
  await clusterRegistry.connect(manager).reserveResource(1, 20);
  return { ...fixture, registries: await registriesOf(fixture) };
}

async function search(criteria: NodeCriteria): Promise<{ found: bigint[]; unmet: Record<string, NodeCriterion[]> }> {
  const { matches, nearMisses } = await findNodes((await nodes()).registries, criteria);
  return {
    found: matches.map(({ nodeId }) => nodeId),
    unmet: Object.fromEntries(nearMisses.map(({ node, unmet }) => [String(node.nodeId), unmet])),
  };
}

describe("findNodes", () => {
  it("finds the cheapest first, and of those the ones with the most room", async () => {
    expect(await search({})).to.deep.equal({ found: [3n, 2n, 1n], unmet: {} });
  });

  it("counts what no cluster has reserved, to the unit", async () => {
    expect((await search({ free: 60n })).found).to.deep.equal([3n, 1n]);
    expect((await search({ free: 61n })).unmet).to.deep.equal({ "1": ["free"], "2": ["free"] });
  });

  it("names the unmet criteria of each near miss", async () => {
    const { manager } = await base();
    const criteria = {
      engine: parseWantedEngine("storage@~1.2"),
      region: "eu",
      free: 1n,
      maxRent: usd("0.02") - 1n,
      manager: manager.address,
    };
    expect(await search(criteria)).to.deep.equal({
      found: [],
      unmet: { "1": ["maxRent"], "2": ["version", "region", "manager"], "3": ["engine", "region", "manager"] },
    });
  });

  it("finds those whose provider trusts a manager", async () => {
    const { otherManager, manager } = await base();
    expect((await search({ manager: manager.address })).found).to.deep.equal([1n]);
    expect((await search({ manager: otherManager.address })).found).to.deep.equal([1n]);
  });
});

describe("readTrusted", () => {
  it("lists whom each provider trusts now, in the order in which it began to", async () => {
    const { registries, manager, otherManager, provider1, provider2 } = await nodes();
    const trusted = await readTrusted(registries, { fromBlock: 0, toBlock: await ethers.provider.getBlockNumber() });
    expect([...trusted]).to.deep.equal([
      [provider1.address, [otherManager.address, manager.address]],
      [provider2.address, []],
    ]);
  });
});
