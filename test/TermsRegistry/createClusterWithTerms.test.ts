import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { DEFAULTS, usd, type WithNodes, withNodes } from "../fixtures";
import { createCluster, vnodesOf } from "../helpers/clusters";
import { fieldsOf } from "../helpers/fields";
import { BOND, NODE_BOND, type Terms, termsOf, withBonds, withTerms, type WithTerms } from "../helpers/terms";
import { DAY, HOUR } from "../helpers/time";

const MONTHLY = 30n * DAY;

describe("TermsRegistry: createClusterWithTerms", () => {
  let fixture: WithNodes;
  let terms: Terms;
  beforeEach(async () => {
    fixture = await withNodes();
    terms = termsOf(fixture.otherManager);
  });

  const create = (changes: Partial<Terms> = {}, vnodeCount = 6n, managementFeeBps = 200n) => {
    const { manager, termsRegistry, testUSD } = fixture;
    return termsRegistry.connect(manager).createClusterWithTerms({ ...terms, ...changes }, testUSD, vnodeCount, managementFeeBps, "{}");
  };
  const termsSet = async (): Promise<Record<string, unknown>> => fieldsOf(await fixture.termsRegistry.getTerms(1));

  it("creates a cluster of the caller's with vacant vnodes and these terms", async () => {
    const { clusterRegistry, manager, termsRegistry, testUSD } = fixture;
    await expect(create())
      .to.emit(clusterRegistry, "ClusterCreated")
      .withArgs(1, manager.address, await testUSD.getAddress(), 6, 200, [], [], "{}")
      .and.to.emit(termsRegistry, "TermsSet")
      .withArgs(1, Object.values(terms));
    expect(await termsSet()).to.deep.equal(terms);
    expect(await vnodesOf(fixture, 1n)).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n]);
    expect(await clusterRegistry.managerOf(1)).to.equal(manager.address);
    expect((await clusterRegistry.getCluster(1)).rentPerUnit).to.equal(0);
  });

  it("lets the manager validate if nobody is named", async () => {
    await create({ validator: ZeroAddress });
    expect(await termsSet()).to.deep.equal({ ...terms, validator: fixture.manager.address });
  });

  it("takes the shortest and the longest notices, no bond and no slash, the largest bond and all of it", async () => {
    const least = { bondPerVnode: 0n, maxSlashBps: 0n, leavingNotice: HOUR, validatorNotice: HOUR };
    const most = {
      bondPerVnode: 2n ** 128n - 1n,
      maxSlashBps: 10_000n,
      leavingNotice: MONTHLY,
      validatorNotice: MONTHLY,
    };
    await create(least);
    expect(await termsSet()).to.deep.equal({ ...terms, ...least });
    await create(most);
    expect(fieldsOf(await fixture.termsRegistry.getTerms(2))).to.deep.equal({ ...terms, ...most });
  });

  for (const name of ["leavingNotice", "validatorNotice"] as const) {
    for (const notice of [0n, HOUR - 1n, MONTHLY + 1n]) {
      it(`refuses a ${name} of ${notice} seconds`, async () => {
        await expect(create({ [name]: notice }))
          .to.be.revertedWithCustomError(fixture.termsRegistry, "NoticeInvalid")
          .withArgs(notice, HOUR, MONTHLY);
      });
    }
  }

  it("refuses to let more than all of a bond be lost", async () => {
    await expect(create({ maxSlashBps: 10_001n }))
      .to.be.revertedWithCustomError(fixture.termsRegistry, "BpsTooHigh")
      .withArgs(10_001, 10_000);
  });

  for (const vnodeCount of [0n, 65_536n]) {
    it(`refuses ${vnodeCount} vnodes`, async () => {
      await expect(create({}, vnodeCount))
        .to.be.revertedWithCustomError(fixture.termsRegistry, "ClusterVnodeCountInvalid")
        .withArgs(vnodeCount, 65_535);
    });
  }

  it("refuses a management fee above its cap", async () => {
    await expect(create({}, 6n, 3_001n))
      .to.be.revertedWithCustomError(fixture.termsRegistry, "ManagementFeeTooHigh")
      .withArgs(3_001, 3_000);
  });

  it("refuses a currency that is not listed", async () => {
    const { manager, termsRegistry, stranger } = fixture;
    await expect(termsRegistry.connect(manager).createClusterWithTerms(terms, stranger, 6, 0, ""))
      .to.be.revertedWithCustomError(termsRegistry, "CurrencyNotListed")
      .withArgs(stranger.address);
  });

  it("refuses params that are too long", async () => {
    const { manager, termsRegistry, testUSD } = fixture;
    await expect(termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, 6, 0, "x".repeat(24_001)))
      .to.be.revertedWithCustomError(termsRegistry, "ParamsTooLong")
      .withArgs(24_001, 24_000);
  });

  describe("getTerms", () => {
    it("refuses a cluster that does not exist", async () => {
      const { termsRegistry } = fixture;
      await expect(termsRegistry.getTerms(1)).to.be.revertedWithCustomError(termsRegistry, "ClusterUnknown").withArgs(1);
    });

    it("tells the default terms of a cluster that was created without", async () => {
      await createCluster(fixture, 6n, fixture.nodeIds);
      const notices = { leavingNotice: 7n * DAY, validatorNotice: 7n * DAY };
      expect(await termsSet()).to.deep.equal({ validator: fixture.manager.address, bondPerVnode: 0n, maxSlashBps: 0n, ...notices });
    });

    it("goes on naming who created it, once somebody else manages it", async () => {
      const { clusterRegistry, manager, otherManager, stranger } = fixture;
      await createCluster(fixture, 6n, fixture.nodeIds);
      await clusterRegistry.connect(manager).offerManagement(1, otherManager);
      await clusterRegistry.connect(otherManager).acceptManagement(1);
      expect((await termsSet()).validator).to.equal(manager.address);
      await clusterRegistry.connect(otherManager).offerManagement(1, stranger);
      await clusterRegistry.connect(stranger).acceptManagement(1);
      expect((await termsSet()).validator).to.equal(manager.address);
    });
  });

  it("knows the registries that it was deployed with", async () => {
    const { accountRegistry, clusterRegistry, nodeRegistry, termsRegistry } = fixture;
    expect(await termsRegistry.ACCOUNT_REGISTRY()).to.equal(await accountRegistry.getAddress());
    expect(await termsRegistry.CLUSTER_REGISTRY()).to.equal(await clusterRegistry.getAddress());
    expect(await termsRegistry.NODE_REGISTRY()).to.equal(await nodeRegistry.getAddress());
    expect(await clusterRegistry.TERMS_REGISTRY()).to.equal(await termsRegistry.getAddress());
    expect(await accountRegistry.TERMS_REGISTRY()).to.equal(await termsRegistry.getAddress());
  });
});

describe("TermsRegistry: fillCluster", () => {
  let fixture: WithTerms;
  beforeEach(async () => {
    fixture = await withBonds();
  });

  const fill = (nodeIds: bigint[], caller = fixture.manager) =>
    fixture.termsRegistry.connect(caller).fillCluster(fixture.clusterId, nodeIds);

  it("puts vnode i on node i of the list, round robin", async () => {
    const { clusterRegistry, clusterId, nodeIds, nodeRegistry } = fixture;
    await nodeRegistry.connect(fixture.provider3).changeNodeRent(3, usd("12"));
    await expect(fill(nodeIds))
      .to.emit(clusterRegistry, "ClusterFilled")
      .withArgs(clusterId, nodeIds, [usd("10"), usd("10"), usd("12")], usd("64"));
    expect(await vnodesOf(fixture, clusterId)).to.deep.equal([1n, 2n, 3n, 1n, 2n, 3n]);
    expect((await clusterRegistry.getCluster(clusterId)).rentPerUnit).to.equal(usd("64"));
    expect(await clusterRegistry.membershipOf(clusterId, 3)).to.deep.equal([usd("12"), 2n, 10_000n, 2n, 0n, 2n]);
  });

  it("refuses whoever does not manage the cluster, the validator included", async () => {
    const { clusterId, manager, termsRegistry, validator } = fixture;
    await expect(fill([1n], validator))
      .to.be.revertedWithCustomError(termsRegistry, "CallerNotManager")
      .withArgs(clusterId, validator.address, manager.address);
  });

  it("refuses a cluster that does not exist", async () => {
    const { manager, termsRegistry } = fixture;
    await expect(termsRegistry.connect(manager).fillCluster(2, [1]))
      .to.be.revertedWithCustomError(termsRegistry, "ClusterUnknown")
      .withArgs(2);
  });

  it("refuses a cluster that has its nodes, with terms of its own or without", async () => {
    const { termsRegistry } = fixture;
    await fill(fixture.nodeIds);
    await expect(fill(fixture.nodeIds)).to.be.revertedWithCustomError(termsRegistry, "ClusterAlreadyFilled").withArgs(1);
    const other = await createCluster(fixture, 6n, fixture.nodeIds);
    await expect(termsRegistry.connect(fixture.manager).fillCluster(other, [1]))
      .to.be.revertedWithCustomError(termsRegistry, "ClusterAlreadyFilled")
      .withArgs(other);
  });

  it("refuses no nodes, and more than vnodes", async () => {
    const { termsRegistry } = fixture;
    for (const nodeIds of [[], [1n, 2n, 3n, 4n, 5n, 6n, 7n]]) {
      await expect(fill(nodeIds))
        .to.be.revertedWithCustomError(termsRegistry, "ClusterNodeCountInvalid")
        .withArgs(nodeIds.length, DEFAULTS.vnodeCount);
    }
  });

  it("refuses a node twice", async () => {
    await expect(fill([1n, 2n, 3n, 1n]))
      .to.be.revertedWithCustomError(fixture.termsRegistry, "NodeAlreadyInCluster")
      .withArgs(1, 1);
  });

  it("refuses a node that does not exist, and one whose provider does not trust the manager", async () => {
    const { manager, nodeRegistry, provider3, termsRegistry } = fixture;
    await expect(fill([1n, 2n, 4n]))
      .to.be.revertedWithCustomError(termsRegistry, "NodeUnknown")
      .withArgs(4);
    await nodeRegistry.connect(provider3).distrustManager(manager);
    await expect(fill(fixture.nodeIds))
      .to.be.revertedWithCustomError(termsRegistry, "ManagerNotTrusted")
      .withArgs(3, provider3.address, manager.address);
  });

  it("refuses more vnodes than a bond covers", async () => {
    const { provider2, termsRegistry } = fixture;
    await expect(fill([1n, 2n]))
      .to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered")
      .withArgs(1, 1, 3, 2);
    await termsRegistry.connect(fixture.provider1).postBond(1, 1, BOND);
    await termsRegistry.connect(provider2).postBond(1, 2, BOND - 1n);
    await expect(fill([1n, 2n]))
      .to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered")
      .withArgs(1, 2, 3, 2);
    await termsRegistry.connect(provider2).postBond(1, 2, 1);
    await fill([1n, 2n]);
    expect(await termsRegistry.bondOf(1, 2)).to.equal(NODE_BOND + BOND);
  });

  it("refuses a node whose provider accepted nothing, also where no bond is asked for", async () => {
    const { manager, otherManager, provider1, termsRegistry, testUSD } = fixture;
    await termsRegistry.connect(manager).createClusterWithTerms(termsOf(otherManager, { bondPerVnode: 0n }), testUSD, 6, 0, "");
    const fillOther = () => termsRegistry.connect(manager).fillCluster(2, [1]);
    await expect(fillOther()).to.be.revertedWithCustomError(termsRegistry, "VnodesNotCovered").withArgs(2, 1, 6, 0);
    await termsRegistry.connect(provider1).acceptTerms(2, 1);
    await fillOther();
    expect(await vnodesOf(fixture, 2n)).to.deep.equal([1n, 1n, 1n, 1n, 1n, 1n]);
  });

  context("before it", () => {
    it("nothing can be reserved, allocated or replaced, and vnodes are vacant", async () => {
      const shared = await withTerms();
      const { bucketRegistry, clusterRegistry, manager, owner, termsRegistry } = shared;
      const theirs = clusterRegistry.connect(manager);
      await bucketRegistry.connect(owner).createBucket(1, "");
      await expect(theirs.reserveResource(1, 1)).to.be.revertedWithCustomError(clusterRegistry, "ClusterNotFilled").withArgs(1);
      await expect(bucketRegistry.connect(owner).allocate(1, 1, 0))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterNotFilled")
        .withArgs(1);
      await expect(theirs.replaceNode(1, 0, 1))
        .to.be.revertedWithCustomError(clusterRegistry, "ClusterNotFilled")
        .withArgs(1);
      await expect(termsRegistry.connect(manager).fillVacancy(1, 0, 1, false))
        .to.be.revertedWithCustomError(termsRegistry, "ClusterNotFilled")
        .withArgs(1);
      expect(await vnodesOf(shared, 1n)).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n]);
    });

    it("the cluster can be removed", async () => {
      const { clusterRegistry, manager } = fixture;
      await expect(clusterRegistry.connect(manager).removeCluster(1)).to.emit(clusterRegistry, "ClusterRemoved");
    });
  });
});
