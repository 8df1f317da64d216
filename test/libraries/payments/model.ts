import { ACCOUNTS, CLUSTERS } from "./steps";

export interface ModelStream {
  rate: bigint;
  /** 2^-32 scaled units that were paid for and not served since the last touch. */
  unserved: bigint;
}

const zeros = (count: number): bigint[] => Array.from({ length: count }, () => 0n);

/**
 * Accounts that pay clusters, without lines and ticks: each account is charged for each part of the index that its balance covers, as in the
 * first version of these contracts, and what was not served of it is known for each stream.
 */
export class Model {
  readonly balances = zeros(ACCOUNTS);
  readonly paid = zeros(ACCOUNTS);
  readonly streams = Array.from({ length: ACCOUNTS }, () => new Map<number, ModelStream>());
  /** What each cluster's payers were charged, less refunds. */
  readonly earned = zeros(CLUSTERS);
  readonly shares = zeros(CLUSTERS);
  /** Deposits and credits, less withdrawals. */
  deposited = 0n;

  balanceOf(account: number): bigint {
    return this.balances[account] ?? 0n;
  }

  streamsOf(account: number): Map<number, ModelStream> {
    const streams = this.streams[account];
    if (streams === undefined) throw new Error(`There is no account ${account}.`);
    return streams;
  }

  advance(growth: bigint): void {
    for (let account = 0; account < ACCOUNTS; account++) {
      const streams = this.streamsOf(account);
      const rate = [...streams.values()].reduce((sum, stream) => sum + stream.rate, 0n);
      const balance = this.balanceOf(account);
      const covered = rate === 0n ? growth : balance / rate;
      const part = covered < growth ? covered : growth;
      this.balances[account] = balance - rate * part;
      this.paid[account] = (this.paid[account] ?? 0n) + part;
      for (const [cluster, stream] of streams) {
        this.earned[cluster] = (this.earned[cluster] ?? 0n) + stream.rate * part;
        stream.unserved += stream.rate * part * (this.shares[cluster] ?? 0n);
      }
    }
  }

  change(account: number, amount: bigint): void {
    this.balances[account] = this.balanceOf(account) + amount;
    this.deposited += amount;
  }

  changeRate(account: number, cluster: number, difference: bigint): void {
    const streams = this.streamsOf(account);
    const stream = streams.get(cluster) ?? { rate: 0n, unserved: 0n };
    stream.rate += difference;
    if (stream.rate === 0n) streams.delete(cluster);
    else streams.set(cluster, stream);
  }

  /** A refund; the contract may know less of them than the model. */
  refund(account: number, cluster: number, amount: bigint): void {
    this.earned[cluster] = (this.earned[cluster] ?? 0n) - amount;
    this.balances[account] = this.balanceOf(account) + amount;
    const stream = this.streamsOf(account).get(cluster);
    if (stream) stream.unserved = 0n;
  }

  /** What a cluster's payers have coming back, in 2^-32 scaled units. */
  unservedOf(cluster: number): bigint {
    return this.streams.reduce((sum, streams) => sum + (streams.get(cluster)?.unserved ?? 0n), 0n);
  }
}
