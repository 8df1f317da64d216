import { MAX_PRICE, MIN_PRICE } from "./limits";
import { refuse } from "./refusal";
import type { Currency, PriceWindow } from "./state";

const HOUR = { seconds: 3_600n, factor: 2n };
const DAY = { seconds: 86_400n, factor: 4n };

interface Bound {
  minimum: bigint;
  maximum: bigint;
  /** When it ends; 0: it holds for whatever opens now. */
  until: bigint;
}

function isOpen({ openedAt }: PriceWindow, kind: typeof HOUR, now: bigint): boolean {
  return now < openedAt + kind.seconds;
}

function boundsNow({ hour, day, usdPerToken }: Currency, now: bigint): Bound[] {
  const boundBy = (window: PriceWindow, kind: typeof HOUR): Bound => {
    const open = isOpen(window, kind, now);
    const price = open ? window.price : usdPerToken;
    const { factor, seconds } = kind;
    return { minimum: (price + factor - 1n) / factor, maximum: price * factor, until: open ? window.openedAt + seconds : 0n };
  };
  return [boundBy(hour, HOUR), boundBy(day, DAY)];
}

/** Between what the price may be set now. */
export function priceRange(currency: Currency, now: bigint): { minPrice: bigint; maxPrice: bigint } {
  const bounds = boundsNow(currency, now);
  return {
    minPrice: bounds.reduce((highest, { minimum }) => (minimum > highest ? minimum : highest), MIN_PRICE),
    maxPrice: bounds.reduce((lowest, { maximum }) => (maximum < lowest ? maximum : lowest), MAX_PRICE),
  };
}

/** Until when the price is kept from being `wanted`. */
function heldUntil(currency: Currency, now: bigint, wanted: bigint): bigint {
  const broken = boundsNow(currency, now).filter(({ minimum, maximum }) => wanted < minimum || wanted > maximum);
  return broken.reduce((latest, { until }) => (until > latest ? until : latest), now);
}

function change(currency: Currency, now: bigint, price: bigint): void {
  if (price === currency.usdPerToken) return;
  const opened = { openedAt: now, price: currency.usdPerToken };
  if (!isOpen(currency.hour, HOUR, now)) currency.hour = opened;
  if (!isOpen(currency.day, DAY, now)) currency.day = opened;
  currency.usdPerToken = price;
}

export function setPrice(currency: Currency, now: bigint, price: bigint): void {
  const { minPrice, maxPrice } = priceRange(currency, now);
  refuse(
    currency.feed !== undefined && ["CurrencyHasFeed", currency.address, currency.feed.address],
    (price < MIN_PRICE || price > MAX_PRICE) && ["PriceOutOfRange", price, MIN_PRICE, MAX_PRICE],
    (price < minPrice || price > maxPrice) && [
      "PriceMoveTooLarge",
      currency.address,
      price,
      minPrice,
      maxPrice,
      heldUntil(currency, now, price),
    ],
  );
  change(currency, now, price);
}

/** The price goes as far towards the feed's as it may. */
export function syncPrice(currency: Currency, now: bigint): void {
  const { address, feed, usdPerToken } = currency;
  if (feed === undefined) {
    refuse(["CurrencyHasNoFeed", address]);
    return;
  }
  refuse(
    feed.answer <= 0n && ["FeedAnswerNotPositive", feed.address, feed.answer],
    now - feed.answeredAt > feed.maxAge && ["FeedAnswerStale", feed.address, feed.answeredAt, feed.maxAge],
  );
  const clamp = (price: bigint, minimum: bigint, maximum: bigint): bigint =>
    price < minimum ? minimum : price > maximum ? maximum : price;
  const wanted = clamp(feed.answer * 10n ** (18n - feed.decimals), MIN_PRICE, MAX_PRICE);
  const { minPrice, maxPrice } = priceRange(currency, now);
  const price = clamp(wanted, minPrice, maxPrice);
  const nextStep = wanted > usdPerToken ? usdPerToken + 1n : usdPerToken - 1n;
  refuse(
    price === usdPerToken &&
      wanted !== price && ["PriceMoveTooLarge", address, wanted, minPrice, maxPrice, heldUntil(currency, now, nextStep)],
  );
  change(currency, now, price);
}
