import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { type GovernanceInfo, readCluster, readGovernance } from "../../src";
import { type WithFundedBucket, testUsd, usd, withFundedBucket } from "../fixtures";
import { createNodes } from "../helpers/clusters";
import { registriesOf } from "../helpers/custody";
import { at, now } from "../helpers/units";

const DAY = 86_400n;
const WEEK = 7n * DAY;

describe("reading governance", () => {
  let fixture: WithFundedBucket;
  let read: (clusterId?: bigint) => Promise<GovernanceInfo>;
  beforeEach(async () => {
    fixture = await withFundedBucket();
    const connected = await registriesOf(fixture);
    read = async (clusterId = fixture.clusterId) => (await readGovernance(connected, [await readCluster(connected, clusterId)]))[0]!;
  });

  it("shows the default terms of a healthy cluster, with nothing announced", async () => {
    const { manager, testUSD, clusterId } = fixture;
    const { nodes, ...governance } = await read();
    expect(governance).to.deep.equal({
      clusterId,
      currency: await testUSD.getAddress(),
      terms: {
        validator: manager.address,
        bondPerVnode: 0n,
        maxSlashBps: 0n,
        leavingNotice: WEEK,
        validatorNotice: WEEK,
      },
      offeredValidator: ZeroAddress,
      validatorEffectiveAt: 0n,
      served: usd("60") * 10_000n,
      nominal: usd("60") * 10_000n,
      vacantVnodes: 0n,
    });
    expect(nodes.map(({ nodeId, vnodes, qualityBps, bond }) => [nodeId, vnodes, qualityBps, bond])).to.deep.equal([
      [1n, 2n, 10_000n, 0n],
      [2n, 2n, 10_000n, 0n],
      [3n, 2n, 10_000n, 0n],
    ]);
    expect(nodes[0]).to.include({ exitAt: 0n, shortSince: 0n, lockedUntil: 0n });
    expect(nodes[0]!.pending).to.deep.equal({
      exitAt: 0n,
      canFinishExit: false,
      lockedUntil: 0n,
      shortSince: 0n,
      vacatableFrom: 0n,
      validator: manager.address,
      nextValidator: ZeroAddress,
      nextValidatorAt: 0n,
      canFinishValidator: false,
      acceptanceBlocked: false,
    });
  });

  it("shows what is announced, until it is finished, and what changed at once", async () => {
    const { clusterRegistry, nodeRegistry, termsRegistry, manager, provider1, provider2, stranger, clusterId } = fixture;
    await nodeRegistry.connect(provider1).changeNodeRent(1, usd("7"));
    await clusterRegistry.connect(manager).acceptRent(clusterId, 1, usd("7"));
    await termsRegistry.connect(manager).reportQuality(clusterId, 1, 6_000, 0, "");
    await termsRegistry.connect(provider2).announceExit(clusterId, 2);
    const exitAt = (await now()) + WEEK;
    await termsRegistry.connect(manager).offerValidator(clusterId, stranger);
    const validatorEffectiveAt = (await now()) + WEEK;

    const announced = await read();
    expect(announced).to.include({ offeredValidator: stranger.address, validatorEffectiveAt });
    expect(announced.nodes[0]).to.include({ qualityBps: 6_000n, exitAt: 0n });
    expect(announced.nodes[1]).to.include({ exitAt });
    const next = { nextValidator: stranger.address, nextValidatorAt: validatorEffectiveAt, canFinishValidator: false };
    expect(announced.nodes[1]!.pending).to.include({ ...next, exitAt, canFinishExit: false, validator: manager.address });

    await at(exitAt);
    await termsRegistry.finishExit(clusterId, 2);
    const finished = await read();
    // 2 x 7 x 60 % and 2 x 10, of 2 x 7 and 4 x 10.
    expect(finished).to.include({ served: usd("284000"), nominal: usd("540000"), vacantVnodes: 2n });
    expect(finished.nodes.map(({ nodeId, qualityBps }) => [nodeId, qualityBps])).to.deep.equal([
      [1n, 6_000n],
      [3n, 10_000n],
    ]);
  });

  it("shows the bond of a node that was excluded, and until when it is withheld", async () => {
    const { accountRegistry, nodeRegistry, termsRegistry, clusterRegistry, testUSD, manager, provider1, owner, stranger } = fixture;
    await accountRegistry.connect(owner).depositFor(provider1, testUSD, testUsd("50"));
    const ids = await createNodes(nodeRegistry, provider1, Array<{ rent: bigint; capacity: bigint }>(2).fill({ rent: 1n, capacity: 9n }));
    const notices = { leavingNotice: 2n * DAY, validatorNotice: DAY };
    const terms = { validator: stranger, bondPerVnode: testUsd("10"), maxSlashBps: 5_000, ...notices };
    await termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, 2, 0, "");
    for (const id of ids) {
      await termsRegistry.connect(provider1).acceptTerms(2, id);
      await termsRegistry.connect(provider1).postBond(2, id, testUsd("25"));
    }
    const [first, second] = ids;
    await termsRegistry.connect(manager).fillCluster(2, [first!]);
    expect((await read(2n)).nodes.map(({ nodeId, vnodes, bond }) => [nodeId, vnodes, bond])).to.deep.equal([
      [first, 2n, testUsd("25")],
      [second, 0n, testUsd("25")],
    ]);
    await termsRegistry.connect(stranger).slash(2, first!, testUsd("12"), 1, "");
    const shortSince = await now();
    expect((await read(2n)).nodes[0]).to.include({ bond: testUsd("13"), slashableLeft: testUsd("0.5"), shortSince });
    await clusterRegistry.connect(manager).replaceNodes(2, first!, second!);
    const excluded = (await read(2n)).nodes.find(({ nodeId }) => nodeId === first);
    expect(excluded).to.include({ vnodes: 0n, bond: testUsd("13"), shortSince: 0n, lockedUntil: (await now()) + 2n * DAY });
  });
});
