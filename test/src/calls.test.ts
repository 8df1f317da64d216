import { expect } from "chai";
import { type Interface, ZeroAddress, ZeroHash } from "ethers";

import { ALL, type Call, calls, registryInterfaces } from "../../src";
import { FUNCTIONS_WITHOUT_TASK, TASK_OF_FUNCTION } from "../../tasks/functions";

const address = (digit: number): string => `0x${String(digit).repeat(40)}`;
const addresses = {
  accountRegistry: address(1),
  priceRegistry: `0x${"0a".repeat(20)}`,
  nodeRegistry: address(2),
  clusterRegistry: address(3),
  bucketRegistry: address(4),
  termsRegistry: address(8),
  storageProofs: address(9),
  accessManager: address(5),
};
const token = address(6);
const someone = address(7);
const permit = { deadline: 9n, v: 27n, r: `0x${"01".repeat(32)}`, s: `0x${"02".repeat(32)}` };
const cluster = { clusterId: 1n };
const bucket = { bucketId: 1n };
const member = { clusterId: 1n, nodeId: 2n };
const reason = { code: 7n, reference: "why" };
const terms = {
  validator: someone,
  bondPerVnode: 5n,
  maxSlashBps: 2_000n,
  leavingNotice: 7_200n,
  validatorNotice: 7_201n,
};

/** One call of each function, with the arguments that it has to carry. */
const built: Record<string, [call: Call, args: unknown[], value?: bigint][]> = {
  AccountRegistry: [
    [calls.deposit(addresses, { currency: token, amount: 5n }), [token, 5n]],
    [calls.depositFor(addresses, { account: someone, currency: token, amount: 5n }), [someone, token, 5n]],
    [
      calls.depositWithPermit(addresses, { account: someone, currency: token, amount: 5n, permit }),
      [someone, token, 5n, 9n, 27n, permit.r, permit.s],
    ],
    [calls.withdraw(addresses, { currency: token, amount: ALL, to: someone }), [token, ALL, someone]],
    [calls.touchAccount(addresses, { account: someone, currency: token }), [someone, token]],
    [calls.settleCluster(addresses, { ...cluster, maxTicks: 5n }), [1n, 5n]],
  ],
  PriceRegistry: [
    [calls.addCurrency(addresses, { currency: token, usdPerToken: 7n, feed: someone, maxAge: 8n }), [token, 7n, someone, 8n]],
    [calls.setFeed(addresses, { currency: token, feed: ZeroAddress, maxAge: 0n }), [token, ZeroAddress, 0n]],
    [calls.setPrice(addresses, { currency: token, usdPerToken: 7n }), [token, 7n]],
    [calls.syncPrice(addresses, { currency: token }), [token]],
    [calls.pauseCurrency(addresses, { currency: token, paused: true }), [token, true]],
  ],
  NodeRegistry: [
    [calls.createNode(addresses, { rentPerMonth: 5n, capacity: 6n, params: "{}" }), [5n, 6n, "{}"]],
    [calls.changeNodeParams(addresses, { nodeId: 1n, params: "" }), [1n, ""]],
    [calls.changeNodeRent(addresses, { nodeId: 1n, rentPerMonth: 5n }), [1n, 5n]],
    [calls.changeNodeCapacity(addresses, { nodeId: 1n, capacity: 6n }), [1n, 6n]],
    [calls.removeNode(addresses, { nodeId: 1n }), [1n]],
    [calls.trustManager(addresses, { manager: someone }), [someone]],
    [calls.distrustManager(addresses, { manager: someone }), [someone]],
  ],
  ClusterRegistry: [
    [
      calls.createCluster(addresses, { currency: token, vnodeCount: 4n, nodeIds: [1n, 2n], managementFeeBps: 250n, params: "" }),
      [token, 4n, [1n, 2n], 250n, ""],
    ],
    [calls.reserveResource(addresses, { ...cluster, perVnode: 5n }), [1n, 5n]],
    [calls.releaseResource(addresses, { ...cluster, perVnode: 5n }), [1n, 5n]],
    [calls.replaceNode(addresses, { ...cluster, vnodeIndex: 0n, newNodeId: 3n }), [1n, 0n, 3n]],
    [calls.replaceNodes(addresses, { ...cluster, oldNodeId: 2n, newNodeId: 3n }), [1n, 2n, 3n]],
    [calls.acceptRent(addresses, { ...cluster, nodeId: 2n, maxRent: 5n }), [1n, 2n, 5n]],
    [calls.distributeRevenues(addresses, cluster), [1n]],
    [calls.claimRevenues(addresses, { ...cluster, nodeId: 2n }), [1n, 2n]],
    [calls.changeClusterParams(addresses, { ...cluster, params: "{}" }), [1n, "{}"]],
    [calls.lowerManagementFee(addresses, { ...cluster, managementFeeBps: 10n }), [1n, 10n]],
    [calls.offerManagement(addresses, { ...cluster, manager: someone }), [1n, someone]],
    [calls.acceptManagement(addresses, cluster), [1n]],
    [calls.closeCluster(addresses, { ...cluster, closed: true }), [1n, true]],
    [calls.removeCluster(addresses, cluster), [1n]],
    [calls.setNetworkFee(addresses, { networkFeeBps: 10n, networkAccount: someone }), [10n, someone]],
  ],
  BucketRegistry: [
    [calls.createBucket(addresses, { ...cluster, params: "" }), [1n, ""]],
    [
      calls.openBucket(addresses, { ...cluster, params: "{}", resource: 5n, maxRentPerUnit: 6n, funding: { currency: token, amount: 7n } }),
      [1n, "{}", 5n, 6n, [7n, 0n, 0n, ZeroHash, ZeroHash]],
    ],
    [calls.allocate(addresses, { ...bucket, resource: 5n, maxRentPerUnit: 6n }), [1n, 5n, 6n]],
    [calls.release(addresses, { ...bucket, resource: 5n }), [1n, 5n]],
    [calls.setResourceCap(addresses, { ...bucket, resource: 5n, maxRentPerUnit: 6n }), [1n, 5n, 6n]],
    [calls.reclaim(addresses, bucket), [1n]],
    [calls.endBucket(addresses, bucket), [1n]],
    [calls.settlePayment(addresses, bucket), [1n]],
    [calls.settlePayments(addresses, { bucketIds: [1n, 2n] }), [[1n, 2n]]],
    [calls.changeBucketParams(addresses, { ...bucket, params: "" }), [1n, ""]],
    [calls.offerBucket(addresses, { ...bucket, owner: someone }), [1n, someone]],
    [calls.acceptBucket(addresses, { ...bucket, maxRatePerMonth: 6n }), [1n, 6n]],
    [calls.grantAccess(addresses, { ...bucket, accounts: [someone, token], rights: 3n, until: 9n }), [1n, [someone, token], 3n, 9n]],
    [calls.revokeAccess(addresses, { ...bucket, accounts: [someone] }), [1n, [someone]]],
    [calls.setPublic(addresses, { ...bucket, isPublic: true }), [1n, true]],
    [calls.setGate(addresses, { ...bucket, right: 1n, token, id: 5n, minimum: 6n }), [1n, 1n, token, 5n, 6n]],
    [
      calls.publishKeys(addresses, {
        ...bucket,
        epoch: 2n,
        keys: [
          { reader: someone, wrapped: "0x0102" },
          { reader: token, wrapped: "0x03" },
        ],
      }),
      [1n, 2n, [someone, token], ["0x0102", "0x03"]],
    ],
    [calls.closeBucket(addresses, bucket), [1n]],
  ],
  TermsRegistry: [
    [
      calls.createClusterWithTerms(addresses, { terms, currency: token, vnodeCount: 4n, managementFeeBps: 250n, params: "" }),
      [[someone, 5n, 2_000n, 7_200n, 7_201n], token, 4n, 250n, ""],
    ],
    [calls.fillCluster(addresses, { ...cluster, nodeIds: [2n, 3n] }), [1n, [2n, 3n]]],
    [calls.fillVacancy(addresses, { ...member, vnodeIndex: 3n, allVacant: true }), [1n, 3n, 2n, true]],
    [calls.acceptTerms(addresses, member), [1n, 2n]],
    [
      calls.acceptTermsWithBond(addresses, { ...member, bond: 5n, funding: { currency: token, amount: 7n, permit } }),
      [1n, 2n, 5n, [7n, permit.deadline, permit.v, permit.r, permit.s]],
    ],
    [calls.postBond(addresses, { ...member, amount: 5n }), [1n, 2n, 5n]],
    [calls.withdrawBond(addresses, { ...member, amount: ALL }), [1n, 2n, ALL]],
    [calls.reportQuality(addresses, { ...member, qualityBps: 4_000n, ...reason }), [1n, 2n, 4_000n, 7n, "why"]],
    [calls.slash(addresses, { ...member, amount: 5n, ...reason }), [1n, 2n, 5n, 7n, "why"]],
    [calls.vacateUncovered(addresses, member), [1n, 2n]],
    [calls.announceExit(addresses, member), [1n, 2n]],
    [calls.finishExit(addresses, member), [1n, 2n]],
    [calls.offerValidator(addresses, { ...cluster, validator: someone }), [1n, someone]],
    [calls.finishValidator(addresses, cluster), [1n]],
  ],
};
const registryAddress: Record<string, string> = {
  AccountRegistry: addresses.accountRegistry,
  PriceRegistry: addresses.priceRegistry,
  NodeRegistry: addresses.nodeRegistry,
  ClusterRegistry: addresses.clusterRegistry,
  BucketRegistry: addresses.bucketRegistry,
  TermsRegistry: addresses.termsRegistry,
};

function decode(registry: string, call: Call): { name: string; args: unknown[] } {
  const abi: Interface = registryInterfaces[registry]!;
  const parsed = abi.parseTransaction(call)!;
  return { name: parsed.name, args: parsed.args.toArray(true) };
}

describe("calls", () => {
  for (const [registry, made] of Object.entries(built)) {
    describe(registry, () => {
      for (const [call, args] of made) {
        const { name, args: carried } = decode(registry, call);
        it(`builds ${name}`, () => {
          expect(carried).to.deep.equal(args);
          expect(call.to).to.equal(registryAddress[registry]);
          expect(call.value).to.equal(0n);
          expect(call.description).not.to.equal("");
        });
      }

      it("builds every function that people call", () => {
        const names = made.map(([call]) => decode(registry, call).name);
        const known = registry as keyof typeof TASK_OF_FUNCTION;
        expect(names).to.have.members(Object.keys(TASK_OF_FUNCTION[known]));
        expect(names).not.to.include.members([...FUNCTIONS_WITHOUT_TASK[known]]);
      });
    });
  }

  it("sends the amount along with the native currency alone", () => {
    expect(calls.deposit(addresses, { currency: ZeroAddress, amount: 5n }).value).to.equal(5n);
    expect(calls.depositFor(addresses, { account: someone, currency: ZeroAddress, amount: 5n }).value).to.equal(5n);
    expect(calls.deposit(addresses, { currency: token, amount: 5n }).value).to.equal(0n);
    for (const [currency, value] of [
      [ZeroAddress, 5n],
      [token, 0n],
    ] as const) {
      const funding = { currency, amount: 5n };
      expect(calls.openBucket(addresses, { ...cluster, params: "", resource: 1n, maxRentPerUnit: 1n, funding }).value).to.equal(value);
      expect(calls.acceptTermsWithBond(addresses, { ...member, bond: 1n, funding }).value).to.equal(value);
    }
  });

  it("says what a gate of no token is, and rights that there are not", () => {
    const gate = { ...bucket, token: ZeroAddress, id: 0n, minimum: 0n };
    expect(calls.setGate(addresses, { ...gate, right: 3n }).description).to.equal("remove the gate to read and write bucket 1");
    expect(calls.grantAccess(addresses, { ...bucket, accounts: [someone], rights: 4n, until: 0n }).description).to.include(
      "use (4) bucket 1",
    );
  });

  it("says what an offer to nobody is", () => {
    expect(calls.offerBucket(addresses, { ...bucket, owner: ZeroAddress }).description).to.equal("withdraw the offer of bucket 1");
    expect(calls.offerManagement(addresses, { ...cluster, manager: ZeroAddress }).description).to.include("withdraw the offer");
    expect(calls.offerValidator(addresses, { ...cluster, validator: ZeroAddress }).description).to.equal("keep the validator of cluster 1");
  });

  it("schedules another call with the access manager", () => {
    const call = calls.setPrice(addresses, { currency: token, usdPerToken: 7n });
    const scheduled = calls.schedule(addresses, call);
    expect(scheduled.to).to.equal(addresses.accessManager);
    expect(scheduled.data).to.include(call.data.slice(2));
  });
});
