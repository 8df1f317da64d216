import { expect } from "chai";
import { AbiCoder, MaxUint256 } from "ethers";
import { deployments, ethers } from "hardhat";

import type { ReentrantToken } from "../../cache/typechain-types";
import { DEFAULTS, NATIVE, testUsd, usd, withNodes, type WithNodes } from "../fixtures";
import { tickBefore } from "../helpers/ledger";
import { at, scale, now } from "../helpers/units";

const SCALED = scale(6n);
/** 60 USD a month at 1 USD a token, in scaled units a second. */
const PER_SECOND = 60n * 10n ** 36n;

interface WithReentrantToken extends WithNodes {
  token: ReentrantToken;
  listedAt: bigint;
  /** When the owner's bucket began to pay 60 USD a month, in the token. */
  start: bigint;
}

/** A cluster is paid in a token that calls back; the owner has 10 of it deposited, and 90 approved. */
const withReentrantToken = deployments.createFixture(async (): Promise<WithReentrantToken> => {
  const fixture = await withNodes();
  const { accountRegistry, priceRegistry, clusterRegistry, bucketRegistry, admin, manager, owner, nodeIds } = fixture;
  const token = await ethers.deployContract("ReentrantToken");
  await priceRegistry.connect(admin).addCurrency(token, usd("1"), ethers.ZeroAddress, 0);
  const listedAt = await now();
  await token.mint(owner, testUsd("100"));
  await token.connect(owner).approve(accountRegistry, MaxUint256);
  await accountRegistry.connect(owner).deposit(token, testUsd("10"));
  await clusterRegistry.connect(manager).createCluster(token, DEFAULTS.vnodeCount, nodeIds, DEFAULTS.managementFeeBps, "");
  await clusterRegistry.connect(manager).reserveResource(1, DEFAULTS.reservedPerVnode);
  await bucketRegistry.connect(owner).createBucket(1, "");
  const start = (await now()) + 100n;
  await at(start);
  await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
  return { ...fixture, token, listedAt, start };
});

describe("AccountRegistry", () => {
  describe("reentrancy", () => {
    const inside: Record<string, (fixture: WithReentrantToken) => string> = {
      deposit: ({ accountRegistry, token }) => accountRegistry.interface.encodeFunctionData("deposit", [token.target, 1]),
      depositFor: ({ accountRegistry, token, owner }) =>
        accountRegistry.interface.encodeFunctionData("depositFor", [owner.address, token.target, 1]),
      depositWithPermit: ({ accountRegistry, token, owner }) =>
        accountRegistry.interface.encodeFunctionData("depositWithPermit", [
          owner.address,
          token.target,
          1,
          MaxUint256,
          27,
          ethers.ZeroHash,
          ethers.ZeroHash,
        ]),
      withdraw: ({ accountRegistry, token, owner }) =>
        accountRegistry.interface.encodeFunctionData("withdraw", [token.target, 1, owner.address]),
    };
    const guarded = ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);

    for (const [name, encode] of Object.entries(inside)) {
      context(`when a token calls ${name} from inside`, () => {
        it("refuses that call in a deposit, which is credited once", async () => {
          const fixture = await withReentrantToken();
          const { accountRegistry, token, owner, start } = fixture;
          // The token has an account and an allowance of its own, so that nothing but the guard is in its way.
          await token.connect(owner).transfer(token, 10);
          await accountRegistry.connect(owner).depositFor(token, token, 10);
          await token.setHook(accountRegistry, encode(fixture));
          await at(start + 1000n);
          await expect(accountRegistry.connect(owner).deposit(token, 5))
            .to.emit(accountRegistry, "Deposited")
            .withArgs(owner.address, token, owner.address, 5, (testUsd("10") + 5n) * SCALED - 1000n * PER_SECOND);
          expect(await token.succeeded()).to.equal(false);
          expect(await token.answer()).to.equal(guarded);
          expect(await accountRegistry.custody(token)).to.deep.equal([10_000_015n, 10_000_015n]);
        });

        it("refuses that call in a withdrawal, which is charged once", async () => {
          const fixture = await withReentrantToken();
          const { accountRegistry, token, owner, start } = fixture;
          await accountRegistry.connect(owner).depositFor(token, token, 10);
          await token.setHook(accountRegistry, encode(fixture));
          await at(start + 1000n);
          await expect(accountRegistry.connect(owner).withdraw(token, 5, owner))
            .to.emit(accountRegistry, "Withdrawn")
            .withArgs(owner.address, token, owner.address, 5, (testUsd("10") - 5n) * SCALED - 1000n * PER_SECOND);
          expect(await token.succeeded()).to.equal(false);
          expect(await token.answer()).to.equal(guarded);
          expect(await accountRegistry.custody(token)).to.deep.equal([10_000_005n, 10_000_005n]);
        });
      });
    }

    context("when a token calls from inside a deposit by permit", () => {
      it("refuses that call, and credits the deposit once", async () => {
        const fixture = await withReentrantToken();
        const { accountRegistry, token, owner } = fixture;
        await token.setHook(accountRegistry, inside.withdraw?.(fixture) ?? "0x");
        await accountRegistry.connect(owner).depositWithPermit(owner, token, 5, MaxUint256, 27, ethers.ZeroHash, ethers.ZeroHash);
        expect(await token.succeeded()).to.equal(false);
        expect(await token.answer()).to.equal(guarded);
        expect(await accountRegistry.custody(token)).to.deep.equal([10_000_005n, 10_000_005n]);
      });
    });

    context("when the recipient of native currency calls from inside", () => {
      it("refuses to pay twice", async () => {
        const { accountRegistry, owner } = await withReentrantToken();
        const receiver = await ethers.deployContract("ReentrantReceiver");
        await accountRegistry.connect(owner).deposit(NATIVE, 100, { value: 100 });
        await accountRegistry.connect(owner).depositFor(receiver, NATIVE, 100, { value: 100 });
        const again = accountRegistry.interface.encodeFunctionData("withdraw", [NATIVE, 100, owner.address]);
        await receiver.setHook(accountRegistry, again);
        await expect(accountRegistry.connect(owner).withdraw(NATIVE, 60, receiver)).to.changeEtherBalances(
          [accountRegistry, receiver],
          [-60, 60],
        );
        expect(await receiver.succeeded()).to.equal(false);
        expect(await receiver.answer()).to.equal(guarded);
        expect(await accountRegistry.custody(NATIVE)).to.deep.equal([140n, 140n]);
      });
    });

    context("when a token looks at the account from inside a withdrawal", () => {
      it("sees what is left after it", async () => {
        const { accountRegistry, token, owner, listedAt, start } = await withReentrantToken();
        const question = accountRegistry.interface.encodeFunctionData("getAccount", [owner.address, token.target]);
        await token.setHook(accountRegistry, question);
        await at(start + 1000n);
        await accountRegistry.connect(owner).withdraw(token, testUsd("4"), owner);
        const scaled = testUsd("6") * SCALED - 1000n * PER_SECOND;
        const funded = (start + 1000n - listedAt) * 10n ** 18n;
        // 6 tokens are covered for 267,840 seconds.
        const end = tickBefore((start - listedAt + 267_840n) * 10n ** 18n);
        const account = [scaled / SCALED, usd("60"), start + 267_840n, scaled, funded, end, 1n];
        expect(await token.answer()).to.equal(AbiCoder.defaultAbiCoder().encode(Array<string>(7).fill("uint256"), account));
      });
    });

    context("when a token syncs prices from inside", () => {
      it("takes the new price, and charges nothing for it", async () => {
        const { accountRegistry, priceRegistry, token, admin, owner, priceFeed, listedAt, start } = await withReentrantToken();
        await priceRegistry.connect(admin).setFeed(token, priceFeed, 86_400);
        await priceFeed.setAnswer(200_000_000);
        await token.setHook(priceRegistry, priceRegistry.interface.encodeFunctionData("syncPrice", [token.target]));
        await at(start + 1000n);
        const deposited = accountRegistry.connect(owner).deposit(token, 5);
        // A thousand seconds at 1 USD.
        await expect(deposited)
          .to.emit(accountRegistry, "Deposited")
          .withArgs(owner.address, token, owner.address, 5, (testUsd("10") + 5n) * SCALED - 1000n * PER_SECOND);
        await expect(deposited)
          .to.emit(priceRegistry, "PriceChanged")
          .withArgs(token, usd("2"), (start + 1000n - listedAt) * 10n ** 18n);
        expect(await token.succeeded()).to.equal(true);
      });
    });

    context("when a token calls the other registries from inside", () => {
      it("settles a payment as it would from outside", async () => {
        const { accountRegistry, bucketRegistry, token, owner, start } = await withReentrantToken();
        await token.setHook(bucketRegistry, bucketRegistry.interface.encodeFunctionData("settlePayment", [1]));
        await at(start + 1000n);
        await accountRegistry.connect(owner).deposit(token, 5);
        expect(await token.succeeded()).to.equal(true);
        expect(await accountRegistry.poolOf(1)).to.equal(1000n * PER_SECOND);
        await at(start + 3000n);
        await expect(accountRegistry.connect(owner).withdraw(token, 5, owner))
          .to.emit(accountRegistry, "Withdrawn")
          .withArgs(owner.address, token, owner.address, 5, testUsd("10") * SCALED - 3000n * PER_SECOND);
        expect(await accountRegistry.poolOf(1)).to.equal(3000n * PER_SECOND);
        expect((await accountRegistry.getStream(owner, 1)).scaledLate).to.equal(0n);
      });

      it("distributes and claims revenue as it would from outside", async () => {
        const { accountRegistry, bucketRegistry, clusterRegistry, token, owner, manager, provider1, start } = await withReentrantToken();
        await at(start + 1000n);
        await bucketRegistry.settlePayment(1);
        await token.setHook(clusterRegistry, clusterRegistry.interface.encodeFunctionData("distributeRevenues", [1]));
        await at(start + 2000n);
        await accountRegistry.connect(owner).deposit(token, 5);
        expect(await token.succeeded()).to.equal(true);
        // All of 2,000 seconds: two per cent for the manager, who deposited nothing.
        expect((await accountRegistry.getAccount(manager, token)).scaledBalance).to.equal(40n * PER_SECOND);
        await token.setHook(clusterRegistry, clusterRegistry.interface.encodeFunctionData("claimRevenues", [1, 1]));
        await accountRegistry.connect(owner).withdraw(token, 5, owner);
        expect(await token.succeeded()).to.equal(true);
        // A third of the rest, less what does not divide by the weights: it stays in the cluster.
        const perWeight = (1960n * PER_SECOND) / usd("60");
        expect((await accountRegistry.getAccount(provider1, token)).scaledBalance).to.equal(perWeight * usd("20"));
      });

      it("creates a node as it would from outside", async () => {
        const { accountRegistry, nodeRegistry, token, owner } = await withReentrantToken();
        await token.setHook(nodeRegistry, nodeRegistry.interface.encodeFunctionData("createNode", [usd("1"), 5, ""]));
        await accountRegistry.connect(owner).deposit(token, 5);
        expect((await nodeRegistry.getNode(4)).provider).to.equal(token.target);
      });

      it("cannot pretend to be one of them", async () => {
        const { accountRegistry, token, owner } = await withReentrantToken();
        const credit = accountRegistry.interface.encodeFunctionData("credit", [token.target, 3, 1]);
        await token.setHook(accountRegistry, credit);
        await accountRegistry.connect(owner).deposit(token, 5);
        expect(await token.succeeded()).to.equal(false);
        expect(await token.answer()).to.equal(accountRegistry.interface.encodeErrorResult("CallerNotRegistry", [token.target as string]));
      });
    });
  });
});
