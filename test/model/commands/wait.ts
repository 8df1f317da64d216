import fc from "fast-check";

import type { Chain } from "../chain";
import { expectAsInModel } from "../compare";
import type { Command, Weighted, World } from "./command";

const DAY = 86_400;
const YEAR = 365 * DAY;
/** The registries count for 421 years at the lowest of prices. */
const END = 4_102_444_800n + BigInt(400 * YEAR);

class Wait implements Command {
  constructor(private readonly seconds: number) {}

  check({ model }: Readonly<World>): boolean {
    return model.state.now + BigInt(this.seconds) < END;
  }

  async run({ model, cast, told }: World, chain: Chain): Promise<void> {
    told.push(`${this.seconds} seconds pass`);
    model.passTo(model.state.now + BigInt(this.seconds));
    await chain.passTo(model.state.now);
    await expectAsInModel(chain, model, cast);
  }

  toString(): string {
    return "wait";
  }
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
