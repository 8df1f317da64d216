import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ClusterRegistry__factory } from "../../cache/typechain-types";
import { base, type Base } from "../fixtures";
import { MAX_UINT16 } from "../helpers/clusters";

const FEE_MANAGER = 2n;

describe("ClusterRegistry: the network fee", () => {
  let fixture: Base;

  beforeEach(async () => {
    fixture = await base();
  });

  describe("constructor", () => {
    it("refuses a network account of zero", async () => {
      const { deployer, stranger } = fixture;
      const factory = new ClusterRegistry__factory(deployer);
      await expect(factory.deploy(stranger, stranger, stranger, stranger, stranger, ZeroAddress))
        .to.be.revertedWithCustomError(factory, "NetworkAccountZero")
        .withArgs();
    });

    it("keeps what it was given, and takes no fee yet", async () => {
      const { deployer, manager, otherManager, otherOwner, owner, provider1, stranger } = fixture;
      const factory = new ClusterRegistry__factory(deployer);
      const registry = await factory.deploy(stranger, owner, otherOwner, manager, provider1, otherManager);
      await expect(registry.deploymentTransaction()).to.emit(registry, "NetworkFeeChanged").withArgs(0, otherManager);
      expect(await registry.authority()).to.equal(stranger);
      expect(await registry.NODE_REGISTRY()).to.equal(owner);
      expect(await registry.ACCOUNT_REGISTRY()).to.equal(otherOwner);
      expect(await registry.BUCKET_REGISTRY()).to.equal(manager);
      expect(await registry.TERMS_REGISTRY()).to.equal(provider1);
      expect([...(await registry.networkFee())]).to.deep.equal([0n, otherManager.address]);
    });

    it("is given the other registries in a deployment, and the administrator as the network's account", async () => {
      const { accessManager, accountRegistry, admin, bucketRegistry, clusterRegistry, nodeRegistry, termsRegistry } = fixture;
      expect(await clusterRegistry.authority()).to.equal(accessManager);
      expect(await clusterRegistry.NODE_REGISTRY()).to.equal(nodeRegistry);
      expect(await clusterRegistry.ACCOUNT_REGISTRY()).to.equal(accountRegistry);
      expect(await clusterRegistry.BUCKET_REGISTRY()).to.equal(bucketRegistry);
      expect(await clusterRegistry.TERMS_REGISTRY()).to.equal(termsRegistry);
      expect([...(await clusterRegistry.networkFee())]).to.deep.equal([0n, admin.address]);
    });
  });

  describe("setNetworkFee", () => {
    it("refuses everybody without the role", async () => {
      const { clusterRegistry, deployer, manager, stranger } = fixture;
      for (const caller of [deployer, manager, stranger]) {
        await expect(clusterRegistry.connect(caller).setNetworkFee(1, stranger))
          .to.be.revertedWithCustomError(clusterRegistry, "AccessManagedUnauthorized")
          .withArgs(caller.address);
      }
    });

    for (const fee of [1_001n, MAX_UINT16]) {
      it(`refuses ${fee} basis points`, async () => {
        const { admin, clusterRegistry, stranger } = fixture;
        await expect(clusterRegistry.connect(admin).setNetworkFee(fee, stranger))
          .to.be.revertedWithCustomError(clusterRegistry, "NetworkFeeTooHigh")
          .withArgs(fee, 1_000);
      });
    }

    it("refuses an account of zero, even for no fee", async () => {
      const { admin, clusterRegistry } = fixture;
      for (const fee of [0, 100]) {
        await expect(clusterRegistry.connect(admin).setNetworkFee(fee, ZeroAddress))
          .to.be.revertedWithCustomError(clusterRegistry, "NetworkAccountZero")
          .withArgs();
      }
    });

    for (const fee of [1_000n, 1n, 0n]) {
      it(`sets ${fee} basis points`, async () => {
        const { admin, clusterRegistry, stranger } = fixture;
        await expect(clusterRegistry.connect(admin).setNetworkFee(fee, stranger))
          .to.emit(clusterRegistry, "NetworkFeeChanged")
          .withArgs(fee, stranger);
        expect([...(await clusterRegistry.networkFee())]).to.deep.equal([fee, stranger.address]);
      });
    }

    it("is for whoever has the role, as long as they have it", async () => {
      const { accessManager, clusterRegistry, otherManager, stranger } = fixture;
      await accessManager.grantRole(FEE_MANAGER, otherManager, 0);
      await expect(clusterRegistry.connect(otherManager).setNetworkFee(5, stranger))
        .to.emit(clusterRegistry, "NetworkFeeChanged")
        .withArgs(5, stranger);
      await accessManager.revokeRole(FEE_MANAGER, otherManager);
      await expect(clusterRegistry.connect(otherManager).setNetworkFee(6, stranger))
        .to.be.revertedWithCustomError(clusterRegistry, "AccessManagedUnauthorized")
        .withArgs(otherManager.address);
    });
  });
});
