import { MaxUint256 } from "ethers";

import { boundsOf } from "../../helpers/budget";
import { depositCall } from "../../model/call";
import { accountOf } from "../state/accounts";
import type { Currency } from "../state/currencies";
import { DAY, scaleOf } from "../state/numbers";
import { aBucket, aCluster, callerOf, callOf, type Draw, type Weighted } from "./draw";

const HOUR = 3_600;

function aCurrency({ random, state }: Draw): Currency {
  return random.pick([...state.currencies.values()]);
}

/** Base units that cover an account for some time, or a few. */
export function anAmount({ random, state }: Draw, { id, perSecond, decimals }: Currency, address: string): bigint {
  const seconds = random.pick([0n, 61n, 3_600n, DAY, 10n * DAY, 300n * DAY]);
  return (accountOf(state, id, address).rate * perSecond * seconds) / scaleOf(decimals) + random.pick([1n, 1n, 1_000n, 50_000_000n]);
}

/** Somebody who mostly pays something, and in what. */
function aPayer(draw: Draw): { account: string; currency: Currency } {
  const bucket = aBucket(draw, ({ rate }) => rate !== 0n);
  const cluster = bucket && draw.state.clusters.get(bucket.clusterId);
  if (bucket === undefined || cluster === undefined || draw.random.chance(15)) {
    return { account: draw.random.pick(draw.cast.everyone), currency: aCurrency(draw) };
  }
  return { account: bucket.owner, currency: [...draw.state.currencies.values()].find(({ id }) => id === cluster.currencyId)! };
}

/** What anyone does with accounts, and what administrators do. */
export const ACCOUNT_ACTIONS: Weighted[] = [
  [
    10,
    (draw) => {
      const { account, currency } = aPayer(draw);
      const sender = draw.random.chance(25) ? draw.random.pick(draw.cast.everyone) : account;
      return depositCall(sender, account, currency.address, anAmount(draw, currency, account));
    },
  ],
  [
    1,
    (draw) => {
      const { account, currency } = aPayer(draw);
      const signature = [0n, 27n, `0x${"00".repeat(32)}`, `0x${"00".repeat(32)}`];
      const args = [account, currency.address, anAmount(draw, currency, account), ...signature];
      return callOf(account, "accountRegistry", "depositWithPermit", args);
    },
  ],
  [
    6,
    (draw) => {
      const { account, currency } = aPayer(draw);
      const amount = draw.random.pick([1n, 1n, 1_000n, MaxUint256]);
      return callOf(account, "accountRegistry", "withdraw", [currency.address, amount, draw.random.pick(draw.cast.everyone)]);
    },
  ],
  [
    5,
    (draw) => {
      const { account, currency } = aPayer(draw);
      return callOf(draw.cast.admin, "accountRegistry", "touchAccount", [account, currency.address]);
    },
  ],
  [
    4,
    (draw) => {
      const cluster = aCluster(draw);
      const ticks = draw.random.pick([0n, 1n, 2n, 2_000n]);
      return cluster && callOf(draw.cast.admin, "accountRegistry", "settleCluster", [cluster.id, ticks]);
    },
  ],
  [
    3,
    (draw) => {
      const bucket = aBucket(draw);
      return bucket && callOf(draw.cast.admin, "accountRegistry", "settlePayment", [bucket.owner, bucket.clusterId]);
    },
  ],
  [
    5,
    (draw) => {
      const currency = aCurrency(draw);
      const { budget, usdPerToken = 0n } = currency.price!;
      const { minPrice, maxPrice } = boundsOf(budget, usdPerToken, draw.now + 1n);
      const price = minPrice + ((maxPrice - minPrice) * BigInt(draw.random.between(0, 1_000))) / 1_000n;
      return callOf(callerOf(draw, draw.cast.admin), "priceRegistry", "setPrice", [currency.address, price]);
    },
  ],
  [2, (draw) => callOf(draw.cast.admin, "priceFeed", "setAnswer", [BigInt(draw.random.between(10 ** 7, 10 ** 9))])],
  [3, (draw) => callOf(draw.cast.admin, "priceRegistry", "syncPrice", [aFedCurrency(draw).address])],
  [
    1,
    (draw) => {
      const { address, price } = aFedCurrency(draw);
      return callOf(draw.cast.admin, "priceRegistry", "setFeed", [address, price!.feed, BigInt(draw.random.between(1, 9) * 100_000)]);
    },
  ],
  [
    2,
    (draw) => {
      const paused = [...draw.state.currencies.values()].find((currency) => currency.paused);
      const args = paused === undefined ? [aCurrency(draw).address, true] : [paused.address, false];
      return callOf(callerOf(draw, draw.cast.admin), "priceRegistry", "pauseCurrency", args);
    },
  ],
  [
    2,
    (draw) => {
      const account = draw.random.pick([draw.cast.admin, draw.cast.admin, ...draw.cast.everyone]);
      return callOf(draw.cast.admin, "clusterRegistry", "setNetworkFee", [BigInt(draw.random.between(0, 1_000)), account]);
    },
  ],
  [
    14,
    ({ random }) => BigInt(random.pick([1, random.between(1, HOUR), random.between(HOUR, 48 * HOUR), random.between(24, 40 * 24) * HOUR])),
  ],
  [2, ({ random }) => BigInt(random.pick([3_600, 86_400, 7 * 86_400, 30 * 86_400]))],
];

function aFedCurrency({ state }: Draw): Currency {
  return [...state.currencies.values()].find(({ price }) => !/^0x0*$/.test(price!.feed))!;
}
