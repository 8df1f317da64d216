import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { type Addresses, UserError, checkCustody, formatDuration } from "../../src";
import { type TaskContext, openContext } from "../support/context";
import { scaledAmountOf } from "../support/sections";
import { inBrief } from "../support/report";
import { table } from "../support/tables";

type Typed = Record<string, string>;

/** Accounts with money in a demo, by name or index. */
const PEOPLE = ["owner", "manager", "provider1", "provider2", "admin"];

/** Reading commands: they print all their sections. */
const READS = /:(show|list|terms)$/;

/** The context of a demo: it types commands as people do, lets time pass, and counts the money. */
export class DemoContext {
  /** When the next block is to be (unix seconds), if not a second after the last one. */
  private nextTime: number | undefined;
  /** The folder of people's files, once there are some. */
  private folder: string | undefined;

  private constructor(
    private readonly hre: HardhatRuntimeEnvironment,
    private readonly context: TaskContext,
  ) {}

  /** Deploys missing contracts. On a chain where a demo ran before, the admin has changed the fee, so the check is left out. */
  static async open(hre: HardhatRuntimeEnvironment): Promise<DemoContext> {
    const where = hre.network.name === "hardhat" ? "an embedded chain" : `network ${hre.network.name}`;
    console.log(`DDC Core on ${where}. Deploying what is not there yet …`);
    await hre.run("deploy", { noCompile: false, tags: "development" });
    const context = new DemoContext(hre, await openContext(hre, {}));
    await context.requireDevelopmentChain();
    return context;
  }

  /** Where the contracts are. */
  get addresses(): Addresses {
    return this.context.addresses;
  }

  /** The address of a person, by name or index. */
  addressOf(who: string): string {
    return this.context.people.address(who);
  }

  /** Removes the files that people kept. */
  close(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true });
  }

  /** A new chapter. */
  say(text: string): void {
    console.log(`\n── ${text}`);
  }

  /** Runs a task, showing it as a person would have typed it, and returns what it returns. */
  async run(name: string, typed: Typed = {}, flags: readonly string[] = []): Promise<Record<string, unknown>> {
    const words = Object.entries(typed).map(([key, value]) => `${optionOf(key)} ${quote(value)}`);
    const network = this.hre.network.name === "hardhat" ? [] : [`--network ${this.hre.network.name}`];
    console.log(`\n$ npx hardhat ${[name, ...words, ...flags.map(optionOf), ...network].join(" ")}`);
    const switches = Object.fromEntries(flags.map((flag) => [flag, true]));
    const run = (): Promise<unknown> => this.hre.run(name, { ...typed, ...switches });
    if (READS.test(name)) return (await run()) as Record<string, unknown>;
    await this.setClock();
    return (await inBrief(run)) as Record<string, unknown>;
  }

  /** Writes a random file. Returns its path. */
  keepFile(name: string, size: number): string {
    this.folder ??= mkdtempSync(join(tmpdir(), "ddc-example-"));
    const path = join(this.folder, name);
    console.log(`\n$ head -c ${size} /dev/urandom > ${path}`);
    writeFileSync(path, randomBytes(size));
    return path;
  }

  /** The id of what a command created. */
  async create(name: string, typed: Typed): Promise<string> {
    const what = name.split(":")[0] ?? "";
    const created = (await this.run(name, typed))[what] as Record<string, bigint>;
    return String(created[`${what}Id`]);
  }

  /** When the last block was (unix seconds). */
  async now(): Promise<number> {
    return (await this.context.provider.getBlock("latest"))?.timestamp ?? 0;
  }

  /** Lets the next block be at a time, so that amounts come out even. */
  async waitUntil(time: number): Promise<void> {
    console.log(`\n   … ${formatDuration(BigInt(time - (await this.now())))} pass …`);
    this.nextTime = time;
  }

  /** Lets time pass without transactions. */
  async waitAndLook(time: number): Promise<void> {
    await this.waitUntil(time);
    await this.mine();
  }

  /** Lets blocks pass with nothing in them. */
  async waitBlocks(count: number): Promise<void> {
    console.log(`\n   … ${count} blocks pass …`);
    for (let i = 0; i < count; i++) await this.mine();
  }

  /** Until when an account is covered in a currency (unix seconds). */
  async coveredUntil(person: string, currency: string): Promise<number> {
    const { accountRegistry } = this.context.registries;
    const account = this.context.people.address(person);
    const { coveredUntil } = await accountRegistry.getAccount(account, await this.context.currencyNamed(currency));
    return Number(coveredUntil);
  }

  /** The price of a currency (USD, 18 decimals). */
  async priceOf(currency: string): Promise<bigint> {
    const address = await this.context.currencyNamed(currency);
    return (await this.context.registries.priceRegistry.getCurrency(address)).usdPerToken;
  }

  /** Shows where the money in a currency is, and fails if any is missing. */
  async count(currency: string, who: readonly string[] = PEOPLE): Promise<void> {
    const { registries, deployment, nativeSymbol, provider, people, nameOf } = this.context;
    // The currency as it is now, since its price moves.
    const address = await this.context.currencyNamed(currency);
    const info = await this.context.currency(address);
    const blockTag = await provider.getBlockNumber();
    const reports = await checkCustody(registries, { fromBlock: deployment.fromBlock, nativeSymbol, blockTag });
    const report = reports.find((candidate) => candidate.currency === address);
    if (report === undefined) throw new UserError(`${currency} is not listed.`);
    const inAccounts = await Promise.all(
      who.map(async (person): Promise<[string, bigint]> => {
        const account = people.address(person);
        const { scaledBalance } = await registries.accountRegistry.getAccount(account, address, { blockTag });
        return [nameOf(account), scaledBalance];
      }),
    );
    const rows: [string, bigint][] = [
      ...inAccounts.filter(([, amount]) => amount > 0n).map(([name, amount]): [string, bigint] => [`account of ${name}`, amount]),
      ["earned, to distribute", report.revenues + report.undistributed],
      ["not served, to refund", report.withheld],
      ["paid, not passed on yet", report.late],
      ["earned by nodes, to claim", report.unclaimed],
      ["posted as bonds", report.bonds],
    ];
    const shown = rows.filter(([, amount]) => amount > 0n).map(([where, amount]) => [where, scaledAmountOf(amount, info)]);
    const total = ["all that is owed", scaledAmountOf(report.scaledOwed, info)];
    const verdict = report.sound ? "every part accounted for" : `DIFFERENCE OF ${report.difference} SCALED UNITS`;
    console.log(table([`The money (${info.symbol})`, verdict], [...shown, total]));
    if (!report.sound) throw new UserError("Money is missing. This is a defect: please report it.");
  }

  /** Says when the next block is to be, so that amounts do not depend on how slow the machine is. */
  private async setClock(): Promise<void> {
    await this.hre.network.provider.send("evm_setNextBlockTimestamp", [this.nextTime ?? (await this.now()) + 1]);
    this.nextTime = undefined;
  }

  private async mine(): Promise<void> {
    await this.setClock();
    await this.hre.network.provider.send("evm_mine", []);
  }

  private async requireDevelopmentChain(): Promise<void> {
    const missing = ["provider1", "provider2", "manager", "owner", "validator"].filter((name) => !this.context.people.named.has(name));
    const chainId = Number(await this.hre.network.provider.send("eth_chainId"));
    if (missing.length > 0 || chainId !== 31_337) {
      throw new UserError(
        "The example needs a development chain, where its people have keys and time can be made to pass: leave --network out, " +
          "or start one with `npx hardhat node` and add --network localhost.",
      );
    }
  }
}

/** `--max-rent` of `maxRent`. */
function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function quote(value: string): string {
  return /^[\w.,:/@-]+$/.test(value) ? value : `'${value}'`;
}
