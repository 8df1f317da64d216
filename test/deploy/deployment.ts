import { expect } from "chai";
import hre, { deployments, ethers, getNamedAccounts } from "hardhat";
import type { Deployment } from "hardhat-deploy/types";

import { check } from "../../deployment/check";
import { addressOf, isDeployedFrom } from "../../deployment/create3";
import { ROLES } from "../../deployment/roles";
import { DEPLOYED_CONTRACTS } from "../../src/contract-names";
import { AccessManaged__factory, type AccessManager, AccessManager__factory, Create3Deployer__factory } from "../../cache/typechain-types";
import { PATIENCE } from "../helpers/processes";

const SCRIPTS = ["Create3Deployer", ...DEPLOYED_CONTRACTS, "development"];
const CONTRACTS = [...DEPLOYED_CONTRACTS, "TestUSD", "MockPriceFeed"];
const ONE_DOLLAR = 10n ** 18n;

// Every test deploys anew, to the chain as the others left it: nothing may depend on it being empty.
const begin = (upTo?: string | string[]): Promise<Record<string, Deployment>> => deployments.run(upTo, { resetMemory: true });
const goOn = (upTo?: string): Promise<Record<string, Deployment>> => deployments.run(upTo, { resetMemory: false });

const addressesOf = (saved: Record<string, Deployment>): Record<string, string> =>
  Object.fromEntries(Object.entries(saved).map(([name, { address }]) => [name, address]));

async function accessManager(signer?: string): Promise<AccessManager> {
  const { address } = await deployments.get("AccessManager");
  return AccessManager__factory.connect(address, signer === undefined ? ethers.provider : await ethers.getSigner(signer));
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing failed",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function sendUnrelatedTransaction(): Promise<void> {
  const { deployer, owner } = await getNamedAccounts();
  const signer = await ethers.getSigner(deployer ?? "");
  await (await signer.sendTransaction({ to: owner, value: 1 })).wait();
}

async function transactionsUntilNow(): Promise<number[]> {
  const people = Object.values(await getNamedAccounts());
  return Promise.all(people.map((person) => ethers.provider.getTransactionCount(person)));
}

describe("deployment", function () {
  // Each test deploys a network or two, which takes long on a busy machine.
  this.timeout(PATIENCE);

  context("given nothing is deployed", function () {
    it("saves every contract under its name, with what is needed to call and to verify it", async function () {
      const saved = await begin();
      expect(Object.keys(saved)).to.have.members(["Create3Deployer", ...CONTRACTS]);
      for (const [name, deployment] of Object.entries(saved)) {
        const code = await ethers.provider.getCode(deployment.address);
        expect(code, name).to.not.equal("0x");
        expect(deployment.abi, name).to.not.be.empty;
        expect(deployment.bytecode, name).to.match(/^0x[0-9a-f]+$/);
        expect(deployment.args, name).to.be.an("array");
        expect(deployment.receipt?.transactionHash, name).to.equal(deployment.transactionHash);
        expect(deployment.receipt?.status, name).to.equal(1);
      }
    });

    it("wires the registries to each other", async function () {
      const at = addressesOf(await begin());
      const read = async (name: string, getter: string, type = "address"): Promise<unknown> =>
        new ethers.Contract(at[name] ?? "", [`function ${getter}() view returns (${type})`], ethers.provider)
          .getFunction(getter)
          .staticCall();
      expect(await read("AccountRegistry", "PRICE_REGISTRY")).to.equal(at.PriceRegistry);
      expect(await read("AccountRegistry", "CLUSTER_REGISTRY")).to.equal(at.ClusterRegistry);
      expect(await read("AccountRegistry", "BUCKET_REGISTRY")).to.equal(at.BucketRegistry);
      expect(await read("AccountRegistry", "TERMS_REGISTRY")).to.equal(at.TermsRegistry);
      expect(await read("PriceRegistry", "authority")).to.equal(at.AccessManager);
      expect(await read("PriceRegistry", "ACCOUNT_REGISTRY")).to.equal(at.AccountRegistry);
      expect(await read("PriceRegistry", "SEQUENCER_FEED")).to.equal(ethers.ZeroAddress);
      expect(await read("NodeRegistry", "CLUSTER_REGISTRY")).to.equal(at.ClusterRegistry);
      expect(await read("ClusterRegistry", "authority")).to.equal(at.AccessManager);
      expect(await read("ClusterRegistry", "NODE_REGISTRY")).to.equal(at.NodeRegistry);
      expect(await read("ClusterRegistry", "ACCOUNT_REGISTRY")).to.equal(at.AccountRegistry);
      expect(await read("ClusterRegistry", "BUCKET_REGISTRY")).to.equal(at.BucketRegistry);
      expect(await read("ClusterRegistry", "TERMS_REGISTRY")).to.equal(at.TermsRegistry);
      expect(await read("BucketRegistry", "CLUSTER_REGISTRY")).to.equal(at.ClusterRegistry);
      expect(await read("BucketRegistry", "ACCOUNT_REGISTRY")).to.equal(at.AccountRegistry);
      expect(await read("BucketRegistry", "GATE_GAS", "uint256")).to.equal(100_000n);
      expect(await read("TermsRegistry", "CLUSTER_REGISTRY")).to.equal(at.ClusterRegistry);
      expect(await read("TermsRegistry", "NODE_REGISTRY")).to.equal(at.NodeRegistry);
      expect(await read("TermsRegistry", "ACCOUNT_REGISTRY")).to.equal(at.AccountRegistry);
      expect(await read("StorageProofs", "TERMS_REGISTRY")).to.equal(at.TermsRegistry);
      expect(await read("StorageProofs", "CLUSTER_REGISTRY")).to.equal(at.ClusterRegistry);
      expect(await read("StorageProofs", "NODE_REGISTRY")).to.equal(at.NodeRegistry);
    });

    it("knows every address before the contract is there", async function () {
      await begin("Create3Deployer");
      const announced = await Promise.all(CONTRACTS.map((name) => addressOf(hre, name)));
      const at = addressesOf(await goOn());
      expect(announced).to.deep.equal(CONTRACTS.map((name) => at[name]));
    });

    it("gives every role to the admin, without delay, and leaves the deployer none", async function () {
      await begin();
      const { deployer, admin } = await getNamedAccounts();
      const manager = await accessManager();
      for (const role of Object.values(ROLES)) {
        expect(await manager.hasRole(role, admin ?? "")).to.deep.equal([true, 0n]);
        expect(await manager.hasRole(role, deployer ?? "")).to.deep.equal([false, 0n]);
      }
      const granted = await manager.queryFilter(manager.filters.RoleGranted());
      expect(new Set(granted.map(({ args }) => args.account))).to.deep.equal(new Set([admin]));
      const labels = await manager.queryFilter(manager.filters.RoleLabel());
      expect(labels.map(({ args }) => [args.roleId, args.label])).to.deep.equal([
        [1n, "PRICE_ORACLE"],
        [2n, "FEE_MANAGER"],
        [3n, "GUARDIAN"],
      ]);
    });

    it("restricts each administrative function to its role", async function () {
      const at = addressesOf(await begin());
      const manager = await accessManager();
      const roleOf = async (name: string, signature: string): Promise<bigint> =>
        manager.getTargetFunctionRole(at[name] ?? "", ethers.id(signature).slice(0, 10));
      expect(await roleOf("PriceRegistry", "addCurrency(address,uint256,address,uint32)")).to.equal(0n);
      expect(await roleOf("PriceRegistry", "setFeed(address,address,uint32)")).to.equal(0n);
      expect(await roleOf("PriceRegistry", "setPrice(address,uint256)")).to.equal(1n);
      expect(await roleOf("ClusterRegistry", "setNetworkFee(uint16,address)")).to.equal(2n);
      expect(await roleOf("PriceRegistry", "pauseCurrency(address,bool)")).to.equal(3n);
    });

    it("lists the native currency and TestUSD at 1 USD, and a feed that says so", async function () {
      const at = addressesOf(await begin());
      const prices = await ethers.getContractAt("IPriceRegistry", at.PriceRegistry ?? "");
      const [items, lastId] = await prices.listCurrencies(1, 10);
      expect(items.map(({ currency, usdPerToken, feed }) => [currency, usdPerToken, feed])).to.deep.equal([
        [ethers.ZeroAddress, ONE_DOLLAR, ethers.ZeroAddress],
        [at.TestUSD, ONE_DOLLAR, ethers.ZeroAddress],
      ]);
      expect(lastId).to.equal(2n);
      const feed = await ethers.getContractAt("MockPriceFeed", at.MockPriceFeed ?? "");
      expect(await feed.decimals()).to.equal(8n);
      expect((await feed.latestRoundData()).answer).to.equal(100_000_000n);
    });
  });

  context("given everything is deployed", function () {
    it("sends nothing and saves nothing anew", async function () {
      const first = structuredClone(await begin());
      const sent = await transactionsUntilNow();
      expect(await goOn()).to.deep.equal(first);
      expect(await transactionsUntilNow()).to.deep.equal(sent);
    });

    it("keeps what the admin has changed since, and says so until it is recorded", async function () {
      await begin();
      const { admin, owner } = await getNamedAccounts();
      const manager = await accessManager(admin);
      await manager.grantRole(ROLES.GUARDIAN, owner ?? "", 0);
      const sent = await transactionsUntilNow();
      expect(await failureOf(goOn())).to.include(
        `  - GUARDIAN of ${owner}: 0 s, planned is nothing\nIf the admin decided this after the deployment, record it in deployment/decisions.ts.`,
      );
      expect(await manager.hasRole(ROLES.GUARDIAN, owner ?? "")).to.deep.equal([true, 0n]);
      expect(await transactionsUntilNow()).to.deep.equal(sent);
      await check(hre, { [`GUARDIAN of ${owner}`]: "0 s" });
    });
  });

  context("given it was interrupted, and the deployer has sent something else", function () {
    for (const script of SCRIPTS) {
      it(`completes what stopped after ${script}`, async function () {
        const partial = addressesOf(await begin(script));
        await sendUnrelatedTransaction();
        const complete = addressesOf(await goOn());
        expect(complete).to.include(partial);
        expect(complete).to.have.all.keys("Create3Deployer", ...CONTRACTS);
        await check(hre);
      });
    }

    for (const name of CONTRACTS) {
      it(`finds ${name} if it was killed before it was saved`, async function () {
        const first = structuredClone(await begin());
        const sent = await transactionsUntilNow();
        await deployments.delete(name);
        const again = await goOn();
        expect(again).to.deep.equal(first);
        expect(await transactionsUntilNow()).to.deep.equal(sent);
      });
    }
  });

  context("given somebody else has the deployer's key, between two scripts", function () {
    it("gives them no role, no fee and no currency", async function () {
      await begin(SCRIPTS.slice(0, -1));
      const { deployer = "" } = await getNamedAccounts();
      const signer = await ethers.getSigner(deployer);
      const at = addressesOf(await deployments.all());
      const manager = await accessManager(deployer);
      const prices = await ethers.getContractAt("IPriceRegistry", at.PriceRegistry ?? "", signer);
      const clusters = await ethers.getContractAt("IClusterRegistry", at.ClusterRegistry ?? "", signer);
      for (const role of Object.values(ROLES)) {
        await expect(manager.grantRole(role, deployer, 0))
          .to.be.revertedWithCustomError(manager, "AccessManagerUnauthorizedAccount")
          .withArgs(deployer, ROLES.ADMIN);
      }
      for (const call of [
        prices.addCurrency(at.NodeRegistry ?? "", ONE_DOLLAR, ethers.ZeroAddress, 0),
        clusters.setNetworkFee(1_000, deployer),
      ]) {
        await expect(call)
          .to.be.revertedWithCustomError(AccessManaged__factory.connect(at.PriceRegistry ?? "", signer), "AccessManagedUnauthorized")
          .withArgs(deployer);
      }
      await goOn();
    });

    it("refuses an access manager that they deployed first", async function () {
      await begin("Create3Deployer");
      const { deployer = "" } = await getNamedAccounts();
      const { address } = await deployments.get("Create3Deployer");
      const create3 = Create3Deployer__factory.connect(address, await ethers.getSigner(deployer));
      const planted = await (await ethers.getContractFactory("AccessManager")).getDeployTransaction(deployer);
      await create3.deploy(ethers.id("AccessManager"), planted.data);
      expect(await failureOf(goOn())).to.include("AccessManager was deployed to hardhat from other code, or with other constructor");
    });
  });

  context("given another version is deployed", function () {
    it("refuses to go on, and says why", async function () {
      await begin("Create3Deployer");
      const { deployer } = await getNamedAccounts();
      const { address } = await deployments.get("Create3Deployer");
      const create3 = Create3Deployer__factory.connect(address, await ethers.getSigner(deployer ?? ""));
      const { bytecode } = await deployments.getArtifact("MockPriceFeed");
      const other = ethers.concat([bytecode, ethers.zeroPadValue("0x08", 32)]);
      await create3.deploy(ethers.id("NodeRegistry"), other);
      expect(await failureOf(goOn())).to.include(
        "NodeRegistry was deployed to hardhat from other code, or with other constructor arguments, than it would be now. " +
          "Contracts are never replaced: a new version is a new deployment.",
      );
    });
  });

  describe("check", function () {
    it("names every immutable that is not as planned", async function () {
      const { AccountRegistry, NodeRegistry } = addressesOf(await begin());
      const factory = await ethers.getContractFactory("NodeRegistry");
      const stray = await (await factory.deploy(AccountRegistry ?? "")).getAddress();
      await deployments.save("NodeRegistry", { ...(await deployments.get("NodeRegistry")), address: stray });
      const { address: cluster } = await deployments.get("ClusterRegistry");
      expect(await failureOf(check(hre))).to.equal(
        "The deployment to hardhat is not as it should be:\n" +
          `  - NodeRegistry is saved as ${stray}, but the others know it as ${NodeRegistry}\n` +
          `  - NodeRegistry.CLUSTER_REGISTRY is ${AccountRegistry}, not ${cluster}`,
      );
    });

    it("names the gas of gates that is not the network's", async function () {
      const { AccountRegistry, BucketRegistry, ClusterRegistry } = addressesOf(await begin());
      const factory = await ethers.getContractFactory("BucketRegistry");
      const stray = await (await factory.deploy(ClusterRegistry ?? "", AccountRegistry ?? "", 99_999n)).getAddress();
      await deployments.save("BucketRegistry", { ...(await deployments.get("BucketRegistry")), address: stray });
      expect(await failureOf(check(hre))).to.equal(
        "The deployment to hardhat is not as it should be:\n" +
          `  - BucketRegistry is saved as ${stray}, but the others know it as ${BucketRegistry}\n` +
          "  - BucketRegistry.GATE_GAS is 99999, not 100000",
      );
    });

    /** What the check says after the admin did something, without the first line and the advice. */
    async function differencesAfter(change: (admin: string, manager: AccessManager) => Promise<unknown>): Promise<string[]> {
      await begin();
      const { admin = "" } = await getNamedAccounts();
      await change(admin, await accessManager(admin));
      return (await failureOf(goOn())).split("\n").filter((line) => line.startsWith("  - "));
    }

    it("names every member that is not planned, with its delay", async function () {
      const { deployer, admin, owner } = await getNamedAccounts();
      const differences = await differencesAfter(async (_, manager) => {
        await manager.grantRole(ROLES.ADMIN, owner ?? "", 0);
        await manager.grantRole(ROLES.PRICE_ORACLE, deployer ?? "", 0);
        await manager.grantRole(77, owner ?? "", 5);
        await manager.grantRole(ROLES.PRICE_ORACLE, admin ?? "", 60);
        await manager.revokeRole(ROLES.FEE_MANAGER, admin ?? "");
      });
      expect(differences).to.have.members([
        `  - ADMIN of ${owner}: 0 s, planned is nothing`,
        `  - PRICE_ORACLE of the deployer ${deployer}: 0 s, planned is nothing`,
        `  - role 77 of ${owner}: 5 s, planned is nothing`,
        `  - PRICE_ORACLE of the admin ${admin}: 60 s, planned is 0 s`,
        `  - FEE_MANAGER of the admin ${admin}: nothing, planned is 0 s`,
      ]);
    });

    it("names a member that came and went only as long as it is there, and a delay that is about to change", async function () {
      const { admin, owner } = await getNamedAccounts();
      const differences = await differencesAfter(async (_, manager) => {
        await manager.grantRole(ROLES.GUARDIAN, owner ?? "", 0);
        await manager.revokeRole(ROLES.GUARDIAN, owner ?? "");
        await manager.grantRole(ROLES.GUARDIAN, admin ?? "", 1_000_000);
        await manager.grantRole(ROLES.GUARDIAN, admin ?? "", 0);
      });
      expect(differences).to.deep.equal([`  - GUARDIAN of the admin ${admin}: 1000000 s, later 0 s, planned is 0 s`]);
    });

    it("names every role, function and contract that is set up otherwise", async function () {
      const differences = await differencesAfter(async (_, manager) => {
        const { ClusterRegistry = "", PriceRegistry = "" } = addressesOf(await deployments.all());
        const selectorOf = (signature: string): string => ethers.id(signature).slice(0, 10);
        await manager.setTargetFunctionRole(ClusterRegistry, [selectorOf("setNetworkFee(uint16,address)")], ROLES.GUARDIAN);
        await manager.setTargetFunctionRole(PriceRegistry, [selectorOf("addCurrency(address,uint256,address,uint32)")], 77);
        await manager.setTargetFunctionRole(ClusterRegistry, ["0x12345678"], 77);
        await manager.setRoleAdmin(ROLES.PRICE_ORACLE, ROLES.GUARDIAN);
        await manager.setRoleGuardian(ROLES.FEE_MANAGER, 77);
        await manager.setGrantDelay(ROLES.GUARDIAN, 60);
        await manager.setTargetAdminDelay(PriceRegistry, 60);
        await manager.setTargetClosed(ClusterRegistry, true);
      });
      expect(differences).to.have.members([
        "  - ClusterRegistry.setNetworkFee: GUARDIAN, planned is FEE_MANAGER",
        "  - PriceRegistry.addCurrency: role 77, planned is ADMIN",
        "  - ClusterRegistry.0x12345678: role 77, planned is ADMIN",
        "  - role that grants PRICE_ORACLE: GUARDIAN, planned is ADMIN",
        "  - guardian of FEE_MANAGER: role 77, planned is ADMIN",
        "  - grant delay of GUARDIAN: 0 s, later 60 s, planned is 0 s",
        "  - admin delay of PriceRegistry: 0 s, later 60 s, planned is 0 s",
        "  - access to ClusterRegistry: closed, planned is open",
      ]);
    });

    it("names the network fee, whoever gets it, and every currency", async function () {
      const { admin = "", owner = "" } = await getNamedAccounts();
      const fake = await (await ethers.deployContract("StandardToken", [18])).getAddress();
      let feed = "";
      const differences = await differencesAfter(async () => {
        const at = addressesOf(await deployments.all());
        feed = at.MockPriceFeed ?? "";
        const signer = await ethers.getSigner(admin);
        const prices = await ethers.getContractAt("IPriceRegistry", at.PriceRegistry ?? "", signer);
        await prices.addCurrency(fake, ONE_DOLLAR, ethers.ZeroAddress, 0);
        await prices.setFeed(ethers.ZeroAddress, feed, 60);
        const clusters = await ethers.getContractAt("IClusterRegistry", at.ClusterRegistry ?? "", signer);
        await clusters.setNetworkFee(1_000, owner);
      });
      expect(differences).to.have.members([
        `  - network fee: 1000 basis points for ${owner}, planned is 0 basis points for the admin ${admin}`,
        `  - currency ${ethers.ZeroAddress}: price from ${feed}, at most 60 s old, planned is price set by hand`,
        `  - currency ${fake}: price set by hand, planned is nothing`,
      ]);
    });

    it("names what was decided and is not so, and accepts that something is gone", async function () {
      await begin();
      const { admin = "", owner = "" } = await getNamedAccounts();
      await (await accessManager(admin)).revokeRole(ROLES.GUARDIAN, admin);
      const gone = { [`GUARDIAN of ${admin}`]: null };
      await check(hre, gone);
      expect(await failureOf(check(hre, { ...gone, [`GUARDIAN of ${owner}`]: "0 s" }))).to.include(
        `  - GUARDIAN of ${owner}: nothing, planned is 0 s`,
      );
    });

    it("knows from which code and with which arguments a contract was deployed", async function () {
      await begin();
      const args: unknown[] = (await deployments.get("AccessManager")).args ?? [];
      const { owner = "" } = await getNamedAccounts();
      expect(await isDeployedFrom(hre, "AccessManager", args, "Administration")).to.equal(true);
      expect(await isDeployedFrom(hre, "AccessManager", [owner, ...args.slice(1)], "Administration")).to.equal(false);
      expect(await isDeployedFrom(hre, "AccessManager", args.slice(0, 1), "AccessManager")).to.equal(false);
    });

    it("refuses a Create3Deployer with other code, or of another deployer", async function () {
      await begin();
      const { owner = "" } = await getNamedAccounts();
      const line = "  - Create3Deployer has other code than is compiled, or another deployer";
      const { address } = await deployments.get("Create3Deployer");
      const code = await ethers.provider.getCode(address);
      const change = (changed: string) => ethers.provider.send("hardhat_setCode", [address, changed]);
      try {
        await change(`${code.slice(0, -2)}00`);
        expect(await failureOf(check(hre))).to.include(line);
        const [deployer] = await ethers.getSigners();
        await change(code.replaceAll(deployer?.address.slice(2).toLowerCase() ?? "", owner.slice(2).toLowerCase()));
        expect(await failureOf(check(hre))).to.include(line);
      } finally {
        await change(code);
      }
      await check(hre);
    });
  });
});
