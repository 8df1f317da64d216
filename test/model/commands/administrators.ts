import fc from "fast-check";

import { call } from "../call";
import { priceRange } from "../model/prices";
import { command, type Weighted } from "./command";
import { caller, callerOf, chosen, pick } from "./draw";

/** Where between the lowest and the highest price that is allowed, in thousandths; or beyond. */
const thousandths = fc.oneof(fc.constantFrom(0n, 1_000n, -1n, 1_001n), fc.bigInt(1n, 999n));

/** What those who set prices and fees do. */
export const ADMINISTRATOR_COMMANDS: Weighted[] = [
  [
    10,
    command("setPrice", { currency: pick, thousandths, by: caller }, ({ currency: picked, thousandths: part, by }, world) => {
      const { cast, model } = world;
      const currency = model.state.currencies.get(chosen(cast.currencies, picked)!)!;
      const { minPrice, maxPrice } = priceRange(currency, model.state.now + 1n);
      const price = minPrice + ((maxPrice - minPrice) * part) / 1_000n;
      return call(callerOf(world, cast.admin, by), "priceRegistry", "setPrice", [currency.address, price < 0n ? 0n : price]);
    }),
  ],
  [
    2,
    // Of a feed with 8 decimals: from a hundredth of a cent to a million USD, and what is no price.
    command(
      "setAnswer",
      { answer: fc.oneof(fc.bigInt(10n ** 4n, 10n ** 14n), fc.constantFrom(10n ** 8n, 0n, -1n)) },
      ({ answer }, { cast }) => call(cast.admin, "priceFeed", "setAnswer", [answer]),
    ),
  ],
  [
    2,
    command("pauseCurrency", { currency: pick, paused: pick, by: caller }, ({ currency, paused, by }, world) => {
      const args: [string, boolean] = [chosen(world.cast.currencies, currency)!, paused % 4 === 3];
      return call(callerOf(world, world.cast.admin, by), "priceRegistry", "pauseCurrency", args);
    }),
  ],
  [
    2,
    command(
      "setNetworkFee",
      { fee: fc.constantFrom(0n, 1n, 137n, 1_000n, 1_001n), account: pick, by: caller },
      ({ fee, account, by }, world) => {
        const args: [bigint, string] = [fee, chosen(world.cast.everyone, account)!];
        return call(callerOf(world, world.cast.admin, by), "clusterRegistry", "setNetworkFee", args);
      },
    ),
  ],
];
