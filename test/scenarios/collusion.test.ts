import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { testUsd } from "../fixtures";
import { PATIENCE } from "../helpers/clusters";
import { distributedTo, isNearly, type AdversaryScenario, startScenario, step } from "../helpers/collusion";
import { expectExactCustody } from "../helpers/custody";
import { LEAVING_NOTICE, MAX_SLASH_BPS, NODE_BOND, RENT, WEEK } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";
import { Fraction } from "../model/fraction";

// Months of random steps of everybody against one honest provider and one honest owner, beside an account in rational numbers.

const STEPS = 250;
const CHECK_EVERY = 15;

const of = (totals: Map<string, Fraction>, { address }: { address: string }): Fraction => totals.get(address) ?? Fraction.ZERO;

/** The honest owner has paid what its rate comes to, and what was not served has come back, whenever its account was touched. */
async function expectOwnerExact(scenario: AdversaryScenario, start: { time: bigint; balance: bigint }): Promise<void> {
  const { accountRegistry, clusterId, exact, owner, testUSD } = scenario;
  const streamed = RENT * 10n ** 18n * (scenario.time - start.time);
  const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
  const back = scaledBalance - (start.balance - streamed);
  expect(of(exact.charged, owner).equals(Fraction.of(streamed)), "charged").to.equal(true);
  expect(isNearly(back, of(exact.refunded, owner)), "came back to the owner").to.equal(true);
  const refunds = await accountRegistry.queryFilter(accountRegistry.filters.UnservedRefunded(owner, clusterId), scenario.startBlock);
  expect(refunds.reduce((sum, { args }) => sum + args.scaledAmount, 0n)).to.equal(back);
  expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth, "what the owner pays").to.equal(RENT);
}

/** In the week up to each slash no more is lost than the share of the most that the bond was in it. */
function expectWithinLimits({ slashes }: AdversaryScenario): void {
  for (const { time: until } of slashes) {
    const week = slashes.filter(({ time }) => time > until - WEEK && time <= until);
    const lost = week.reduce((sum, { amount }) => sum + amount, 0n);
    const most = week.reduce((bond, { before }) => (before > bond ? before : bond), 0n);
    expect(lost <= (most * MAX_SLASH_BPS) / 10_000n, `slashes of the week up to ${until}`).to.equal(true);
  }
}

describe("Scenario: everybody against one honest provider and one honest owner", function () {
  this.timeout(4 * PATIENCE);

  for (const { seed, watchful } of [
    { seed: 1, watchful: true },
    { seed: 2, watchful: false },
    { seed: 3, watchful: true },
    { seed: 4, watchful: false },
    { seed: 5, watchful: true },
    { seed: 6, watchful: false },
  ]) {
    const how = watchful ? "with the honest settling all the time" : "although hardly anybody settles";
    it(`seed ${seed}: all is shared as it was earned, ${how}`, async () => {
      const scenario = await startScenario(seed);
      const { accountRegistry, exact, owner, provider1, provider2, provider3, termsRegistry, testUSD } = scenario;
      const paidSince = RENT * 10n ** 18n * ((await now()) - scenario.time);
      const start = { time: scenario.time, balance: (await accountRegistry.getAccount(owner, testUSD)).scaledBalance + paidSince };
      const before = new Map<string, bigint>();
      for (const { address } of scenario.providers) before.set(address, await distributedTo(scenario, address));
      const distributed = new Map(before);

      const check = async (): Promise<void> => {
        await expectOwnerExact(scenario, start);
        for (const provider of [provider1, provider2, provider3]) {
          const total = await distributedTo(scenario, provider.address);
          expect(total >= distributed.get(provider.address)!, "distributed earnings never fall").to.equal(true);
          distributed.set(provider.address, total);
          expect(isNearly(total - before.get(provider.address)!, of(exact.earned, provider)), `earned by ${provider.address}`).to.equal(
            true,
          );
        }
        expect(await termsRegistry.bondOf(1, 1)).to.equal(scenario.posted - scenario.lost);
        expectWithinLimits(scenario);
      };
      // What it served for, and a part in 2^32 of what was paid at most, by which less than the exact share comes back to owners.
      const expectEntitled = (): void => {
        const more = of(exact.earned, provider1).minus(of(exact.entitled, provider1));
        const charged = of(exact.charged, owner).plus(of(exact.charged, scenario.otherOwner));
        expect(more.isBelow(Fraction.ZERO), "the honest provider has what it served for").to.equal(false);
        expect(more.isBelow(charged.times(Fraction.of(1n, 2n ** 32n))), "and hardly more").to.equal(true);
      };

      for (let i = 1; i <= STEPS; ++i) {
        await step(scenario, watchful);
        if (i % CHECK_EVERY === 0) await check();
      }
      // So that nothing is left in the pool.
      await step(scenario, true);
      await check();
      expectEntitled();

      // It leaves, with its bond but for the slashes, whatever the others do meanwhile.
      const exitTime = scenario.time + 60n;
      await at(exitTime);
      await termsRegistry.connect(provider1).announceExit(1, 1);
      exact.pass(exitTime);
      scenario.time = exitTime;
      while (scenario.time < exitTime + LEAVING_NOTICE) await step(scenario, watchful);
      const bond = scenario.posted - scenario.lost;
      const { balance } = await accountRegistry.getAccount(provider1, testUSD);
      await at(scenario.time + 60n);
      const leave = termsRegistry.finishExit(1, 1);
      if (scenario.time + 60n > exitTime + LEAVING_NOTICE + DAY) {
        // It served on, and its bond answers for as long.
        await leave;
        await at((await termsRegistry.getAgreement(1, 1)).lockedUntil);
        await expect(termsRegistry.finishExit(1, 1)).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, bond, 0);
      } else {
        await expect(leave).to.emit(termsRegistry, "BondReturned").withArgs(1, 1, provider1.address, bond, 0);
      }
      expect((await accountRegistry.getAccount(provider1, testUSD)).balance - balance >= bond).to.equal(true);
      expectWithinLimits(scenario);
      const held = await testUSD.balanceOf(provider1);
      await accountRegistry.connect(provider1).withdraw(testUSD, MaxUint256, provider1);
      const got = (await testUSD.balanceOf(provider1)) - held;
      expect(got).to.be.greaterThanOrEqual(testUsd("50") + NODE_BOND - scenario.lost);
      expect(scenario.counts.size, `what happened: ${[...scenario.counts].join(" ")}`).to.be.greaterThan(10);
      await expectExactCustody(scenario);
    });
  }
});
