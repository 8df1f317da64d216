import { expect } from "chai";

import { base, usd } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addCluster, addNode } from "../helpers/steps";

describe("Scenario: vnodes are replaced", () => {
  it("leaves free capacities of 100, 70, 70, 70, 55, 55 when vnodes 0 and 6 of twelve over six nodes move", async () => {
    const fixture = await base();
    const { clusterRegistry, nodeRegistry, testUSD, manager, provider1, provider2 } = fixture;
    const nodeIds: bigint[] = [];
    for (let i = 0; i < 6; ++i) {
      nodeIds.push(await addNode(fixture, i % 2 === 0 ? provider1 : provider2, manager, usd("10"), 100n));
    }
    const plan = { currency: testUSD, vnodeCount: 12n, nodeIds, managementFeeBps: 0n, reserved: 15n };
    const clusterId = await addCluster(fixture, manager, plan);
    const freeCapacities = async (): Promise<bigint[]> =>
      Promise.all(
        nodeIds.map(async (nodeId) => {
          const { capacity, reserved } = await nodeRegistry.getNode(nodeId);
          return capacity - reserved;
        }),
      );
    expect(await freeCapacities()).to.deep.equal([70n, 70n, 70n, 70n, 70n, 70n]);

    await clusterRegistry.connect(manager).replaceNode(clusterId, 0, 5);
    expect(await freeCapacities()).to.deep.equal([85n, 70n, 70n, 70n, 55n, 70n]);
    await clusterRegistry.connect(manager).replaceNode(clusterId, 6, 6);
    expect(await freeCapacities()).to.deep.equal([100n, 70n, 70n, 70n, 55n, 55n]);
    const vnodes = await clusterRegistry.getVnodes(clusterId, 0, 12);
    expect(vnodes).to.deep.equal([5n, 2n, 3n, 4n, 5n, 6n, 6n, 2n, 3n, 4n, 5n, 6n]);
    // Node 1 has left the cluster, and can go.
    expect((await clusterRegistry.getCluster(clusterId)).nodeCount).to.equal(5n);
    await nodeRegistry.connect(provider1).removeNode(1);
    await expectExactCustody(fixture);
  });
});
