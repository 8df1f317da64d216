import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { base, MONTH } from "../fixtures";
import { MAX_CLUSTER_RATE, MAX_RATE } from "../helpers/clusters";
import { scaled } from "../helpers/streams";
import { at, now } from "../helpers/units";

// Deposits up to the last base unit that the widths allow, and then all of it credited to one account: nothing overflows, and nobody can
// get so much in that it would.

const MIN_PRICE = 10n ** 10n;
/** By how much the index grows in a second at the lowest price. */
const PER_SECOND = 10n ** 26n;
const VNODES = 256n;
/** With which a unit costs all that the buckets of a cluster may pay. */
const RENT = MAX_CLUSTER_RATE / VNODES;

describe("attacks by the largest deposits", () => {
  for (const decimals of [0n, 6n, 18n, 24n]) {
    it(`a base unit more than fits is refused, and all that fits is credited to one account, with ${decimals} decimals`, async () => {
      const {
        accountRegistry,
        priceRegistry,
        admin,
        bucketRegistry,
        clusterRegistry,
        nodeRegistry,
        otherOwner,
        owner,
        provider1,
        stranger,
      } = await base();
      const byWidth = (2n ** 224n - 1n) / scaled(1n, decimals);
      const maximum = byWidth < 2n ** 128n ? byWidth : 2n ** 128n - 1n;
      const token = await ethers.deployContract("StandardToken", [decimals]);
      await priceRegistry.connect(admin).addCurrency(token, MIN_PRICE, ZeroAddress, 0);
      for (const person of [owner, otherOwner, stranger]) {
        await token.mint(person, maximum);
        await token.connect(person).approve(accountRegistry, MaxUint256);
      }
      // One person is the network, the manager and the provider.
      await clusterRegistry.connect(admin).setNetworkFee(1_000, provider1);
      await nodeRegistry.connect(provider1).createNode(RENT, VNODES, "");
      await nodeRegistry.connect(provider1).trustManager(provider1);
      await clusterRegistry.connect(provider1).createCluster(token, VNODES, [1], 3_000, "");
      await clusterRegistry.connect(provider1).reserveResource(1, 1);

      await accountRegistry.connect(owner).deposit(token, maximum - 5n);
      await accountRegistry.connect(otherOwner).deposit(token, 5n);
      const mine = accountRegistry.connect(stranger);
      for (const refused of [() => mine.deposit(token, 1), () => mine.depositFor(owner, token, 1)]) {
        await expect(refused())
          .to.be.revertedWithCustomError(accountRegistry, "CustodyExceeded")
          .withArgs(token, maximum + 1n, maximum);
      }

      await bucketRegistry.connect(owner).createBucket(1, "");
      const start = (await now()) + 1_000n;
      await at(start);
      const rate = RENT * VNODES;
      await bucketRegistry.connect(owner).allocate(1, 1, MAX_RATE);
      await at(start + MONTH);
      await bucketRegistry.connect(owner).release(1, 1);
      // With 24 decimals that is all there is; with fewer a base unit is worth more, and there is more left.
      const deposited = scaled(maximum - 5n, decimals);
      const wanted = rate * PER_SECOND * MONTH;
      const paid = wanted < deposited ? wanted : (deposited / rate) * rate;
      expect(await accountRegistry.poolOf(1)).to.equal(paid);
      await clusterRegistry.distributeRevenues(1);
      await clusterRegistry.claimRevenues(1, 1);
      await clusterRegistry.connect(provider1).removeCluster(1);
      expect((await accountRegistry.getAccount(provider1, token)).scaledBalance).to.equal(paid);
      expect((await accountRegistry.getAccount(owner, token)).scaledBalance).to.equal(deposited - paid);
      await expect(mine.deposit(token, 1))
        .to.be.revertedWithCustomError(accountRegistry, "CustodyExceeded")
        .withArgs(token, maximum + 1n, maximum);

      // What leaves makes room for just as much.
      const earned = paid / scaled(1n, decimals);
      await expect(accountRegistry.connect(provider1).withdraw(token, MaxUint256, provider1)).to.changeTokenBalance(
        token,
        provider1,
        earned,
      );
      await expect(mine.deposit(token, earned + 1n))
        .to.be.revertedWithCustomError(accountRegistry, "CustodyExceeded")
        .withArgs(token, maximum + 1n, maximum);
      await mine.deposit(token, earned);
      await expect(mine.withdraw(token, MaxUint256, stranger)).to.changeTokenBalance(token, stranger, earned);
      await expect(accountRegistry.connect(otherOwner).withdraw(token, MaxUint256, otherOwner)).to.changeTokenBalance(
        token,
        otherOwner,
        5n,
      );
    });
  }
});
