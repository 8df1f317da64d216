import { expect } from "chai";
import { MaxInt256, MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import type { EdgesHarness } from "../../cache/typechain-types";
import { MEASURING_COVERAGE, PATIENCE } from "../helpers/clusters";
import { batches, edges, product } from "../helpers/edges";
import { MAX_RATE } from "../helpers/units";

const BATCH = 100;
const GAS = { gasLimit: 16_000_000n };
const MAX_INDEX = 2n ** 120n - 1n;

interface Case {
  balance: bigint;
  rate: bigint;
  start: bigint;
  skipped: bigint;
  onTheWay: bigint;
  index: bigint;
}

/** The ticks of the harness. */
const TICK_BITS = 72n;
const MAX_END_TICKS = 2n ** 40n - 1n;

interface Expected {
  balance: bigint;
  skipped: bigint;
  /** How much was paid by the index beyond the end that was registered on the way. */
  late: bigint;
}

/** What an account keeps, has skipped and is late with, by exact arithmetic that knows nothing of how it is computed. */
function expected({ balance, rate, start, skipped, onTheWay, index }: Case): Expected {
  if (rate === 0n) return { balance, skipped, late: 0n };
  const affordable = balance / rate;
  const paid = min(affordable, index - start);
  const paidOnTheWay = min(affordable, onTheWay - start);
  // From the touch on the way on, the account pays for the rest without a gap, up to its end and beyond.
  const runsOut = onTheWay + (balance - rate * paidOnTheWay) / rate;
  const ticks = min((runsOut >> TICK_BITS) - (onTheWay >> TICK_BITS), MAX_END_TICKS);
  const end = ticks === 0n ? onTheWay : ((onTheWay >> TICK_BITS) + ticks) << TICK_BITS;
  const late = paid - paidOnTheWay - (end - onTheWay);
  return { balance: balance - rate * paid, skipped: skipped + index - start - paid, late: late > 0n ? late : 0n };
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Accounts at the edges of what the contracts let be: skipped <= start <= on the way <= index. */
function accountCases(): Case[] {
  const indices = [0n, 1n, 2n, 2n ** 72n - 1n, 2n ** 72n, 2n ** 96n - 1n, 2n ** 96n, MAX_INDEX - 1n, MAX_INDEX];
  const rates = [0n, 1n, 2n, 10n ** 18n, 2n ** 64n + 1n, MAX_RATE - 1n, MAX_RATE];
  const balances = [0n, 1n, 2n, MAX_RATE - 1n, MAX_RATE, MAX_RATE * (MAX_INDEX - 1n), MAX_RATE * MAX_INDEX, 2n ** 224n - 1n];
  return product<[bigint, bigint, bigint, bigint, bigint, bigint]>(
    balances,
    rates,
    [0n, 1n, 2n ** 96n],
    [0n, 1n, 2n ** 96n],
    indices,
    indices,
  )
    .map(([balance, rate, start, skipped, onTheWay, index]) => ({ balance, rate, start, skipped, onTheWay, index }))
    .filter(({ start, skipped, onTheWay, index }) => skipped <= start && start <= onTheWay && onTheWay <= index);
}

const saturated = (value: bigint): bigint => (value > MaxUint256 ? MaxUint256 : value);

describe("Edges", function () {
  // Instrumented contracts take minutes for what is tried here, and what they run is run by other tests, too.
  if (MEASURING_COVERAGE) return;
  this.timeout(PATIENCE);

  let harness: EdgesHarness;

  before(async () => {
    harness = await ethers.deployContract("EdgesHarness");
  });

  it("of accounts: what they pay and skip is exact, whether or not they are touched on the way", async () => {
    const cases = accountCases();
    expect(cases.length).to.be.greaterThan(5_000);
    for (const batch of batches(cases, BATCH)) {
      const accounts = batch.map(({ balance, rate, start, skipped }) => ({
        balance,
        streamCount: rate === 0n ? 0n : 1n,
        wasDepleted: skipped !== 0n,
        rate,
        index: start,
        endTicks: 0n,
        skipped,
        skippedLate: 0n,
      }));
      const [atOnce, inSteps] = await harness.touch.staticCall(
        accounts,
        batch.map(({ onTheWay }) => onTheWay),
        batch.map(({ index }) => index),
        GAS,
      );
      const wanted = batch.map(expected);
      expect(atOnce.map(({ balance, skipped }) => [balance, skipped])).to.deep.equal(
        wanted.map(({ balance, skipped }) => [balance, skipped]),
      );
      expect(inSteps.map(({ balance, skipped, late }) => ({ balance, skipped, late }))).to.deep.equal(wanted);
    }
  });

  it("of feeds: every number of decimals scales every answer exactly, and saturates", async () => {
    const answers = edges(255, [10n ** 8n, 10n ** 18n, 10n ** 36n - 1n, 10n ** 36n]).filter((answer) => answer > 0n);
    expect(answers.at(-1)).to.be.at.most(MaxInt256);
    for (let decimals = 0n; decimals <= 36n; decimals++) {
      const prices = await harness.readFeed.staticCall(decimals, answers, GAS);
      expect([...prices]).to.deep.equal(answers.map((answer) => saturated((answer * 10n ** 18n) / 10n ** decimals)));
    }
  });

  // The proofs put plainer functions in the place of these (scripts/prove/stand-ins).
  it("of OpenZeppelin's Math: it returns what the proofs take it to return", async () => {
    const numbers = edges(256);
    for (const batch of batches(product<[bigint, bigint]>(numbers, numbers), BATCH)) {
      const results = await harness.math(
        batch.map(([a]) => a),
        batch.map(([, b]) => b),
        GAS,
      );
      const wanted = batch.map(([a, b]) => {
        const divisor = b === 0n ? 1n : b;
        return [a > b ? a : b, a < b ? a : b, (a + divisor - 1n) / divisor, saturated(a + b), a > b ? a - b : 0n, saturated(a * b)];
      });
      expect(results.map((result) => [...result])).to.deep.equal(wanted);
    }
  });
});
