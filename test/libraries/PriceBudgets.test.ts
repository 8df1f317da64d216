import { expect } from "chai";
import fc from "fast-check";
import { deployments, ethers } from "hardhat";

import type { PriceBudgetsHarness } from "../../cache/typechain-types";
import { allowedFrom, boundsOf, type Budget, fullBudget, MAX_PRICE, MIN_PRICE, moved, REFILL_TIME } from "../helpers/budget";
import { PATIENCE } from "../helpers/processes";
import { at, now, passTo } from "../helpers/units";

const HOUR = 3_600;
const DAY = 86_400;
const PRICE = 10n ** 18n;

const withHarness = deployments.createFixture(async () => ethers.deployContract("PriceBudgetsHarness"));

/** A budget that is full at a price, and since when. */
async function filled(price = PRICE): Promise<{ harness: PriceBudgetsHarness; start: bigint }> {
  const harness = await withHarness();
  const start = (await now()) + 1_000n;
  await at(start);
  await harness.fill(price);
  return { harness, start };
}

describe("PriceBudgets", () => {
  describe("fill", () => {
    it("fills it at the price", async () => {
      const { harness, start } = await filled(MAX_PRICE);
      expect(await harness.budget()).to.deep.equal([MAX_PRICE, MAX_PRICE, start]);
    });
  });

  describe("move", () => {
    it("takes the base of the other way along, and leaves that of its own", async () => {
      const { harness, start } = await filled();
      await at(start + 10n);
      await harness.move(PRICE, (PRICE * 3n) / 2n);
      expect(await harness.budget()).to.deep.equal([PRICE, (PRICE * 3n) / 2n, start + 10n]);
      await at(start + 10n + REFILL_TIME);
      await harness.move((PRICE * 3n) / 2n, PRICE);
      expect(await harness.budget()).to.deep.equal([PRICE, (PRICE * 3n) / 2n, start + 10n + REFILL_TIME]);
    });

    it("lets the bases follow the price, rounded away from it", async () => {
      const { harness, start } = await filled();
      await at(start + 1n);
      await harness.set({ riseBase: PRICE, fallBase: 3n * PRICE, updatedAt: start });
      await at(start + 8n);
      await harness.move(2n * PRICE, 2n * PRICE);
      // 124,658 / 124,650 of the one, 124,650 / 124,658 of the other.
      expect(await harness.budget()).to.deep.equal([1_000_064_179_703_168_872n, 2_999_807_473_246_803_254n, start + 8n]);
    });
  });

  describe("bounds", () => {
    it("are half and twice the price, where the budget is full", async () => {
      const { harness, start } = await filled(PRICE + 1n);
      for (const time of [start + 1n, start + 10n * REFILL_TIME]) {
        await passTo(time);
        expect(await harness.bounds(PRICE + 1n)).to.deep.equal([PRICE / 2n + 1n, 2n * PRICE + 2n]);
      }
    });

    it("widen evenly until the budget is full", async () => {
      const { harness, start } = await filled();
      const base = await now();
      await harness.set({ riseBase: PRICE, fallBase: 4n * PRICE, updatedAt: base });
      await passTo(base + REFILL_TIME / 2n);
      expect(await harness.bounds(2n * PRICE)).to.deep.equal([ceilDiv(4n * PRICE, 3n), 3n * PRICE]);
      for (const seconds of [REFILL_TIME, 9n * REFILL_TIME]) {
        await passTo(base + seconds);
        expect(await harness.bounds(2n * PRICE)).to.deep.equal([PRICE, 4n * PRICE]);
      }
      expect(base).to.be.greaterThanOrEqual(start);
    });

    it("end where the range ends", async () => {
      const low = await filled(MIN_PRICE + 1n);
      expect(await low.harness.bounds(MIN_PRICE + 1n)).to.deep.equal([MIN_PRICE, 2n * MIN_PRICE + 2n]);
      const high = await filled(MAX_PRICE - 1n);
      expect(await high.harness.bounds(MAX_PRICE - 1n)).to.deep.equal([MAX_PRICE / 2n, MAX_PRICE]);
    });
  });

  describe("allowedFrom", () => {
    it("is now where the bounds hold the price, or the budget is full", async () => {
      const { harness, start } = await filled();
      await passTo(start + 20n);
      for (const wanted of [PRICE / 4n, PRICE / 2n, PRICE, 2n * PRICE, 2n * PRICE + 1n, 5n * PRICE]) {
        expect(await harness.allowedFrom(PRICE, wanted)).to.equal(start + 20n);
      }
    });

    it("is the first second at which the bounds hold the price, or the budget is full", async () => {
      const harness = await withHarness();
      const start = (await now()) + 1_000n;
      await passTo(start);
      const price = fc.bigInt(MIN_PRICE, MAX_PRICE);
      await fc.assert(
        fc.asyncProperty(price, fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(2_500_000), async (current, down, up, part) => {
          const budget: Budget = {
            riseBase: current - (current * BigInt(down)) / 2_000_000n,
            fallBase: current + (current * BigInt(up)) / 1_000_000n,
            updatedAt: start,
          };
          const wanted = (current * BigInt(part)) / 1_000_000n;
          await harness.set(budget);
          const time = await now();
          expect(await harness.allowedFrom(current, wanted)).to.equal(allowedFrom(budget, current, wanted, time));
          expect(await harness.bounds(current)).to.deep.equal(Object.values(boundsOf(budget, current, time)));
        }),
        { numRuns: 100 },
      );
    });
  });

  describe("any schedule of moves", function () {
    this.timeout(PATIENCE);

    it("is the same as the arithmetic says", async () => {
      const harness = await withHarness();
      await fc.assert(
        fc.asyncProperty(anySchedule, async (schedule) => {
          expect(await play(harness, schedule)).to.deep.equal(played(schedule));
        }),
        { numRuns: 100 },
      );
    });

    // By the arithmetic, which is the contract's: what matters is how many schedules are looked at.
    it("keeps every price within twice e^(time / REFILL_TIME) of every earlier one", () => {
      fc.assert(
        fc.property(anySchedule, (schedule) => {
          expectBounded(schedule, played(schedule));
        }),
        { numRuns: 500 },
      );
    });

    for (const [name, length, most, found] of [
      ["an hour", HOUR, 2.06, 2.04],
      ["a day", DAY, 4, 3.3],
    ] as const) {
      for (const direction of ["up", "down"] as const) {
        it(`moves the price ${direction} within ${name} by less than ${most}, however long one searches`, async () => {
          const best = climb((schedule) => {
            const prices = played(schedule);
            expectBounded(schedule, prices);
            return largestMove(schedule, prices, length, direction);
          });
          const prices = await play(await withHarness(), best);
          expect(prices).to.deep.equal(played(best));
          expect(largestMove(best, prices, length, direction)).to.be.within(found, most);
        });

        it(`moves it ${direction} within ${name} by less than ${most} and hardly less, if it goes as far as it may every minute`, async () => {
          const harness = await withHarness();
          const move = direction === "up" ? AS_FAR_AS_IT_MAY : -AS_FAR_AS_IT_MAY;
          // All the way back first: what comes then begins with an empty budget in the other direction.
          const moves = [0, ...Array<number>(length / 60).fill(60)].map((elapsed) => ({ elapsed, move }));
          const schedule = { price: PRICE, moves: [{ elapsed: 0, move: -move }, { elapsed: 7 * DAY, move }, ...moves] };
          const prices = await play(harness, schedule);
          expectBounded(schedule, prices);
          expect(largestMove(schedule, prices, length, direction)).to.be.within(most - 0.002, most);
        });
      }
    }
  });
});

/** Moves of a price: the seconds before each, and by how many billionths of the price it would change it. */
interface Schedule {
  price: bigint;
  moves: { elapsed: number; move: bigint }[];
}

const BILLION = 10n ** 9n;
const AS_FAR_AS_IT_MAY = 100n * BILLION;

/** Anything from several in a block to one a week; up or down, all the way, a part of it or a little. */
const anyMove = fc.record({
  elapsed: fc.oneof(fc.constantFrom(0, 1, 12), fc.nat(600), fc.nat(HOUR), fc.nat(DAY), fc.nat(7 * DAY)),
  move: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(AS_FAR_AS_IT_MAY, -AS_FAR_AS_IT_MAY) },
    fc.bigInt(-BILLION, BILLION),
    fc.bigInt(-1_000n, 1_000n),
  ),
});
const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  price: fc.oneof(fc.constant(PRICE), fc.bigInt(MIN_PRICE, MAX_PRICE)),
  moves: fc.array(anyMove, { minLength: 1, maxLength: 60, size: "max" }),
});

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/** The prices after each move, as the contract has them. */
async function play(harness: PriceBudgetsHarness, { price, moves }: Schedule): Promise<bigint[]> {
  const elapsed = moves.map((move) => move.elapsed);
  const wanted = moves.map(({ move }) => move);
  return [...(await harness.play.staticCall(price, elapsed, wanted))];
}

/** The same by the arithmetic of the tests. */
function played({ price: first, moves }: Schedule): bigint[] {
  let [price, time] = [first, 0n];
  let budget = fullBudget(price, time);
  return moves.map(({ elapsed, move }) => {
    time += BigInt(elapsed);
    const { minPrice, maxPrice } = boundsOf(budget, price, time);
    const wanted = price + (price * move) / BILLION;
    const next = wanted < minPrice ? minPrice : wanted > maxPrice ? maxPrice : wanted;
    if (next !== price) budget = moved(budget, price, next, time);
    price = next;
    return price;
  });
}

/** Each price with the time from which on, and that until which it is in force. */
function stretches({ price, moves }: Schedule, prices: readonly bigint[]): { price: bigint; from: number; until: number }[] {
  let time = 0;
  const times = moves.map(({ elapsed }) => (time += elapsed));
  return [price, ...prices].map((value, i) => ({ price: value, from: times[i - 1] ?? 0, until: times[i] ?? time }));
}

const PRECISION = 10n ** 40n;

/** e^(seconds / REFILL_TIME) x 10^40, rounded down. */
function growth(seconds: number): bigint {
  let [sum, term] = [0n, PRECISION];
  for (let n = 1n; term > 0n; ++n) {
    sum += term;
    term = (term * BigInt(seconds)) / (REFILL_TIME * n);
  }
  return sum;
}

/** Expects every price to keep within the bounds of every price before it. */
function expectBounded(schedule: Schedule, prices: readonly bigint[]): void {
  const all = stretches(schedule, prices);
  const growths = new Map<number, bigint>();
  for (const [i, later] of all.entries()) {
    for (const earlier of all.slice(0, i)) {
      const seconds = later.from - earlier.until;
      const factor = growths.get(seconds) ?? growth(seconds);
      growths.set(seconds, factor);
      const isBounded = later.price * PRECISION <= 2n * earlier.price * factor && earlier.price * PRECISION <= 2n * later.price * factor;
      if (!isBounded) throw new Error(`${earlier.price} becomes ${later.price} within ${seconds} s`);
    }
  }
}

/** By what factor the price moved most within a stretch of so many seconds. */
function largestMove(schedule: Schedule, prices: readonly bigint[], length: number, direction: "up" | "down"): number {
  const all = stretches(schedule, prices);
  let largest = 1;
  for (const [i, later] of all.entries()) {
    for (const earlier of all.slice(0, i).filter(({ until }) => later.from - until <= length)) {
      const rise = Number(later.price) / Number(earlier.price);
      largest = Math.max(largest, direction === "up" ? rise : 1 / rise);
    }
  }
  return largest;
}

/** Looks for the schedule with the highest score: changes the best one so far at random, and keeps what is no worse. */
function climb(score: (schedule: Schedule) => number): Schedule {
  const random = fc.sample(anyMove, { numRuns: 4_000, seed: 7 });
  const draw = fc.sample(fc.nat(1_000_000), { numRuns: 4_000, seed: 8 });
  let best: Schedule = { price: PRICE, moves: random.splice(0, 40) };
  let highest = score(best);
  for (let round = 0; round < 600; ++round) {
    const [place = 0, change = 0] = draw.splice(0, 2);
    const moves = [...best.moves];
    const index = place % moves.length;
    const old = moves[index]!;
    const fresh = random.splice(0, 1)[0]!;
    // All the way as often as not, and at any time from at once to an hour later, are the moves that matter.
    const mutants = [fresh, { ...old, move: fresh.move }, { ...old, elapsed: fresh.elapsed }, { ...old, elapsed: fresh.elapsed % 900 }];
    moves[index] = mutants[change % mutants.length]!;
    const candidate = { ...best, moves };
    const reached = score(candidate);
    if (reached >= highest) [best, highest] = [candidate, reached];
  }
  return best;
}
