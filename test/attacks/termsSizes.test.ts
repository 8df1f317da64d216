import { expect } from "chai";

import { DEFAULTS } from "../fixtures";
import { createNodes, MAX_GAS, MAX_NODES, MAX_UINT16, PATIENCE } from "../helpers/clusters";
import { BOND, CODE, encoded, gasOf, termsOf, withTerms, type WithTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// A cluster of 65,535 vnodes with terms of its own, over 256 nodes: what each function costs there.

const LARGEST = { gasLimit: MAX_GAS - 1n };
const CLUSTER = 2n;
const PARAMS = "x".repeat(24_000);

describe("attacks by size on terms", function () {
  this.timeout(PATIENCE);

  let fixture: WithTerms;
  let nodeIds: bigint[];

  /** Calls, a hundred in a transaction. */
  const many = async (name: string, argsOf: (nodeId: bigint) => readonly unknown[]): Promise<void> => {
    const { provider1, termsRegistry } = fixture;
    for (let done = 0; done < nodeIds.length; done += 60) {
      const calls = nodeIds.slice(done, done + 60).map((nodeId) => encoded(termsRegistry, name, argsOf(nodeId)));
      await termsRegistry.connect(provider1).multicall(calls, LARGEST);
    }
  };

  it("every function costs less than a transaction may, with 256 nodes", async () => {
    fixture = await withTerms();
    const { accountRegistry, bucketRegistry, clusterRegistry, manager, nodeRegistry, owner, provider1, termsRegistry, testUSD } = fixture;
    const { validator } = fixture;
    await accountRegistry.connect(owner).depositFor(provider1, testUSD, MAX_UINT16 + 1_000n);
    await accountRegistry.connect(owner).deposit(testUSD, 100_000n * BOND);
    nodeIds = await createNodes(
      nodeRegistry,
      provider1,
      Array<{ rent: bigint; capacity: bigint }>(MAX_NODES + 1).fill({ rent: 10n ** 16n, capacity: 10n ** 6n }),
    );
    const spare = nodeIds.pop()!;
    const gas: Record<string, bigint> = {};
    const terms = termsOf(validator, { bondPerVnode: 1n, maxSlashBps: 10_000n });
    const theirs = termsRegistry.connect(manager);
    gas.createClusterWithTerms = await gasOf(theirs.createClusterWithTerms(terms, testUSD, MAX_UINT16, 200, PARAMS, LARGEST));
    await many("acceptTerms", (nodeId) => [CLUSTER, nodeId]);
    await many("postBond", (nodeId) => [CLUSTER, nodeId, 256n]);
    gas.fillCluster = await gasOf(theirs.fillCluster(CLUSTER, nodeIds, LARGEST));
    gas.reserveResource = await gasOf(clusterRegistry.connect(manager).reserveResource(CLUSTER, DEFAULTS.reservedPerVnode, LARGEST));
    await bucketRegistry.connect(owner).createBucket(CLUSTER, "");
    await bucketRegistry.connect(owner).allocate(1, 1, 2n ** 96n);

    const [first, second, third] = nodeIds as [bigint, bigint, bigint];
    await termsRegistry.connect(provider1).announceExit(CLUSTER, second);
    gas.slash = await gasOf(termsRegistry.connect(validator).slash(CLUSTER, third, 256, CODE, ""));
    await at((await now()) + 10n * DAY);
    await bucketRegistry.settlePayment(1);
    gas.reportQuality = await gasOf(termsRegistry.connect(validator).reportQuality(CLUSTER, first, 0, CODE, "", LARGEST));
    await bucketRegistry.settlePayment(1);
    gas.finishExit = await gasOf(termsRegistry.finishExit(CLUSTER, second, LARGEST));
    await bucketRegistry.settlePayment(1);
    gas.vacateUncovered = await gasOf(termsRegistry.vacateUncovered(CLUSTER, third, LARGEST));
    await termsRegistry.connect(provider1).acceptTerms(CLUSTER, spare);
    await termsRegistry.connect(provider1).postBond(CLUSTER, spare, 256);
    gas.fillVacancy = await gasOf(theirs.fillVacancy(CLUSTER, 1, spare, true, LARGEST));
    gas.settlePayment = await gasOf(bucketRegistry.settlePayment(1));
    await bucketRegistry.connect(owner).release(1, 1);
    gas.removeCluster = await gasOf(clusterRegistry.connect(manager).removeCluster(CLUSTER, LARGEST));

    for (const [name, used] of Object.entries(gas)) expect(used, name).to.be.lessThan(MAX_GAS);
    // What does not have to touch every node does not.
    for (const name of ["slash", "reportQuality", "finishExit", "vacateUncovered", "fillVacancy", "settlePayment"]) {
      expect(gas[name], name).to.be.lessThan(400_000n);
    }
  });
});
