import { type Block, JsonRpcProvider, type TransactionResponse, toQuantity } from "ethers";
import { ethers } from "hardhat";

import { Anvil } from "../../test/helpers/processes";
import { TRANSACTION_GAS } from "./crowd";

/** As many transactions as are put into a block. */
const PER_BLOCK = 100;
/** More than any page that is asked for needs, so that the limit is the one that a call brings along. */
const BLOCK_GAS = 2 ** 40;

/** A node of its own, which answers as fast as nodes do, with all that has happened on the embedded chain. */
export class Copy {
  private copied = 0;

  private constructor(
    private readonly anvil: Anvil,
    public readonly provider: JsonRpcProvider,
  ) {}

  public static async start(): Promise<Copy> {
    const { chainId } = await ethers.provider.getNetwork();
    const anvil = await Anvil.start(
      ...["--chain-id", String(chainId), "--auto-impersonate", "--no-mining", "--order", "fifo"],
      ...["--base-fee", "0", "--gas-price", "0", "--gas-limit", String(BLOCK_GAS)],
    );
    // Each request on its own: to wait for others to send with it would take longer than most of them.
    return new Copy(anvil, new JsonRpcProvider(anvil.url, undefined, { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 }));
  }

  public get url(): string {
    return this.anvil.url;
  }

  public async stop(): Promise<void> {
    this.provider.destroy();
    await this.anvil.stop();
  }

  /** Sends what the embedded chain has and this one has not, in the same order and at the same time. */
  public async catchUp(): Promise<void> {
    const latest = await ethers.provider.getBlockNumber();
    let waiting = 0;
    for (let number = this.copied + 1; number <= latest; number++) {
      const block = await ethers.provider.getBlock(number, true);
      if (block === null) throw new Error(`The embedded chain has no block ${number}.`);
      for (const transaction of block.prefetchedTransactions) await this.send(transaction);
      waiting += block.length;
      if (waiting < PER_BLOCK && number < latest) continue;
      await this.mine(block, waiting);
      waiting = 0;
    }
    this.copied = latest;
  }

  private async send({ from, to, data, value }: TransactionResponse): Promise<void> {
    const gas = toQuantity(TRANSACTION_GAS);
    const request = { from, to: to ?? undefined, data, value: toQuantity(value), gas, gasPrice: "0x0" };
    await this.provider.send("eth_sendTransaction", [request]);
  }

  private async mine({ timestamp }: Block, waiting: number): Promise<void> {
    await this.provider.send("evm_mine", [{ timestamp }]);
    const receipts = (await this.provider.send("eth_getBlockReceipts", ["latest"])) as { status: string }[];
    const succeeded = receipts.filter(({ status }) => status === "0x1").length;
    if (succeeded !== waiting) throw new Error(`Only ${succeeded} of ${waiting} transactions have succeeded on the copy.`);
  }
}
