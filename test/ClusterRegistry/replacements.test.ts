import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import { testUsd, usd, type WithNodes, withNodes } from "../fixtures";
import { createCluster, createNodes, FINE_PER_BASE_UNIT, fineBalances, MEASURING_COVERAGE, PATIENCE, vnodesOf } from "../helpers/clusters";
import { Model, type ModelNode, type Outcome } from "./model";

// Two clusters share twelve nodes of several rents and capacities. Whatever managers ask for, at random, the registries and the model have to
// agree on whether it happens, and on what the world looks like afterwards.

const STEPS = MEASURING_COVERAGE ? 10 : 150;
const STEPS_BETWEEN_LOOKS = 5;
const CLUSTERS = [
  { vnodeCount: 13, nodes: 7 },
  { vnodeCount: 6, nodes: 3 },
];
const DEPOSIT = testUsd("100000");

/** Numbers that look random and are the same in each run (a linear congruential generator). */
function generator(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number((state >> 33n) % BigInt(below));
  };
}

interface Step {
  what: string;
  expected: Outcome;
  send: () => Promise<ContractTransactionResponse>;
}

class World {
  readonly outcomes = new Map<string, number>();

  private constructor(
    private readonly fixture: WithNodes,
    private readonly model: Model,
    private readonly random: (below: number) => number,
  ) {}

  static async create(seed: number): Promise<World> {
    const fixture = await withNodes();
    const { accountRegistry, bucketRegistry, nodeRegistry, otherOwner, owner, provider1, testUSD } = fixture;
    const random = generator(seed);
    const nodes = Array.from({ length: 12 }, () => ({ rent: usd("1") * BigInt(random(4)), capacity: BigInt(10 + random(40)) }));
    const nodeIds = await createNodes(nodeRegistry, provider1, nodes);
    const [distrustful] = await createNodes(nodeRegistry, otherOwner, [{ rent: 0n, capacity: 100n }]);
    const known = new Map<bigint, ModelNode>(nodeIds.map((nodeId, i) => [nodeId, { ...nodes[i]!, trusted: true }]));
    known.set(distrustful!, { rent: 0n, capacity: 100n, trusted: false });

    const model = new Model(known);
    const world = new World({ ...fixture, clusterRegistry: fixture.clusterRegistry.connect(fixture.manager) }, model, random);
    for (const { nodes: count, vnodeCount } of CLUSTERS) {
      const clusterId = await createCluster(fixture, BigInt(vnodeCount), nodeIds.slice(0, count), { managementFeeBps: 200n });
      model.createCluster(clusterId, vnodeCount, nodeIds.slice(0, count));
      // Nothing is reserved yet, so that the bucket begins with nothing. Its id is the cluster's.
      await accountRegistry.connect(owner).deposit(testUSD, DEPOSIT);
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
    }
    return world;
  }

  async step(): Promise<void> {
    const step = this.next();
    const { bucketRegistry, clusterRegistry } = this.fixture;
    if (step.expected === undefined) {
      await step.send();
    } else {
      const contract = step.what.startsWith("bucket") ? bucketRegistry : clusterRegistry;
      await expect(step.send(), step.what).to.be.revertedWithCustomError(contract, step.expected);
    }
    const outcome = step.expected ?? step.what;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  async compare(): Promise<void> {
    const { clusterRegistry, nodeRegistry } = this.fixture;
    for (const [clusterId, { perVnode, rents, used, vnodes }] of this.model.clusters) {
      expect(await vnodesOf(this.fixture, clusterId)).to.deep.equal(vnodes);
      const status = await clusterRegistry.getCluster(clusterId);
      expect(status.rentPerUnit).to.equal(this.model.rentPerUnit(clusterId));
      expect(status.nodeCount).to.equal(BigInt(new Set(vnodes).size));
      expect([status.resourcePerVnode, status.resourceUsed]).to.deep.equal([perVnode, used]);
      const members = await clusterRegistry.getMembers(clusterId);
      expect(new Map(members.map(({ nodeId, rentPerMonth }) => [nodeId, rentPerMonth]))).to.deep.equal(rents);
      for (const { nodeId, vnodes: count } of members) expect(count).to.equal(this.model.vnodesOn(clusterId, nodeId));
    }
    for (const [nodeId, { capacity }] of this.model.nodes) {
      const status = await nodeRegistry.getNode(nodeId);
      expect(status.reserved).to.equal(this.model.reserved(nodeId), `reserved of node ${nodeId}`);
      expect(status.clusters).to.equal(this.model.clustersOf(nodeId), `clusters of node ${nodeId}`);
      expect(status.capacity).to.equal(capacity);
    }
    await this.compareMoney();
  }

  /** Deposits = balances + what streams owe + pools + what nodes can claim + what did not divide, in fine units. */
  private async compareMoney(): Promise<void> {
    const { accountRegistry, admin, clusterRegistry, manager, owner, provider1 } = this.fixture;
    let total = (await fineBalances(this.fixture, [admin, manager, owner, provider1])).reduce((sum, balance) => sum + balance, 0n);
    for (const clusterId of this.model.clusters.keys()) {
      total += (await accountRegistry.getStream(owner, clusterId)).fineOwed + (await accountRegistry.poolOf(clusterId));
      total += await clusterRegistry.undividedOf(clusterId);
      for (const { fineClaimable } of await clusterRegistry.getMembers(clusterId)) total += fineClaimable;
    }
    expect(total).to.equal(BigInt(CLUSTERS.length) * DEPOSIT * FINE_PER_BASE_UNIT);
  }

  private next(): Step {
    const { bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1 } = this.fixture;
    const clusterId = BigInt(1 + this.random(CLUSTERS.length));
    const [nodeId, otherId] = [this.anyNode(), this.anyNode()];
    const { used, vnodes } = this.model.cluster(clusterId);
    const bucketId = clusterId;
    const amount = BigInt(1 + this.random(3));
    const choice = this.random(100);

    if (choice < 45) {
      const index = this.random(vnodes.length + 1);
      const expected = this.model.replaceNode(clusterId, index, nodeId);
      return { what: "replaceNode", expected, send: () => clusterRegistry.connect(manager).replaceNode(clusterId, index, nodeId) };
    }
    if (choice < 58) {
      const expected = this.model.replaceNodes(clusterId, nodeId, otherId);
      return { what: "replaceNodes", expected, send: () => clusterRegistry.connect(manager).replaceNodes(clusterId, nodeId, otherId) };
    }
    if (choice < 66) {
      const expected = this.model.reserve(clusterId, amount);
      return { what: "reserve", expected, send: () => clusterRegistry.connect(manager).reserveResource(clusterId, amount) };
    }
    if (choice < 72) {
      const expected = this.model.release(clusterId, amount);
      return { what: "release", expected, send: () => clusterRegistry.connect(manager).releaseResource(clusterId, amount) };
    }
    if (choice < 79) {
      const expected = this.model.acceptRent(clusterId, nodeId);
      return { what: "acceptRent", expected, send: () => clusterRegistry.connect(manager).acceptRent(clusterId, nodeId, usd("100")) };
    }
    if (choice < 84) {
      const node = this.model.node(nodeId);
      if (node.trusted) node.rent = usd("1") * BigInt(this.random(4));
      const registry = nodeRegistry.connect(node.trusted ? provider1 : this.fixture.otherOwner);
      return { what: "changeRent", expected: undefined, send: () => registry.changeNodeRent(nodeId, node.rent) };
    }
    if (choice < 91) {
      const expected = this.model.allocate(clusterId, amount);
      const send = (): Promise<ContractTransactionResponse> => bucketRegistry.connect(owner).allocate(bucketId, amount, usd("1000"));
      return { what: "bucket: allocate", expected, send };
    }
    if (used !== 0n && choice < 96) {
      this.model.cluster(clusterId).used = 0n;
      return { what: "bucket: release", expected: undefined, send: () => bucketRegistry.connect(owner).release(bucketId, used) };
    }
    return { what: "bucket: settle", expected: undefined, send: () => bucketRegistry.settlePayment(bucketId) };
  }

  private anyNode(): bigint {
    const nodeIds = [...this.model.nodes.keys()];
    return nodeIds[this.random(nodeIds.length)]!;
  }
}

describe("ClusterRegistry: replacements in any order", () => {
  for (const seed of [1, 2, 3]) {
    it(`leave what a simple model says, through ${STEPS} steps (seed ${seed})`, async function () {
      this.timeout(PATIENCE);
      const world = await World.create(seed);
      await world.compare();
      for (let i = 1; i <= STEPS; ++i) {
        await time.increase(3_600);
        await world.step();
        if (i % STEPS_BETWEEN_LOOKS === 0) await world.compare();
      }
      if (MEASURING_COVERAGE) return;
      // A run in which nothing was possible, or everything, would prove little.
      for (const outcome of ["replaceNode", "replaceNodes", "acceptRent", "VnodeAlreadyOnNode", "NodeCapacityExceeded", "RentNotLower"]) {
        expect(world.outcomes.get(outcome) ?? 0, outcome).to.be.greaterThan(0);
      }
    });
  }
});
