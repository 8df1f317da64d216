import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type BaseContract, Wallet } from "ethers";

import { PATIENCE } from "../helpers/clusters";
import { type Call, type Registry, send, withEverything, type WithEverything } from "../helpers/everyCall";
import { now } from "../helpers/units";

// A stranger fills the registries with what is worth next to nothing. Nobody else's call may cost any more for it, to the unit of gas.

const THOUSAND = 1_000;
const PER_TRANSACTION = 100;

/** A call again and again, in as few transactions as fit. */
async function repeat(contract: BaseContract, from: Call["from"], encode: (i: number) => string): Promise<void> {
  for (let done = 0; done < THOUSAND; done += PER_TRANSACTION) {
    const calls = Array.from({ length: PER_TRANSACTION }, (_, i) => encode(done + i));
    const data = contract.interface.encodeFunctionData("multicall", [calls]);
    await from.sendTransaction({ to: contract, data });
  }
}

/**
 * A thousand accounts, nodes, clusters, and buckets: in the cluster of the others, offered to one of them, and paying a wei elsewhere, to as
 * many clusters as an account can.
 */
async function dust(fixture: WithEverything): Promise<void> {
  const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, owner, testUSD } = fixture;
  // Somebody who has no part in any of the calls.
  const stranger = fixture.deployer;
  const token = await testUSD.getAddress();
  await testUSD.mint(stranger, 10 * THOUSAND);
  await testUSD.connect(stranger).approve(accountRegistry, 10 * THOUSAND);
  await repeat(accountRegistry, stranger, () =>
    accountRegistry.interface.encodeFunctionData("depositFor", [Wallet.createRandom().address, token, 1]),
  );
  await repeat(accountRegistry, stranger, () => accountRegistry.interface.encodeFunctionData("depositFor", [owner.address, token, 1]));
  await repeat(nodeRegistry, stranger, () => nodeRegistry.interface.encodeFunctionData("createNode", [1, 40, "dust"]));
  await nodeRegistry.connect(stranger).trustManager(stranger);
  const [firstNode, firstCluster, firstBucket] = [11, 5, 5];
  const clusters = clusterRegistry.interface;
  await repeat(clusterRegistry, stranger, (i) => clusters.encodeFunctionData("createCluster", [token, 1, [firstNode + i], 3_000, ""]));
  await repeat(clusterRegistry, stranger, (i) => clusters.encodeFunctionData("reserveResource", [firstCluster + i, 40]));
  const buckets = bucketRegistry.interface;
  await repeat(bucketRegistry, stranger, () => buckets.encodeFunctionData("createBucket", [1, "dust"]));
  await repeat(bucketRegistry, stranger, (i) => buckets.encodeFunctionData("offerBucket", [firstBucket + i, owner.address]));
  await repeat(bucketRegistry, stranger, (i) => buckets.encodeFunctionData("createBucket", [firstCluster + (i % 32), ""]));
  await repeat(bucketRegistry, stranger, (i) => buckets.encodeFunctionData("allocate", [firstBucket + THOUSAND + i, 1, 1]));
  expect((await bucketRegistry.getBucket(firstBucket + 2 * THOUSAND - 1)).ratePerMonth).to.equal(1n);
}

describe("attacks by dust", function () {
  this.timeout(PATIENCE);

  it("a thousand accounts, nodes, clusters and buckets of a stranger cost nobody else's call a unit of gas", async () => {
    const fixture = await withEverything();
    const registries = Object.keys(fixture.calls) as Registry[];
    const timestamp = (await now()) + 2_000n;
    const measure = async (): Promise<Record<string, bigint>> => {
      const costs: Record<string, bigint> = {};
      for (const registry of registries) {
        for (const call of fixture.calls[registry]) {
          const snapshot = await takeSnapshot();
          costs[`${registry}.${call.name}`] = (await send(call, timestamp)).gasUsed;
          await snapshot.restore();
        }
      }
      return costs;
    };
    const before = await measure();
    expect(Object.keys(before).length).to.equal(registries.reduce((sum, registry) => sum + fixture.calls[registry].length, 0));
    await dust(fixture);
    expect(await measure()).to.deep.equal(before);
  });
});
