import type { Handlers } from "../log";
import type { State } from ".";
import { type Currency, currencyById, indexOf, requiredCurrency } from "./currencies";
import { changeLine, crossLine, newLine, refundOf, setUnservedShare, settleLine, unservedAt } from "./lines";
import { got, insist, insistEqual, known, MAX_UINT64, scaleOf } from "./numbers";

// Balances out of which streams run, by the formulas in the header of contracts/libraries/Accounts.sol.

export interface Stream {
  clusterId: bigint;
  rate: bigint;
}

export interface Account {
  balance: bigint;
  rate: bigint;
  index: bigint;
  endTicks: bigint;
  skipped: bigint;
  skippedLate: bigint;
  streams: Stream[];
  /** Refunds that were logged before the touch to which they belong, by cluster. */
  refunds: Map<bigint, bigint>;
}

/** An account as of an index. */
export interface Accrued {
  balance: bigint;
  rate: bigint;
  index: bigint;
  skipped: bigint;
  endIndex: bigint;
  registered: boolean;
  late: bigint;
}

const MAX_END_TICKS = 2n ** 40n - 1n;

const newAccount = (): Account => ({
  balance: 0n,
  rate: 0n,
  index: 0n,
  endTicks: 0n,
  skipped: 0n,
  skippedLate: 0n,
  streams: [],
  refunds: new Map(),
});

export function accountOf({ accounts }: State, currencyId: bigint, address: string): Account {
  return got(accounts, `${currencyId}:${address}`, newAccount);
}

export function accruedAt(account: Account, index: bigint, tickBits: bigint): Accrued {
  const { balance, rate, endTicks, skipped, skippedLate, streams } = account;
  if (streams.length === 0) return { balance, rate: 0n, index, skipped, endIndex: 0n, registered: false, late: 0n };
  const touchedAt = account.index - skippedLate;
  const registered = endTicks !== 0n;
  const endIndex = registered ? ((touchedAt >> tickBits) + endTicks) << tickBits : touchedAt;
  const paidAtEnd = endIndex - (skipped - skippedLate);
  const passed = index - account.index;
  const affordable = balance / rate;
  const paid = passed <= affordable ? passed : affordable;
  const skippedNow = skipped + passed - paid;
  const late = index - skippedNow > paidAtEnd ? index - skippedNow - paidAtEnd : 0n;
  return { balance: balance - paid * rate, rate, index, skipped: skippedNow, endIndex, registered, late };
}

/** Adds to an account, and leaves its streams as they are registered. Returns its balance. */
function credit(account: Account, index: bigint, scaledAmount: bigint): bigint {
  const before = account.balance;
  account.balance += scaledAmount;
  const { rate, streams } = account;
  if (streams.length === 0) return account.balance;
  const passed = index - account.index;
  if (rate * passed <= before) return account.balance - rate * passed;
  const paid = before / rate;
  const gap = passed - paid;
  account.index += gap;
  account.skipped += gap;
  account.skippedLate += gap;
  return account.balance - paid * rate;
}

/** An account that is being touched. */
interface Payer {
  address: string;
  currency: Currency;
  account: Account;
  accrued: Accrued;
}

function touch(state: State, currencyId: bigint, address: string, now: bigint): Payer {
  const currency = requiredCurrency(state, currencyId);
  const account = accountOf(state, currencyId, address);
  const accrued = accruedAt(account, indexOf(currency, now), currency.tickBits);
  for (const { clusterId, rate } of account.streams) {
    const refund = settleLine(known(state.lines, clusterId, "line"), address, rate, accrued, currency.tickBits);
    insistEqual(account.refunds.get(clusterId) ?? 0n, refund, "A refund");
    account.refunds.delete(clusterId);
    accrued.balance += refund;
  }
  insist(account.refunds.size === 0, "A cluster refunds what it is not paid.");
  return { address, currency, account, accrued };
}

/** Writes an account back whose streams, one of which may have another rate, are registered anew. */
function store(state: State, { currency, account, accrued }: Payer, changed?: { clusterId: bigint; oldRate: bigint }): bigint {
  const { tickBits } = currency;
  const { balance, index, rate, skipped } = accrued;
  const wanted = rate === 0n ? 0n : ((index + balance / rate) >> tickBits) - (index >> tickBits);
  const endTicks = wanted > MAX_END_TICKS ? MAX_END_TICKS : wanted;
  const newEnd = endTicks === 0n ? 0n : ((index >> tickBits) + endTicks) << tickBits;
  const oldEnd = accrued.registered && accrued.endIndex > index ? accrued.endIndex : 0n;
  if (newEnd !== oldEnd || changed !== undefined) {
    for (const stream of account.streams) {
      const oldRate = changed?.clusterId === stream.clusterId ? changed.oldRate : stream.rate;
      const line = known(state.lines, stream.clusterId, "line");
      changeLine(line, { oldRate, oldEnd, newRate: stream.rate, newEnd }, index, tickBits);
    }
  }
  Object.assign(account, { balance, rate, index, endTicks, skipped, skippedLate: 0n });
  return newEnd;
}

/** Puts a stream of another rate where the old one is. The last stream takes the place of one that has ended. */
function changeStream(state: State, { address, account, accrued }: Payer, currencyId: bigint, clusterId: bigint, newRate: bigint): bigint {
  const stream = account.streams.find((candidate) => candidate.clusterId === clusterId);
  if (stream !== undefined) {
    const oldRate = stream.rate;
    stream.rate = newRate;
    return oldRate;
  }
  if (newRate === 0n) return 0n;
  account.streams.push({ clusterId, rate: newRate });
  const line = got(state.lines, clusterId, newLine);
  line.currencyId = currencyId;
  if (line.hasUnserved) line.unservedUpTo.set(address, unservedAt(line, accrued.index));
  return 0n;
}

function dropEndedStream({ streams }: Account): void {
  const position = streams.findIndex(({ rate }) => rate === 0n);
  if (position === -1) return;
  const last = streams.pop()!;
  if (position !== streams.length) streams[position] = last;
}

/** What the account registry logs of accounts and lines. */
export const ACCOUNT_HANDLERS: Handlers = {
  accountRegistry: {
    Deposited: (state, { account: address, currency: token, amount, scaledBalance }, now) => {
      const currency = known(state.currencies, token, "currency");
      currency.owed += amount;
      const account = accountOf(state, currency.id, address);
      // An account that pays streams was touched before.
      if (account.streams.length === 0) credit(account, indexOf(currency, now), amount * scaleOf(currency.decimals));
      insistEqual(scaledBalance, account.balance, "A balance after a deposit");
    },
    Withdrawn: (state, { account: address, currency: token, amount, scaledBalance }) => {
      const currency = known(state.currencies, token, "currency");
      currency.owed -= amount;
      takeFrom(accountOf(state, currency.id, address), amount * scaleOf(currency.decimals), scaledBalance);
    },
    Credited: (state, { account, currencyId, scaledAmount, scaledBalance }, now) => {
      const index = indexOf(requiredCurrency(state, currencyId), now);
      insistEqual(scaledBalance, credit(accountOf(state, currencyId, account), index, scaledAmount), "A balance after a credit");
    },
    Debited: (state, { account, currencyId, scaledAmount, scaledBalance }) => {
      takeFrom(accountOf(state, currencyId, account), scaledAmount, scaledBalance);
    },
    UnservedRefunded: (state, { payer, clusterId, scaledAmount }) => {
      const { currencyId } = known(state.lines, clusterId, "line");
      accountOf(state, currencyId, payer).refunds.set(clusterId, scaledAmount);
    },
    AccountTouched: (state, { account, currencyId, scaledBalance, paidIndex, endIndex }, now) => {
      const payer = touch(state, currencyId, account, now);
      const { accrued } = payer;
      accrued.balance = scaledBalance;
      insistEqual(paidIndex, accrued.index - accrued.skipped, "The paid index of an account");
      insistEqual(endIndex, store(state, payer), "The end of an account's streams");
    },
    StreamChanged: (state, args, now) => {
      const { payer: address, clusterId, currencyId, ratePerMonth, accountRatePerMonth, scaledBalance, paidIndex, endIndex } = args;
      const payer = touch(state, currencyId, address, now);
      const { account, accrued } = payer;
      insistEqual(scaledBalance, accrued.balance, "The balance of an account");
      insistEqual(paidIndex, accrued.index - accrued.skipped, "The paid index of an account");
      const isAny = account.streams.length !== 0;
      const oldRate = changeStream(state, payer, currencyId, clusterId, ratePerMonth);
      accrued.rate += ratePerMonth - oldRate;
      insistEqual(accountRatePerMonth, accrued.rate, "The rate of an account");
      // What streamed nothing and streams nothing now has no end.
      const end = isAny || ratePerMonth !== 0n ? store(state, payer, { clusterId, oldRate }) : 0n;
      insistEqual(endIndex, end, "The end of an account's streams");
      dropEndedStream(account);
    },
    ClusterSettled: (state, { clusterId, settledIndex, ratePerMonth }) => {
      const line = known(state.lines, clusterId, "line");
      crossLine(line, settledIndex, ratePerMonth, requiredCurrency(state, line.currencyId).tickBits);
    },
    UnservedShareChanged: (state, { clusterId, share }, now) => {
      const line = got(state.lines, clusterId, newLine);
      if (line.currencyId === 0n) line.currencyId = known(state.clusters, clusterId, "cluster").currencyId;
      setUnservedShare(line, indexOf(currencyById(state, line.currencyId), now), share);
    },
  },
};

/** Takes something from an account; from one that pays streams it was taken by the touch before. */
function takeFrom(account: Account, scaledAmount: bigint, scaledBalance: bigint): void {
  if (account.streams.length === 0) account.balance -= scaledAmount;
  insistEqual(scaledBalance, account.balance, "A balance after it was drawn on");
}

// ------------------------------------------------------------ views

function accruedNow(state: State, now: bigint, currency: Currency, address: string): Accrued {
  return accruedAt(accountOf(state, currency.id, address), indexOf(currency, now), currency.tickBits);
}

function coveredUntil({ balance, rate }: Accrued, perSecond: bigint, now: bigint): bigint {
  if (rate === 0n) return MAX_UINT64;
  const until = now + balance / (rate * perSecond);
  return until < MAX_UINT64 ? until : MAX_UINT64;
}

export function getAccount(state: State, now: bigint, address: string, token: string): unknown {
  const currency = known(state.currencies, token, "currency");
  const accrued = accruedNow(state, now, currency, address);
  return {
    balance: accrued.balance / scaleOf(currency.decimals),
    ratePerMonth: accrued.rate,
    coveredUntil: coveredUntil(accrued, currency.perSecond, now),
    scaledBalance: accrued.balance,
    paidIndex: accrued.index - accrued.skipped,
    endIndex: accrued.registered && accrued.endIndex > accrued.index ? accrued.endIndex : 0n,
    streamCount: BigInt(accountOf(state, currency.id, address).streams.length),
  };
}

export interface Coverage {
  index: bigint;
  paidIndex: bigint;
  indexPerSecond: bigint;
  coveredUntil: bigint;
  depleted: boolean;
}

export function coverageOf(state: State, now: bigint, address: string, currencyId: bigint): Coverage {
  const currency = requiredCurrency(state, currencyId);
  const accrued = accruedNow(state, now, currency, address);
  return {
    index: accrued.index,
    paidIndex: accrued.index - accrued.skipped,
    indexPerSecond: currency.perSecond,
    coveredUntil: coveredUntil(accrued, currency.perSecond, now),
    depleted: accrued.balance < accrued.rate,
  };
}

function streamStatus(state: State, currency: Currency, address: string, { clusterId, rate }: Stream, accrued: Accrued): unknown {
  return {
    clusterId,
    ratePerMonth: rate,
    scaledLate: rate * accrued.late,
    scaledUnserved: refundOf(known(state.lines, clusterId, "line"), address, rate, accrued, currency.tickBits),
  };
}

export function listStreams(state: State, now: bigint, address: string, token: string): unknown {
  const currency = known(state.currencies, token, "currency");
  const accrued = accruedNow(state, now, currency, address);
  return accountOf(state, currency.id, address).streams.map((stream) => streamStatus(state, currency, address, stream, accrued));
}

export function getStream(state: State, now: bigint, address: string, clusterId: bigint): unknown {
  const currency = currencyById(state, state.lines.get(clusterId)?.currencyId ?? 0n);
  const stream = currency && accountOf(state, currency.id, address).streams.find((candidate) => candidate.clusterId === clusterId);
  if (stream === undefined) return { clusterId, ratePerMonth: 0n, scaledLate: 0n, scaledUnserved: 0n };
  return streamStatus(state, currency!, address, stream, accruedNow(state, now, currency!, address));
}
