import { MaxUint256 } from "ethers";

import { Fraction } from "../fraction";
import { settle } from "./lines";
import { MANY_TICKS, maxCustody } from "./limits";
import { refuse } from "./refusal";
import { type Address, type Currency, type Message, NOBODY, type State } from "./state";
import { accountOf, credit, refundsTo, touch } from "./streams";

/** One base unit of a currency, in whole tokens. */
export function baseUnitOf({ decimals }: Currency): Fraction {
  return Fraction.of(1n, 10n ** decimals);
}

/** A currency, which has to be listed. */
export function listed(state: State, address: Address): Currency {
  const currency = state.currencies.get(address);
  refuse(currency === undefined && ["CurrencyNotListed", address]);
  return currency!;
}

/** The functions of the registry of accounts. */
export class AccountModel {
  constructor(private readonly state: State) {}

  deposit(message: Message, currency: Address, amount: bigint): void {
    this.depositFor(message, message.sender, currency, amount);
  }

  depositFor({ value }: Message, account: Address, address: Address, amount: bigint): void {
    const currency = this.listed(address);
    const expected = address === NOBODY ? amount : 0n;
    const maximum = maxCustody(baseUnitOf(currency));
    const owed = currency.owed + amount;
    refuse(
      account === NOBODY && ["AccountZero"],
      amount === 0n && ["AmountZero"],
      value !== expected && ["EtherMismatch", value, expected],
      owed > maximum && ["CustodyExceeded", address, owed, maximum],
    );
    currency.owed = owed;
    touch(this.state, currency, account, () => {
      credit(currency, account, baseUnitOf(currency).times(amount));
    });
  }

  /** Its permit is of no use, and the allowance suffices. */
  depositWithPermit(message: Message, account: Address, currency: Address, amount: bigint): void {
    refuse(currency === NOBODY && ["CurrencyWithoutPermit", currency]);
    this.depositFor(message, account, currency, amount);
  }

  withdraw({ sender }: Message, address: Address, amount: bigint, to: Address): void {
    const currency = this.listed(address);
    const account = accountOf(currency, sender);
    const available = account.balance
      .plus(refundsTo(this.state, currency, sender))
      .over(baseUnitOf(currency))
      .floor();
    const withdrawn = amount === MaxUint256 ? available : amount;
    refuse(
      to === NOBODY && ["RecipientInvalid", to],
      withdrawn === 0n && ["AmountZero"],
      withdrawn > available && ["InsufficientBalance", available, withdrawn],
    );
    touch(this.state, currency, sender, () => {
      account.balance = account.balance.minus(baseUnitOf(currency).times(withdrawn));
    });
    currency.owed -= withdrawn;
  }

  touchAccount(_message: Message, account: Address, currency: Address): void {
    touch(this.state, this.listed(currency), account);
  }

  /** What a cluster earns needs no settling, however many ticks are crossed. */
  settleCluster(_message: Message, clusterId: bigint, maxTicks: bigint): void {
    refuse(!this.state.lines.has(clusterId) && ["ClusterNeverPaid", clusterId]);
    if (maxTicks >= MANY_TICKS) this.settle(clusterId);
  }

  settlePayment(_message: Message, payer: Address, clusterId: bigint): void {
    const currency = this.state.lines.get(clusterId);
    if (currency === undefined) return;
    touch(this.state, currency, payer);
    this.settle(clusterId);
  }

  private settle(clusterId: bigint): void {
    const cluster = this.state.clusters.get(clusterId);
    if (cluster !== undefined) settle(cluster);
  }

  private listed(address: Address): Currency {
    return listed(this.state, address);
  }
}
