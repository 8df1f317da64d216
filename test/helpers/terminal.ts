import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Anvil, type Outcome, Workplace } from "./processes";

/** The one JSON document that a task printed. */
export type Document = Record<string, unknown>;

/** A terminal at a running node to which everything is deployed. Each task that is typed there is a process of its own. */
export class Terminal {
  /** The tasks that were typed so far. */
  readonly typed = new Set<string>();
  /** Two commands run at a time, as many as small machines have cores; others wait for the one before them. */
  private readonly lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  private commands = 0;

  private constructor(
    private readonly anvil: Anvil,
    private readonly workplace: Workplace,
    /** What the deployment printed. */
    readonly deployment: Outcome,
  ) {}

  static async open(): Promise<Terminal> {
    const anvil = await Anvil.start("--chain-id", "31337");
    const workplace = new Workplace();
    const deployment = await workplace.run(["deploy", "--no-compile", "--network", "localhost"], { DDC_LOCALHOST_URL: anvil.url });
    return new Terminal(anvil, workplace, deployment);
  }

  async close(): Promise<void> {
    await this.anvil.stop();
    this.workplace.remove();
  }

  /** A folder for files, which goes with the terminal. */
  get path(): string {
    return this.workplace.path;
  }

  get provider(): JsonRpcProvider {
    return this.anvil.provider;
  }

  /** The address of a deployed contract. */
  addressOf(contract: string): string {
    const file = join(this.workplace.path, "deployments", "localhost", `${contract}.json`);
    return (JSON.parse(readFileSync(file, "utf8")) as { address: string }).address;
  }

  /** The address of an account of the node. */
  async account(index: number): Promise<string> {
    return (await this.provider.getSigner(index)).address;
  }

  /** When the last block was (unix seconds). */
  async now(): Promise<number> {
    return (await this.provider.getBlock("latest"))!.timestamp;
  }

  /** Lets the next block be at a time (unix seconds). */
  async nextBlockAt(time: number): Promise<void> {
    await this.provider.send("evm_setNextBlockTimestamp", [time]);
  }

  /** Lets time pass without transactions. */
  async passUntil(time: number): Promise<void> {
    await this.nextBlockAt(time);
    await this.provider.send("evm_mine", []);
  }

  /**
   * Types a command: words without spaces, and then those that may have some. Of two that send at the same time, anvil can leave one
   * waiting for a block that never comes (foundry-rs/foundry#10122): only what reads may be typed at once.
   */
  run(command: string, ...words: string[]): Promise<Outcome> {
    const [name = "", ...rest] = command.split(" ");
    this.typed.add(name);
    const lane = this.commands++ % this.lanes.length;
    const outcome = this.lanes[lane]!.then(() =>
      this.workplace.run([name, ...rest, ...words, "--network", "localhost"], { DDC_LOCALHOST_URL: this.anvil.url }),
    );
    this.lanes[lane] = outcome;
    return outcome;
  }

  /** Types a command that succeeds, and returns what it printed. */
  async runOk(command: string, ...words: string[]): Promise<Outcome> {
    const outcome = await this.run(command, ...words);
    expect(outcome.code, `${command}: ${outcome.stderr}`).to.equal(0);
    return outcome;
  }

  /** Types a command with --json, and returns the document, which is all that stdout has. */
  async json(command: string, ...words: string[]): Promise<Document> {
    const { stdout } = await this.runOk(command, ...words, "--json");
    return JSON.parse(stdout) as Document;
  }

  /** The same for a command that sends a transaction; given a time, in a block at that time. */
  async write(command: string, words: string[] = [], at?: number): Promise<Document> {
    if (at !== undefined) await this.nextBlockAt(at);
    const document = await this.json(command, ...words);
    const { hash } = document.transaction as { hash: string };
    const receipt = (await this.provider.getTransactionReceipt(hash))!;
    expect(document.transaction).to.deep.equal({ hash, blockNumber: receipt.blockNumber, gasUsed: String(receipt.gasUsed) });
    expect(receipt.status).to.equal(1);
    if (at !== undefined) expect((await receipt.getBlock()).timestamp).to.equal(at);
    return document;
  }

  /** Types a command that is refused: it says why on stderr, shows no stack trace, exits with code 1 and sends nothing. */
  async refused(command: string, words: readonly string[], ...reasons: string[]): Promise<Outcome> {
    const block = await this.provider.getBlockNumber();
    const outcome = await this.run(command, ...words);
    expect(outcome.code, command).to.equal(1);
    for (const reason of reasons) expect(outcome.stderr).to.include(reason);
    expect(outcome.stdout + outcome.stderr).to.not.match(/^\s+at /m);
    expect(await this.provider.getBlockNumber(), command).to.equal(block);
    return outcome;
  }
}
