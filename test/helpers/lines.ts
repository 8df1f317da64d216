import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { type ContractTransactionReceipt, type ContractTransactionResponse, MaxUint256, toBeHex, zeroPadValue } from "ethers";
import { ethers } from "hardhat";

import type { AccountRegistry, StandardToken } from "../../cache/typechain-types";

// An account registry among people who play all its other registries: so any account, with or without a key, can pay any cluster, and a
// currency's index can have any speed.

/** The most that one call settles of a cluster. */
export const MAX_TICKS = 2_000n;
/** All of what a cluster serves, as a share. */
export const ALL = 2n ** 32n;
const CURRENCY = 1n;

/** An address that nobody holds the key of. */
export const accountNumber = (i: number): string => zeroPadValue(toBeHex(0x10000 + i), 20);

export class Lines {
  /** What clusters have to share, and bonds, in scaled units. */
  held = 0n;
  readonly accounts = new Set<string>();
  readonly clusters = new Set<bigint>();

  private constructor(
    readonly registry: AccountRegistry,
    readonly token: StandardToken,
    /** Has all tokens, and depends on nobody. */
    readonly stranger: HardhatEthersSigner,
    readonly people: Record<"price" | "cluster" | "bucket" | "term", HardhatEthersSigner>,
    readonly scale: bigint,
    readonly tickBits: bigint,
  ) {}

  /** One currency, whose index grows by `perSecond` in a second. */
  static async deploy(perSecond: bigint, decimals = 6n): Promise<Lines> {
    const [stranger, price, cluster, bucket, term] = (await ethers.getSigners()) as [HardhatEthersSigner, ...HardhatEthersSigner[]];
    if (!price || !cluster || !bucket || !term) throw new Error("The chain has too few accounts.");
    const registry = await ethers.deployContract("AccountRegistry", [price, cluster, bucket, term], stranger);
    const token = await ethers.deployContract("StandardToken", [decimals], stranger);
    await token.mint(stranger, 2n ** 130n);
    await token.approve(registry, MaxUint256);
    await registry.connect(price).listCurrency(token, perSecond);
    const { scale, tickBits } = await registry.getListing(token);
    return new Lines(registry, token, stranger, { price, cluster, bucket, term }, scale, tickBits);
  }

  async indexAt(timestamp: bigint): Promise<bigint> {
    const { index, indexPerSecond } = await this.registry.getListing(this.token);
    const block = await ethers.provider.getBlock("latest");
    return index + indexPerSecond * (timestamp - BigInt(block?.timestamp ?? 0));
  }

  async setSpeed(perSecond: bigint): Promise<void> {
    await this.registry.connect(this.people.price).setIndexSpeed(CURRENCY, perSecond);
  }

  async deposit(account: string, amount: bigint): Promise<ContractTransactionResponse> {
    this.accounts.add(account);
    return this.registry.depositFor(account, this.token, amount);
  }

  /** Many deposits and streams, in as few transactions as fit. */
  async startMany(clusterId: bigint, streams: readonly { account: string; amount: bigint; rate: bigint }[]): Promise<void> {
    const { registry, token } = this;
    const currency = await token.getAddress();
    this.clusters.add(clusterId);
    for (let done = 0; done < streams.length; done += 80) {
      const some = streams.slice(done, done + 80);
      for (const { account } of some) this.accounts.add(account);
      await registry.multicall(
        some.map(({ account, amount }) => registry.interface.encodeFunctionData("depositFor", [account, currency, amount])),
      );
      await registry
        .connect(this.people.bucket)
        .multicall(
          some.map(({ account: payer, rate }) =>
            registry.interface.encodeFunctionData("raiseRate", [{ payer, clusterId, currencyId: CURRENCY, rate }]),
          ),
        );
    }
  }

  raise(payer: string, clusterId: bigint, rate: bigint): Promise<ContractTransactionResponse> {
    this.accounts.add(payer);
    this.clusters.add(clusterId);
    return this.registry.connect(this.people.bucket).raiseRate({ payer, clusterId, currencyId: CURRENCY, rate });
  }

  lower(payer: string, clusterId: bigint, rate: bigint): Promise<ContractTransactionResponse> {
    return this.registry.connect(this.people.bucket).lowerRate({ payer, clusterId, currencyId: CURRENCY, rate });
  }

  touch(account: string): Promise<ContractTransactionResponse> {
    return this.registry.touchAccount(account, this.token);
  }

  /** Takes a pool, both fees of which go to the stranger's account. Returns what was taken. */
  async take(clusterId: bigint, { whole = false, feeBps = 0n } = {}): Promise<{ taken: bigint; receipt: ContractTransactionReceipt }> {
    const { registry, stranger } = this;
    this.accounts.add(stranger.address);
    const before = (await registry.getAccount(stranger, this.token)).scaledBalance;
    const poolsBefore = await this.poolsIfTaken(clusterId, whole, feeBps);
    const receipt = await (
      await registry.connect(this.people.cluster).takePool({
        clusterId,
        whole,
        networkFeeBps: feeBps,
        managementFeeBps: feeBps,
        networkAccount: stranger,
        manager: stranger,
      })
    ).wait();
    if (!receipt) throw new Error("The call was not mined.");
    const [networkFee, managementFee, shares] = poolsBefore;
    expect((await registry.getAccount(stranger, this.token)).scaledBalance - before).to.equal(networkFee + managementFee);
    this.held += shares;
    return { taken: networkFee + managementFee + shares, receipt };
  }

  /** What {take} would return in the block to come, whose time has been set. */
  private poolsIfTaken(clusterId: bigint, whole: boolean, feeBps: bigint): Promise<[bigint, bigint, bigint]> {
    return this.registry.connect(this.people.cluster).takePool.staticCall(
      {
        clusterId,
        whole,
        networkFeeBps: feeBps,
        managementFeeBps: feeBps,
        networkAccount: this.stranger,
        manager: this.stranger,
      },
      { blockTag: "pending" },
    );
  }

  /** Credits a part of what clusters have to share. */
  async credit(account: string, scaledAmount: bigint): Promise<void> {
    this.accounts.add(account);
    this.held -= scaledAmount;
    await this.registry.connect(this.people.cluster).credit(account, CURRENCY, scaledAmount);
  }

  /** Takes a bond. */
  async debit(account: string, amount: bigint): Promise<ContractTransactionResponse> {
    this.held += amount * this.scale;
    return this.registry.connect(this.people.term).debit(account, CURRENCY, amount);
  }

  setUnservedShare(clusterId: bigint, share: bigint): Promise<ContractTransactionResponse> {
    this.clusters.add(clusterId);
    return this.registry.connect(this.people.cluster).setUnservedShare(clusterId, CURRENCY, share);
  }

  /** Where all scaled units are now. */
  async parts(): Promise<{ balances: bigint; late: bigint; earned: bigint; withheld: bigint; held: bigint; owed: bigint }> {
    const { registry, token } = this;
    const accounts = [...this.accounts];
    let [balances, late, earned, withheld] = [0n, 0n, 0n, 0n];
    for (const account of accounts) balances += (await registry.getAccount(account, token)).scaledBalance;
    for (const account of accounts) {
      for (const stream of await registry.listStreams(account, token)) late += stream.scaledLate;
    }
    for (const clusterId of this.clusters) {
      const line = await registry.getLine(clusterId);
      earned += line.scaledRevenue;
      withheld += line.scaledUnserved;
    }
    const { owed } = await registry.custody(token);
    return { balances, late, earned, withheld, held: this.held, owed: owed * this.scale };
  }

  /** Expects that no scaled unit was made or lost. */
  async expectBalanced(message = ""): Promise<void> {
    const { balances, late, earned, withheld, held, owed } = await this.parts();
    expect(balances + late + earned + withheld + held, message).to.equal(owed);
  }
}
