import fc from "fast-check";

import { call } from "../call";
import type { Chain } from "../chain";
import { expectAsInModel } from "../compare";
import type { Fraction } from "../fraction";
import { MANY_TICKS } from "../model/limits";
import { payableOf } from "../model/lines";
import { SCALED } from "../model/rounding";
import type { Cluster } from "../model/state";
import { formatCall } from "../format";
import type { Command, Weighted, World } from "./command";
import { chosen } from "./draw";

const DAY = 86_400;
const YEAR = 365 * DAY;
/** The registries count for 421 years at the lowest of prices. */
/** Some years at the listing's price. */
const MANY_TICKS_BEHIND = 25_600n;
const END = 4_102_444_800n + BigInt(400 * YEAR);

class Wait implements Command {
  constructor(private readonly seconds: number) {}

  check({ model }: Readonly<World>): boolean {
    return model.state.now + BigInt(this.seconds) < END;
  }

  async run({ model, cast, log }: World, chain: Chain): Promise<void> {
    log.push(`${this.seconds} seconds pass`);
    model.passTo(model.state.now + BigInt(this.seconds));
    await chain.passTo(model.state.now);
    await settleWhatIsFar({ model, cast, log }, chain);
    await expectAsInModel(chain, model, cast);
  }

  toString(): string {
    return "wait";
  }
}

/** Settles clusters that have many ticks behind them, which would take the gas of those who ask. Until then they have no more than in the model. */
async function settleWhatIsFar({ model, cast, log }: World, chain: Chain): Promise<void> {
  for (const cluster of model.state.clusters.values()) {
    const question = { contract: "accountRegistry", view: "getLine", args: [cluster.id] } as const;
    for (;;) {
      const [line] = (await chain.ask([question])) as [LineStatus];
      if (line.isSettled && ticksBehind(cluster, line) <= MANY_TICKS_BEHIND) break;
      expectNoMore(line.scaledRevenue, payableOf(cluster));
      const step = call(chosen(cast.everyone, 0)!, "accountRegistry", "settleCluster", [cluster.id, MANY_TICKS]);
      model.passTo(model.state.now + 1n);
      step.apply(model);
      log.push(formatCall(step, await chain.send(step, model.state.now), cast));
    }
  }
}

interface LineStatus {
  ratePerMonth: bigint;
  settledTick: bigint;
  scaledRevenue: bigint;
  isSettled: boolean;
}

/** Where nothing streams no tick is looked at. */
function ticksBehind({ currency }: Cluster, { ratePerMonth, settledTick }: LineStatus): bigint {
  return ratePerMonth === 0n ? 0n : currency.cost.over(currency.tick).floor() - settledTick;
}

function expectNoMore(scaledRevenue: bigint, earned: Fraction): void {
  if (earned.isBelow(SCALED.times(scaledRevenue))) throw new Error("A cluster that is not settled has more than in the model.");
}

const seconds = fc.oneof(
  fc.integer({ min: 1, max: 3_600 }),
  fc.integer({ min: 3_600, max: 2 * DAY }),
  fc.constantFrom(3_600, DAY, 7 * DAY, 30 * DAY),
  fc.integer({ min: DAY, max: 40 * DAY }),
  fc.constantFrom(YEAR, 10 * YEAR),
);

/** Time passes. */
export const TIME_COMMANDS: Weighted[] = [[24, seconds.map((drawn) => new Wait(drawn))]];
