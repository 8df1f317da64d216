import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { DEFAULTS, testUsd, usd, withFundedBucket, type WithFundedBucket } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { feedUsd } from "../helpers/ledger";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

// A price that falls a hundredfold and rises again, as fast as the price registry lets it: by a feed, and by hand.

const RENT = DEFAULTS.rentPerMonth * DEFAULTS.vnodeCount;

describe("attacks by prices over days", function () {
  this.timeout(PATIENCE);

  for (const by of ["a feed", "hand"] as const) {
    for (const touched of [false, true]) {
      it(`a price that falls and rises a hundredfold by ${by} charges by the index${touched ? ", whoever touches and settles meanwhile" : ""}`, async () => {
        const fixture: WithFundedBucket = await withFundedBucket();
        const { accountRegistry, admin, bucketRegistry, clusterRegistry, nodeIds, otherOwner, owner, priceFeed, priceRegistry } = fixture;
        const { stranger, testUSD } = fixture;
        // The owner has enough for all of it; the other owner runs out on the way.
        await accountRegistry.connect(owner).deposit(testUSD, testUsd("100000"));
        await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100"));
        await bucketRegistry.connect(otherOwner).createBucket(1, "");
        await bucketRegistry.connect(otherOwner).allocate(2, 1, RENT);
        if (by === "a feed") await priceRegistry.connect(admin).setFeed(testUSD, priceFeed, 30n * DAY);
        const people = [owner, otherOwner];
        const statuses = () => Promise.all(people.map((person) => accountRegistry.getAccount(person, testUSD)));
        const [started, since] = [await statuses(), (await accountRegistry.getListing(testUSD)).index];
        const pool = await accountRegistry.poolOf(1);

        const reached: bigint[] = [];
        for (const target of [usd("0.01"), usd("1")]) {
          await priceFeed.setAnswer(target === usd("1") ? feedUsd("1") : feedUsd("0.01"));
          for (let day = 0; day < 12 && reached.at(-1) !== target; ++day) {
            await at((await now()) + 2n * DAY);
            if (by === "a feed") {
              await priceRegistry.connect(stranger).syncPrice(testUSD);
            } else {
              const { usdPerToken } = await priceRegistry.getCurrency(testUSD);
              const next = target < usdPerToken ? usdPerToken / 2n : usdPerToken * 2n;
              await priceRegistry.connect(admin).setPrice(testUSD, (target < usdPerToken ? next < target : next > target) ? target : next);
            }
            reached.push((await priceRegistry.getCurrency(testUSD)).usdPerToken);
            if (!touched) continue;
            for (const person of people) await accountRegistry.touchAccount(person, testUSD);
            await accountRegistry.settleCluster(1, day);
          }
          expect(reached.at(-1)).to.equal(target);
        }
        // Seven halvings and seven doublings.
        expect(reached.length).to.equal(14);

        await at((await now()) + DAY);
        for (const person of people) await accountRegistry.touchAccount(person, testUSD);
        const [ended, growth] = [await statuses(), (await accountRegistry.getListing(testUSD)).index - since];
        const [rich, poor] = started.map(({ scaledBalance }, i) => scaledBalance - ended[i]!.scaledBalance) as [bigint, bigint];
        expect(rich).to.equal(RENT * growth);
        expect(poor).to.equal((started[1]!.scaledBalance / RENT) * RENT);
        expect(await accountRegistry.poolOf(1)).to.equal(pool + rich + poor);
        await expectExactCustody(fixture);

        await clusterRegistry.distributeRevenues(1);
        for (const nodeId of nodeIds) await clusterRegistry.claimRevenues(1, nodeId);
        await expectExactCustody(fixture);
        await expect(accountRegistry.connect(owner).withdraw(testUSD, MaxUint256, owner)).to.emit(accountRegistry, "Withdrawn");
      });
    }
  }
});
