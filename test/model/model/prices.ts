import { allowedFrom, boundsOf, moved } from "../../helpers/budget";
import { listed } from "./accounts";
import { MAX_PRICE, MIN_PRICE } from "./limits";
import { refuse } from "./refusal";
import type { Address, Currency, Message, State } from "./state";

/** Between what the price may be set now. */
export function priceRange({ budget, usdPerToken }: Currency, now: bigint): { minPrice: bigint; maxPrice: bigint } {
  return boundsOf(budget, usdPerToken, now);
}

function change(currency: Currency, now: bigint, price: bigint): void {
  if (price === currency.usdPerToken) return;
  currency.budget = moved(currency.budget, currency.usdPerToken, price, now);
  currency.usdPerToken = price;
}

function setPrice(currency: Currency, now: bigint, price: bigint): void {
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
      allowedFrom(currency.budget, currency.usdPerToken, price, now),
    ],
  );
  change(currency, now, price);
}

/** The price goes as far towards the feed's as it may. */
function syncPrice(currency: Currency, now: bigint): void {
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
      wanted !== price && [
        "PriceMoveTooLarge",
        address,
        wanted,
        minPrice,
        maxPrice,
        allowedFrom(currency.budget, usdPerToken, nextStep, now),
      ],
  );
  change(currency, now, price);
}

/** The functions of the registry of prices. */
export class PriceModel {
  constructor(private readonly state: State) {}

  setPrice({ sender }: Message, address: Address, usdPerToken: bigint): void {
    this.requireAdmin(sender);
    setPrice(listed(this.state, address), this.state.now, usdPerToken);
  }

  syncPrice(_message: Message, address: Address): void {
    syncPrice(listed(this.state, address), this.state.now);
  }

  pauseCurrency({ sender }: Message, address: Address, paused: boolean): void {
    this.requireAdmin(sender);
    listed(this.state, address).paused = paused;
  }

  private requireAdmin(sender: Address): void {
    refuse(sender !== this.state.admin && ["AccessManagedUnauthorized", sender]);
  }
}
