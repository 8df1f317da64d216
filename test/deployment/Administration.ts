import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { type Administration, Administration__factory, type PriceRegistry, PriceRegistry__factory } from "../../cache/typechain-types";

const [ADMIN, PRICE_ORACLE, OTHER, PUBLIC] = [0n, 1n, 77n, 2n ** 64n - 1n];
const HOUR = 3_600n;
const DAY = 24n * HOUR;
const TWO_DAYS = 2n * DAY;

const prices = PriceRegistry__factory.createInterface();
const SET_FEED = prices.getFunction("setFeed").selector;
const SET_PRICE = prices.getFunction("setPrice").selector;
const administration = Administration__factory.createInterface();

interface Fixture {
  manager: Administration;
  registry: PriceRegistry;
  deployer: HardhatEthersSigner;
  admin: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
}

/** An access manager and a registry under it, with a minimum delay of ADMIN. */
async function deploy(minimumDelay: bigint): Promise<Fixture> {
  const [deployer, admin, stranger] = (await ethers.getSigners()) as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  const target = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 1 });
  const roles = [
    { roleId: ADMIN, label: "", minimumDelay },
    { roleId: PRICE_ORACLE, label: "PRICE_ORACLE", minimumDelay: 0n },
  ];
  const functions = [
    { target, selectors: [SET_FEED], roleId: ADMIN },
    { target, selectors: [SET_PRICE], roleId: PRICE_ORACLE },
  ];
  const manager = await ethers.deployContract("Administration", [admin, roles, functions], deployer);
  const registry = await ethers.deployContract("PriceRegistry", [manager, stranger, ethers.ZeroAddress], deployer);
  expect(registry.target).to.equal(target);
  return { manager: manager.connect(admin), registry: registry.connect(stranger), deployer, admin, stranger };
}

const withDelay = (): Promise<Fixture> => deploy(TWO_DAYS);
const withoutDelay = (): Promise<Fixture> => deploy(0n);

describe("Administration", function () {
  let manager: Administration;
  let registry: PriceRegistry;
  let deployer: HardhatEthersSigner;
  let admin: HardhatEthersSigner;
  let stranger: HardhatEthersSigner;

  /** Announces a call of the admin, and waits until it is ready. */
  async function wait(target: string, data: string): Promise<void> {
    await manager.schedule(target, data, 0);
    await time.increase(TWO_DAYS);
  }

  /** Makes a call of the access manager itself as the admin, after the two days. */
  async function afterTwoDays(data: string): Promise<{ to: string; data: string }> {
    const to = await manager.getAddress();
    await wait(to, data);
    return { to, data };
  }

  context("given a minimum delay of two days for ADMIN", function () {
    beforeEach(async function () {
      ({ manager, registry, deployer, admin, stranger } = await loadFixture(withDelay));
    });

    describe("constructor", function () {
      it("gives the admin every role with its minimum delay, and nobody else any", async function () {
        expect(await manager.hasRole(ADMIN, admin)).to.deep.equal([true, TWO_DAYS]);
        expect(await manager.hasRole(PRICE_ORACLE, admin)).to.deep.equal([true, 0n]);
        const granted = await manager.queryFilter(manager.filters.RoleGranted());
        expect(new Set(granted.map(({ args }) => args.account))).to.deep.equal(new Set([admin.address]));
        expect(await manager.hasRole(ADMIN, deployer)).to.deep.equal([false, 0n]);
      });

      it("leaves no pending change of the admin's delay", async function () {
        const [, delay, pending, effect] = await manager.getAccess(ADMIN, admin);
        expect([delay, pending, effect]).to.deep.equal([TWO_DAYS, 0n, 0n]);
      });

      it("labels the roles, except ADMIN", async function () {
        const labels = await manager.queryFilter(manager.filters.RoleLabel());
        expect(labels.map(({ args }) => [args.roleId, args.label])).to.deep.equal([[PRICE_ORACLE, "PRICE_ORACLE"]]);
      });

      it("emits the minimum delay of each role", async function () {
        const delays = await manager.queryFilter(manager.filters.MinimumDelaySet());
        expect(delays.map(({ args }) => [args.roleId, args.minimumDelay])).to.deep.equal([
          [ADMIN, TWO_DAYS],
          [PRICE_ORACLE, 0n],
        ]);
      });

      it("restricts the functions to their roles", async function () {
        expect(await manager.getTargetFunctionRole(registry, SET_FEED)).to.equal(ADMIN);
        expect(await manager.getTargetFunctionRole(registry, SET_PRICE)).to.equal(PRICE_ORACLE);
        expect(await manager.canCall(admin, registry, SET_FEED)).to.deep.equal([false, TWO_DAYS]);
        expect(await manager.canCall(admin, registry, SET_PRICE)).to.deep.equal([true, 0n]);
      });

      it("refuses the zero address as admin", async function () {
        await expect(ethers.deployContract("Administration", [ethers.ZeroAddress, [], []]))
          .to.be.revertedWithCustomError(manager, "AccessManagerInvalidInitialAdmin")
          .withArgs(ethers.ZeroAddress);
      });

      it("refuses to give out the role of everyone", async function () {
        const roles = [{ roleId: PUBLIC, label: "", minimumDelay: 1n }];
        await expect(ethers.deployContract("Administration", [admin, roles, []]))
          .to.be.revertedWithCustomError(manager, "AccessManagerLockedRole")
          .withArgs(PUBLIC);
      });
    });

    describe("minimumDelayOf", function () {
      it("is what the constructor was told, and zero for other roles", async function () {
        expect(await manager.minimumDelayOf(ADMIN)).to.equal(TWO_DAYS);
        expect(await manager.minimumDelayOf(PRICE_ORACLE)).to.equal(0n);
        expect(await manager.minimumDelayOf(OTHER)).to.equal(0n);
      });
    });

    describe("every function of administration", function () {
      it("is refused for the deployer and for strangers", async function () {
        for (const caller of [deployer, stranger]) {
          const theirs = manager.connect(caller);
          for (const call of [
            () => theirs.grantRole(ADMIN, caller, TWO_DAYS),
            () => theirs.grantRole(PRICE_ORACLE, caller, 0),
            () => theirs.revokeRole(ADMIN, admin),
            () => theirs.setRoleAdmin(PRICE_ORACLE, OTHER),
            () => theirs.setRoleGuardian(PRICE_ORACLE, OTHER),
            () => theirs.setGrantDelay(PRICE_ORACLE, 0),
            () => theirs.setTargetFunctionRole(registry, [SET_FEED], OTHER),
            () => theirs.setTargetAdminDelay(registry, 0),
            () => theirs.setTargetClosed(registry, true),
            () => theirs.labelRole(OTHER, "OTHER"),
          ]) {
            await expect(call()).to.be.revertedWithCustomError(manager, "AccessManagerUnauthorizedAccount").withArgs(caller.address, ADMIN);
          }
        }
      });

      it("is refused for the admin that did not wait", async function () {
        await expect(manager.grantRole(PRICE_ORACLE, stranger, 0)).to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled");
        const data = administration.encodeFunctionData("grantRole", [PRICE_ORACLE, stranger.address, 0]);
        await manager.schedule(manager, data, 0);
        await time.increase(TWO_DAYS - 10n);
        await expect(manager.grantRole(PRICE_ORACLE, stranger, 0)).to.be.revertedWithCustomError(manager, "AccessManagerNotReady");
        await time.increase(10n);
        await manager.grantRole(PRICE_ORACLE, stranger, 0);
        expect(await manager.hasRole(PRICE_ORACLE, stranger)).to.deep.equal([true, 0n]);
      });
    });

    describe("grantRole", function () {
      const grant = (account: HardhatEthersSigner, delay: bigint): string =>
        administration.encodeFunctionData("grantRole", [ADMIN, account.address, delay]);

      for (const delay of [0n, TWO_DAYS - 1n]) {
        it(`refuses ADMIN with a delay of ${delay} seconds to another account`, async function () {
          await expect(admin.sendTransaction(await afterTwoDays(grant(stranger, delay))))
            .to.be.revertedWithCustomError(manager, "ExecutionDelayTooShort")
            .withArgs(ADMIN, stranger.address, delay, TWO_DAYS);
        });

        it(`refuses to reduce the admin's own delay to ${delay} seconds`, async function () {
          await expect(admin.sendTransaction(await afterTwoDays(grant(admin, delay))))
            .to.be.revertedWithCustomError(manager, "ExecutionDelayTooShort")
            .withArgs(ADMIN, admin.address, delay, TWO_DAYS);
        });
      }

      it("gives ADMIN with the minimum delay, and the new member waits, too", async function () {
        await admin.sendTransaction(await afterTwoDays(grant(stranger, TWO_DAYS)));
        expect(await manager.hasRole(ADMIN, stranger)).to.deep.equal([true, TWO_DAYS]);
        expect(await manager.canCall(stranger, registry, SET_FEED)).to.deep.equal([false, TWO_DAYS]);
        await expect(manager.connect(stranger).grantRole(PRICE_ORACLE, stranger, 0)).to.be.revertedWithCustomError(
          manager,
          "AccessManagerNotScheduled",
        );
      });

      it("lets a longer delay come back to the minimum, and not below it at any time", async function () {
        await admin.sendTransaction(await afterTwoDays(grant(stranger, TWO_DAYS + HOUR)));
        await admin.sendTransaction(await afterTwoDays(grant(stranger, TWO_DAYS)));
        expect(await manager.hasRole(ADMIN, stranger)).to.deep.equal([true, TWO_DAYS + HOUR]);
        await time.increase(HOUR);
        expect(await manager.hasRole(ADMIN, stranger)).to.deep.equal([true, TWO_DAYS]);
      });

      it("gives ADMIN again after it was revoked or given up only with the minimum delay", async function () {
        await admin.sendTransaction(await afterTwoDays(grant(stranger, TWO_DAYS)));
        await manager.connect(stranger).renounceRole(ADMIN, stranger);
        await expect(admin.sendTransaction(await afterTwoDays(grant(stranger, 0n))))
          .to.be.revertedWithCustomError(manager, "ExecutionDelayTooShort")
          .withArgs(ADMIN, stranger.address, 0, TWO_DAYS);
      });

      it("refuses it within a multicall", async function () {
        const inner = grant(stranger, 0n);
        await wait(await manager.getAddress(), inner);
        await expect(manager.multicall([inner]))
          .to.be.revertedWithCustomError(manager, "ExecutionDelayTooShort")
          .withArgs(ADMIN, stranger.address, 0, TWO_DAYS);
      });
    });

    describe("setTargetFunctionRole", function () {
      const move = (selector: string, roleId: bigint): string =>
        administration.encodeFunctionData("setTargetFunctionRole", [registry.target, [selector], roleId]);

      for (const role of [PRICE_ORACLE, OTHER, PUBLIC]) {
        it(`refuses to move a function of ADMIN to role ${role}, which has no minimum delay`, async function () {
          await expect(admin.sendTransaction(await afterTwoDays(move(SET_FEED, role))))
            .to.be.revertedWithCustomError(manager, "FunctionDelayTooShort")
            .withArgs(registry.target, SET_FEED, role, 0, TWO_DAYS);
        });
      }

      it("refuses it likewise for a function that was never given to a role", async function () {
        await expect(admin.sendTransaction(await afterTwoDays(move("0x12345678", OTHER))))
          .to.be.revertedWithCustomError(manager, "FunctionDelayTooShort")
          .withArgs(registry.target, "0x12345678", OTHER, 0, TWO_DAYS);
      });

      it("moves a function without a minimum delay to another such role, and to ADMIN for good", async function () {
        await admin.sendTransaction(await afterTwoDays(move(SET_PRICE, OTHER)));
        expect(await manager.getTargetFunctionRole(registry, SET_PRICE)).to.equal(OTHER);
        await admin.sendTransaction(await afterTwoDays(move(SET_PRICE, ADMIN)));
        await expect(admin.sendTransaction(await afterTwoDays(move(SET_PRICE, PRICE_ORACLE))))
          .to.be.revertedWithCustomError(manager, "FunctionDelayTooShort")
          .withArgs(registry.target, SET_PRICE, PRICE_ORACLE, 0, TWO_DAYS);
      });
    });

    describe("setRoleAdmin", function () {
      for (const role of [OTHER, PUBLIC]) {
        it(`refuses to let role ${role}, which has no minimum delay, grant another one`, async function () {
          await expect(admin.sendTransaction(await afterTwoDays(administration.encodeFunctionData("setRoleAdmin", [PRICE_ORACLE, role]))))
            .to.be.revertedWithCustomError(manager, "RoleAdminDelayTooShort")
            .withArgs(PRICE_ORACLE, role, 0, TWO_DAYS);
        });
      }

      it("refuses it for ADMIN altogether", async function () {
        await expect(admin.sendTransaction(await afterTwoDays(administration.encodeFunctionData("setRoleAdmin", [ADMIN, ADMIN]))))
          .to.be.revertedWithCustomError(manager, "AccessManagerLockedRole")
          .withArgs(ADMIN);
      });
    });

    describe("setGrantDelay and setTargetAdminDelay", function () {
      it("change no execution delay", async function () {
        const target = registry.target as string;
        await admin.sendTransaction(await afterTwoDays(administration.encodeFunctionData("setGrantDelay", [ADMIN, 0])));
        await admin.sendTransaction(await afterTwoDays(administration.encodeFunctionData("setTargetAdminDelay", [target, 0])));
        await time.increase(30n * DAY);
        expect(await manager.hasRole(ADMIN, admin)).to.deep.equal([true, TWO_DAYS]);
        expect(await manager.canCall(admin, registry, SET_FEED)).to.deep.equal([false, TWO_DAYS]);
      });
    });

    describe("the authority of a registry", function () {
      // Any contract will do: what counts is that it asks for no delay.
      const moveTo = (authority: string): { bare: string; wrapped: string } => {
        const bare = prices.encodeFunctionData("setAuthority", [authority]);
        return { bare, wrapped: prices.encodeFunctionData("multicall", [[bare]]) };
      };

      it("would be changed by OpenZeppelin's execute, also inside the registry's multicall", async function () {
        const plain = (await ethers.deployContract("AccessManager", [admin])).connect(admin);
        for (const way of ["bare", "wrapped"] as const) {
          const other = await ethers.deployContract("PriceRegistry", [plain, stranger, ethers.ZeroAddress]);
          await plain.execute(other, moveTo(registry.target as string)[way]);
          expect(await other.authority()).to.equal(registry.target);
        }
      });

      it("is not changed by updateAuthority", async function () {
        const data = administration.encodeFunctionData("updateAuthority", [registry.target, stranger.address]);
        await expect(admin.sendTransaction(await afterTwoDays(data)))
          .to.be.revertedWithCustomError(manager, "AuthorityUnchangeable")
          .withArgs(registry.target, stranger.address);
      });

      it("is not changed by execute, not even inside the registry's multicall", async function () {
        for (const data of Object.values(moveTo(await manager.getAddress()))) {
          await wait(registry.target as string, data);
          await expect(manager.execute(registry, data))
            .to.be.revertedWithCustomError(manager, "ExecuteUnsupported")
            .withArgs(registry.target, admin.address);
        }
      });

      it("is not changed by the admin itself", async function () {
        const authority = registry.target as string;
        await wait(authority, moveTo(authority).bare);
        await expect(registry.connect(admin).setAuthority(authority))
          .to.be.revertedWithCustomError(registry, "AccessManagedUnauthorized")
          .withArgs(admin.address);
      });
    });

    describe("execute", function () {
      it("is refused for calls of the access manager itself, too", async function () {
        const data = administration.encodeFunctionData("grantRole", [ADMIN, stranger.address, 0]);
        await wait(await manager.getAddress(), data);
        await expect(manager.execute(manager, data))
          .to.be.revertedWithCustomError(manager, "ExecuteUnsupported")
          .withArgs(manager.target, admin.address);
      });
    });

    describe("a restricted function", function () {
      it("is called by the admin itself, two days after it was scheduled", async function () {
        const data = prices.encodeFunctionData("setFeed", [stranger.address, ethers.ZeroAddress, 0]);
        const theirs = registry.connect(admin);
        await expect(theirs.setFeed(stranger, ethers.ZeroAddress, 0)).to.be.revertedWithCustomError(manager, "AccessManagerNotScheduled");
        await wait(registry.target as string, data);
        // It gets as far as the registry: the currency is not listed.
        await expect(theirs.setFeed(stranger, ethers.ZeroAddress, 0)).to.be.revertedWithCustomError(registry, "CurrencyNotListed");
      });
    });
  });

  context("given no minimum delay, as on development chains", function () {
    beforeEach(async function () {
      ({ manager, registry, admin, stranger } = await loadFixture(withoutDelay));
    });

    it("lets the admin do everything at once", async function () {
      await manager.grantRole(ADMIN, stranger, 0);
      expect(await manager.hasRole(ADMIN, stranger)).to.deep.equal([true, 0n]);
      await manager.setTargetFunctionRole(registry, [SET_FEED], OTHER);
      await manager.setRoleAdmin(PRICE_ORACLE, OTHER);
      expect(await manager.getTargetFunctionRole(registry, SET_FEED)).to.equal(OTHER);
      expect(await manager.getRoleAdmin(PRICE_ORACLE)).to.equal(OTHER);
    });

    it("refuses to move a registry to another authority all the same", async function () {
      await expect(manager.updateAuthority(registry, stranger))
        .to.be.revertedWithCustomError(manager, "AuthorityUnchangeable")
        .withArgs(registry.target, stranger.address);
      const data = prices.encodeFunctionData("setAuthority", [stranger.address]);
      await expect(manager.execute(registry, data))
        .to.be.revertedWithCustomError(manager, "ExecuteUnsupported")
        .withArgs(registry.target, admin.address);
    });
  });
});
