import { type Budget, boundsOf, fullBudget, moved } from "../../helpers/budget";
import type { Handlers } from "../log";
import type { State } from ".";
import { insistEqual, known, scaleOf } from "./numbers";

export interface Currency {
  readonly address: string;
  readonly id: bigint;
  readonly decimals: bigint;
  readonly tickBits: bigint;
  paused: boolean;
  /** The index at `updatedAt`, and by how much it grows in a second from then on. */
  value: bigint;
  perSecond: bigint;
  updatedAt: bigint;
  /** All deposits less all withdrawals, in base units. */
  owed: bigint;
  price: Price | undefined;
}

interface Price {
  currencyId: bigint;
  usdPerToken: bigint | undefined;
  budget: Budget;
  feed: string;
  maxAge: bigint;
}

export function indexOf(currency: Currency | undefined, now: bigint): bigint {
  return currency === undefined ? 0n : currency.value + currency.perSecond * (now - currency.updatedAt);
}

export function currencyById({ currencies }: State, id: bigint): Currency | undefined {
  return [...currencies.values()][Number(id) - 1];
}

export function requiredCurrency(state: State, id: bigint): Currency {
  return known(state.currencies, currencyById(state, id)?.address ?? String(id), "currency");
}

/** What the price registry and, of currencies, the account registry log. */
export const CURRENCY_HANDLERS: Handlers = {
  accountRegistry: {
    CurrencyListed: ({ currencies }, { currency, currencyId, decimals, tickBits, indexPerSecond }, now) => {
      insistEqual(currencyId, BigInt(currencies.size + 1), "The number of a currency");
      currencies.set(currency, {
        address: currency,
        id: currencyId,
        decimals,
        tickBits,
        paused: false,
        value: 0n,
        perSecond: indexPerSecond,
        updatedAt: now,
        owed: 0n,
        price: undefined,
      });
    },
    IndexSpeedChanged: (state, { currencyId, indexPerSecond, index }, now) => {
      const currency = requiredCurrency(state, currencyId);
      insistEqual(index, indexOf(currency, now), "The index of a currency");
      Object.assign(currency, { value: index, perSecond: indexPerSecond, updatedAt: now });
    },
    PauseChanged: (state, { currencyId, paused }) => {
      requiredCurrency(state, currencyId).paused = paused;
    },
  },
  priceRegistry: {
    AuthorityUpdated: (state, { authority }) => {
      state.authorities.set("priceRegistry", authority);
    },
    CurrencyAdded: ({ currencies }, { currency, currencyId }, now) => {
      const budget = fullBudget(0n, now);
      known(currencies, currency, "currency").price = { currencyId, usdPerToken: undefined, budget, feed: "", maxAge: 0n };
    },
    FeedChanged: (state, { currency, feed, maxAge }) => {
      Object.assign(priceOf(state, currency), { feed, maxAge });
    },
    PriceChanged: (state, { currency, usdPerToken }, now) => {
      const price = priceOf(state, currency);
      price.budget =
        price.usdPerToken === undefined ? fullBudget(usdPerToken, now) : moved(price.budget, price.usdPerToken, usdPerToken, now);
      price.usdPerToken = usdPerToken;
    },
    // The account registry says the same.
    CurrencyPauseChanged: ({ currencies }, { currency, paused }) => {
      insistEqual(paused, known(currencies, currency, "currency").paused, "Whether a currency is paused");
    },
  },
};

function priceOf({ currencies }: State, address: string): Price {
  const { price } = known(currencies, address, "currency");
  return known(new Map([[address, price]]), address, "the price of currency")!;
}

export function getListing({ currencies }: State, now: bigint, address: string): unknown {
  const currency = known(currencies, address, "currency");
  const { id, decimals, paused, tickBits, perSecond } = currency;
  return {
    currencyId: id,
    decimals,
    paused,
    tickBits,
    scale: scaleOf(decimals),
    indexPerSecond: perSecond,
    index: indexOf(currency, now),
  };
}

export function getCurrency(state: State, now: bigint, address: string): unknown {
  const currency = known(state.currencies, address, "currency");
  const { currencyId, usdPerToken = 0n, budget, feed, maxAge } = priceOf(state, address);
  return {
    currency: address,
    currencyId,
    decimals: currency.decimals,
    paused: currency.paused,
    usdPerToken,
    ...boundsOf(budget, usdPerToken, now),
    feed,
    maxAge,
    index: indexOf(currency, now),
    scale: scaleOf(currency.decimals),
  };
}
