import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";

import type { ClusterRegistry } from "../../cache/typechain-types";
import { type WithCluster, withCluster } from "../fixtures";
import { contractAsSigner, createCluster, createNodes, MAX_UINT32 } from "../helpers/clusters";

type Call = (registry: ClusterRegistry, clusterId: bigint) => Promise<ContractTransactionResponse>;
type View = (registry: ClusterRegistry, clusterId: bigint) => Promise<unknown>;

const MANAGERS: Record<string, Call> = {
  reserveResource: (registry, clusterId) => registry.reserveResource(clusterId, 1),
  releaseResource: (registry, clusterId) => registry.releaseResource(clusterId, 1),
  replaceNode: (registry, clusterId) => registry.replaceNode(clusterId, 0, 2),
  replaceNodes: (registry, clusterId) => registry.replaceNodes(clusterId, 1, 2),
  acceptRent: (registry, clusterId) => registry.acceptRent(clusterId, 1, 0),
  closeCluster: (registry, clusterId) => registry.closeCluster(clusterId, true),
  changeClusterParams: (registry, clusterId) => registry.changeClusterParams(clusterId, ""),
  lowerManagementFee: (registry, clusterId) => registry.lowerManagementFee(clusterId, 0),
  offerManagement: (registry, clusterId) => registry.offerManagement(clusterId, registry),
  removeCluster: (registry, clusterId) => registry.removeCluster(clusterId),
};

const EVERYONES: Record<string, Call> = {
  distributeRevenues: (registry, clusterId) => registry.distributeRevenues(clusterId),
  claimRevenues: (registry, clusterId) => registry.claimRevenues(clusterId, 1),
  acceptManagement: (registry, clusterId) => registry.acceptManagement(clusterId),
};

const VIEWS: Record<string, View> = {
  getCluster: (registry, clusterId) => registry.getCluster(clusterId),
  getVnodes: (registry, clusterId) => registry.getVnodes(clusterId, 0, 1),
  getMembers: (registry, clusterId) => registry.getMembers(clusterId),
  claimable: (registry, clusterId) => registry.claimable(clusterId, 1),
  quote: (registry, clusterId) => registry.quote(clusterId, 1),
  managerOf: (registry, clusterId) => registry.managerOf(clusterId),
  servedOf: (registry, clusterId) => registry.servedOf(clusterId),
};

describe("ClusterRegistry: who may call", () => {
  let fixture: WithCluster;

  beforeEach(async () => {
    fixture = await withCluster();
  });

  const refusal = (call: Promise<unknown>, error: string): Chai.CustomErrorAssertion =>
    expect(call).to.be.revertedWithCustomError(fixture.clusterRegistry, error);

  for (const [name, call] of Object.entries({ ...MANAGERS, ...EVERYONES, ...VIEWS })) {
    for (const clusterId of [0n, 2n, MAX_UINT32]) {
      it(`${name} refuses cluster ${clusterId}, which does not exist`, async () => {
        const { clusterRegistry, manager } = fixture;
        await refusal(call(clusterRegistry.connect(manager), clusterId), "ClusterUnknown").withArgs(clusterId);
      });
    }

    it(`${name} refuses a cluster that is gone`, async () => {
      const { clusterRegistry, manager } = fixture;
      await clusterRegistry.connect(manager).removeCluster(1);
      await refusal(call(clusterRegistry.connect(manager), 1n), "ClusterUnknown").withArgs(1);
    });
  }

  for (const [name, call] of Object.entries(MANAGERS)) {
    it(`${name} refuses everybody but the manager`, async () => {
      const { admin, clusterRegistry, manager, otherManager, provider1 } = fixture;
      for (const caller of [otherManager, provider1, admin]) {
        await refusal(call(clusterRegistry.connect(caller), 1n), "CallerNotManager").withArgs(1, caller.address, manager.address);
      }
    });
  }

  it("createBucket refuses a cluster that does not exist", async () => {
    const { bucketRegistry, owner } = fixture;
    for (const clusterId of [0, 2]) {
      await expect(bucketRegistry.connect(owner).createBucket(clusterId, ""))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterUnknown")
        .withArgs(clusterId);
    }
  });

  describe("what is the terms registry's", () => {
    it("is refused to everybody else", async () => {
      const { clusterRegistry, manager, provider1, testUSD } = fixture;
      const buckets = await contractAsSigner(fixture.bucketRegistry);
      for (const caller of [manager, provider1, buckets]) {
        const registry = clusterRegistry.connect(caller);
        const refused = async (call: Promise<unknown>): Promise<void> => refusal(call, "CallerNotRegistry").withArgs(caller.address);
        await refused(registry.createVacant(caller, testUSD, 1, 0, "", 3_600));
        await refused(registry.fillCluster(1, [1]));
        await refused(registry.fillVacancy(1, 0, 1, false));
        await refused(registry.coverVnodes(1, 1, 1, false));
        await refused(registry.setQuality(1, 1, 0));
        await refused(registry.vacate(1, 1));
      }
    });
  });

  describe("what is the bucket registry's", () => {
    const asBucketRegistry = async (): Promise<ClusterRegistry> => {
      const { bucketRegistry, clusterRegistry } = fixture;
      return clusterRegistry.connect(await contractAsSigner(bucketRegistry));
    };

    it("refuses allocateResource and deallocateResource to everybody else", async () => {
      const { accountRegistry, clusterRegistry, manager, owner } = fixture;
      const accounts = await contractAsSigner(accountRegistry);
      for (const caller of [manager, owner, accounts]) {
        const registry = clusterRegistry.connect(caller);
        await refusal(registry.allocateResource(1, 1), "CallerNotRegistry").withArgs(caller.address);
        await refusal(registry.deallocateResource(1, 0), "CallerNotRegistry").withArgs(caller.address);
        const data = registry.interface.encodeFunctionData("allocateResource", [1, 1]);
        await refusal(registry.multicall([data]), "CallerNotRegistry").withArgs(caller.address);
      }
    });

    describe("allocateResource", () => {
      it("refuses zero", async () => {
        await refusal((await asBucketRegistry()).allocateResource(1, 0), "ResourceZero").withArgs();
      });

      it("refuses a cluster that does not exist, or is gone", async () => {
        const registry = await asBucketRegistry();
        for (const clusterId of [0, 2]) await refusal(registry.allocateResource(clusterId, 1), "ClusterUnknown").withArgs(clusterId);
        await registry.connect(fixture.manager).removeCluster(1);
        await refusal(registry.allocateResource(1, 1), "ClusterUnknown").withArgs(1);
      });

      it("refuses a cluster that is closed, whatever is free", async () => {
        const registry = await asBucketRegistry();
        await registry.connect(fixture.manager).closeCluster(1, true);
        for (const resource of [1, 11]) await refusal(registry.allocateResource(1, resource), "ClusterClosed").withArgs(1);
      });

      it("refuses one unit more than is free", async () => {
        const registry = await asBucketRegistry();
        for (const resource of [11n, MAX_UINT32]) {
          await refusal(registry.allocateResource(1, resource), "ClusterResourceExceeded").withArgs(1, resource, 10);
        }
        await registry.allocateResource(1, 4);
        await expect(registry.allocateResource(1, 7)).to.be.revertedWithCustomError(registry, "ClusterResourceExceeded").withArgs(1, 7, 6);
      });

      for (const [rent, most] of [
        [2n ** 87n, 8n],
        [(2n ** 90n + 1n) / 5n, 4n],
      ] as const) {
        it(`refuses more than 2^90 for all that is used, at a rent of ${rent} from ${most + 1n} units on`, async () => {
          const { nodeRegistry, provider1 } = fixture;
          const [nodeId] = await createNodes(nodeRegistry, provider1, [{ rent, capacity: 10n }]);
          const clusterId = await createCluster(fixture, 1n, [nodeId!], { perVnode: 10n });
          const registry = await asBucketRegistry();
          const refuses = (resource: bigint, rate: bigint): Promise<void> =>
            refusal(registry.allocateResource(clusterId, resource), "ClusterRateTooHigh").withArgs(clusterId, rate, 2n ** 90n);
          await refuses(most + 1n, rent * (most + 1n));
          await registry.allocateResource(clusterId, 1);
          await refuses(most, rent * (most + 1n));
          await registry.allocateResource(clusterId, most - 1n);
          await refuses(1n, rent * (most + 1n));
          expect((await registry.getCluster(clusterId)).resourceUsed).to.equal(most);
        });
      }

      it("marks resource as used, up to the last unit, and says what it costs", async () => {
        const registry = await asBucketRegistry();
        // The native currency is the first, TestUSD the second.
        expect([...(await registry.allocateResource.staticCall(1, 10))]).to.deep.equal([60n * 10n ** 18n, 2n]);
        await registry.allocateResource(1, 3);
        await registry.allocateResource(1, 7);
        expect((await registry.getCluster(1)).resourceUsed).to.equal(10);
      });
    });

    describe("deallocateResource", () => {
      it("marks resource of a cluster that is closed as free, too", async () => {
        const registry = await asBucketRegistry();
        await registry.allocateResource(1, 10);
        await registry.connect(fixture.manager).closeCluster(1, true);
        await registry.deallocateResource(1, 10);
        expect((await registry.getCluster(1)).resourceUsed).to.equal(0);
      });

      it("marks resource as free, and says in what it was paid", async () => {
        const registry = await asBucketRegistry();
        await registry.allocateResource(1, 10);
        expect(await registry.deallocateResource.staticCall(1, 4)).to.equal(2n);
        await registry.deallocateResource(1, 4);
        expect((await registry.getCluster(1)).resourceUsed).to.equal(6);
        await registry.deallocateResource(1, 6);
        expect((await registry.getCluster(1)).resourceUsed).to.equal(0);
      });
    });
  });
});
