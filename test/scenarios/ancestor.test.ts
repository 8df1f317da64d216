import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { pathInSegment } from "../../examples/storage/demo/ring";
import { engine } from "../../src";
import { type Base, MONTH, base, testUsd, usd } from "../fixtures";
import { freeCapacities, vnodesOf } from "../helpers/clusters";
import { expectExactCustody, registriesOf } from "../helpers/custody";
import { addBucket, deposit } from "../helpers/steps";
import { at, now } from "../helpers/units";

const [STORAGE, GATEWAY] = [1n, 2n];
const NODES = [1n, 2n, 3n, 4n, 5n, 6n];
const VNODES = 12;
const RENT = usd("0.05");
const GATEWAY_RENT = usd("2");
const urlOf = (nodeId: bigint | number): string => `https://node${nodeId}.example`;
const paramsOf = (nodeId: number): string => JSON.stringify({ url: urlOf(nodeId) });

/** Six storage nodes of three providers in a cluster of twelve vnodes, and the manager's gateway in one of its own. */
async function buildNetwork(): Promise<Base & { treasury: Base["stranger"] }> {
  const fixture = await base();
  const { nodeRegistry, clusterRegistry, testUSD, admin, manager, provider1, provider2, provider3, stranger: treasury } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(100, treasury);
  for (const [i, provider] of [provider1, provider2, provider3].entries()) {
    for (const nodeId of [2 * i + 1, 2 * i + 2]) await nodeRegistry.connect(provider).createNode(RENT, 100, paramsOf(nodeId));
    await nodeRegistry.connect(provider).trustManager(manager);
  }
  await nodeRegistry.connect(manager).createNode(GATEWAY_RENT, 100, paramsOf(7));
  await nodeRegistry.connect(manager).trustManager(manager);
  const clusters = clusterRegistry.connect(manager);
  const storage = JSON.stringify({ engine: { name: "storage", version: "1.0.0" }, replication: 3 });
  await clusters.createCluster(testUSD, VNODES, NODES, 200, storage);
  await clusters.reserveResource(STORAGE, 15);
  await clusters.createCluster(testUSD, 1, [7], 300, JSON.stringify({ engine: { name: "gateway", version: "1.0.0" } }));
  await clusters.reserveResource(GATEWAY, 15);
  return { ...fixture, treasury };
}

/** The nodes on which a bucket's keys in some segments of the ring lie, the primary first. */
async function placesOf(fixture: Base, bucketId: bigint, segments: readonly number[]): Promise<bigint[][]> {
  const routes = await engine.readRoutes(await registriesOf(fixture), bucketId);
  return segments.map((segment) => {
    const places = engine.routesOf(routes, pathInSegment(bucketId, segment, VNODES));
    expect(places.map(({ url }) => url)).to.deep.equal(places.map(({ nodeId }) => urlOf(nodeId)));
    return places.map(({ nodeId }) => nodeId);
  });
}

describe("Scenario: the network that the ancestor of these contracts simulated", () => {
  it("has its capacities, its places on the ring and its payments, before and after vnodes 0 and 6 are replaced", async () => {
    const fixture = await buildNetwork();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, testUSD, treasury } = fixture;
    const { manager, owner, otherOwner, provider1, provider2, provider3 } = fixture;
    expect(await vnodesOf(fixture, STORAGE)).to.deep.equal([...NODES, ...NODES]);
    expect(await freeCapacities(fixture, [...NODES, 7n])).to.deep.equal([70n, 70n, 70n, 70n, 70n, 70n, 85n]);
    const { rentPerUnit } = await clusterRegistry.getCluster(STORAGE);
    expect(rentPerUnit).to.equal(usd("0.6"));

    // Ten units at 6 USD a month, five at 3 USD from a sixth of the month on, and a unit of the gateway at 2 USD from a quarter on.
    const first = await addBucket(fixture, owner, STORAGE);
    const second = await addBucket(fixture, otherOwner, STORAGE);
    const third = await addBucket(fixture, owner, GATEWAY);
    await deposit(fixture, owner, testUSD, testUsd("20"));
    await deposit(fixture, otherOwner, testUSD, testUsd("10"));
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(first, 10, rentPerUnit);
    await at(start + MONTH / 6n);
    await bucketRegistry.connect(otherOwner).allocate(second, 5, rentPerUnit);
    await at(start + MONTH / 4n);
    await bucketRegistry.connect(owner).allocate(third, 1, GATEWAY_RENT);
    const served = [
      [1n, 2n, 3n],
      [2n, 3n, 4n],
      [5n, 6n, 1n],
    ];
    expect(await placesOf(fixture, first, [0, 1, 4])).to.deep.equal(served);
    expect(await placesOf(fixture, second, [0, 1, 4])).to.deep.equal(served);
    expect(await placesOf(fixture, third, [0])).to.deep.equal([[7n]]);

    // Half a month before weights change has earned 3 + 1 tokens, without anybody settling: each node a sixth of what fees leave.
    const beforeMoves = await takeSnapshot();
    await at(start + MONTH / 2n);
    expect((await clusterRegistry.getCluster(STORAGE, { blockTag: "pending" })).revenues).to.equal(testUsd("4"));
    await clusterRegistry.connect(manager).replaceNode(STORAGE, 0, 5);
    expect(await freeCapacities(fixture, NODES)).to.deep.equal([85n, 70n, 70n, 70n, 55n, 70n]);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(testUsd("0.6468"));

    // Both moves in the same second.
    await beforeMoves.restore();
    await at(start + MONTH / 2n);
    const { interface: api } = clusterRegistry;
    const moves = [
      [0, 5],
      [6, 6],
    ].map(([vnode, nodeId]) => api.encodeFunctionData("replaceNode", [STORAGE, vnode!, nodeId!]));
    await clusterRegistry.connect(manager).multicall(moves);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal(testUsd("0.6468"));
    expect(await freeCapacities(fixture, NODES)).to.deep.equal([100n, 70n, 70n, 70n, 55n, 55n]);
    expect(await vnodesOf(fixture, STORAGE)).to.deep.equal([5n, 2n, 3n, 4n, 5n, 6n, 6n, 2n, 3n, 4n, 5n, 6n]);
    const moved = [
      [5n, 2n, 3n],
      [2n, 3n, 4n],
      [5n, 6n, 2n],
    ];
    expect(await placesOf(fixture, first, [0, 1, 4])).to.deep.equal(moved);
    expect(await placesOf(fixture, second, [0, 1, 4])).to.deep.equal(moved);
    // Node 1 has left the cluster, and can go; nothing became dearer.
    expect((await clusterRegistry.getCluster(STORAGE)).nodeCount).to.equal(5n);
    expect((await clusterRegistry.getCluster(STORAGE)).rentPerUnit).to.equal(rentPerUnit);
    await nodeRegistry.connect(provider1).removeNode(1);
    await expectExactCustody(fixture);

    // The second half: 3 + 1.5 tokens for storage, and three quarters of a month of the gateway.
    await bucketRegistry.settlePayments([first, second, third]);
    await at(start + MONTH);
    await clusterRegistry.multicall([STORAGE, GATEWAY].map((clusterId) => api.encodeFunctionData("distributeRevenues", [clusterId])));
    expect((await accountRegistry.getAccount(owner, testUSD)).balance).to.equal(testUsd("12.5"));
    expect((await accountRegistry.getAccount(otherOwner, testUSD)).balance).to.equal(testUsd("7.5"));
    const earned = { 2: "1.37445", 3: "1.37445", 4: "1.37445", 5: "1.091475", 6: "1.091475" };
    for (const [nodeId, amount] of Object.entries(earned)) {
      expect(await clusterRegistry.claimable(STORAGE, nodeId), `node ${nodeId}`).to.equal(testUsd(amount));
      await clusterRegistry.claimRevenues(STORAGE, nodeId);
    }
    expect(await clusterRegistry.claimable(GATEWAY, 7)).to.equal(testUsd("1.44045"));
    await clusterRegistry.claimRevenues(GATEWAY, 7);
    await expectExactCustody(fixture);

    // All of the 10 tokens that were paid, to the last base unit.
    for (const [party, amount] of [
      [treasury, "0.1"],
      [manager, "1.6533"],
      [provider1, "2.02125"],
      [provider2, "2.7489"],
      [provider3, "3.47655"],
    ] as const) {
      await expect(accountRegistry.connect(party).withdraw(testUSD, MaxUint256, party)).to.changeTokenBalance(
        testUSD,
        party,
        testUsd(amount),
      );
    }
    await expectExactCustody(fixture);
  });
});
