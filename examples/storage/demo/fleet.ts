import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type Addresses, UserError } from "../../../src";
import { waitUntil } from "./log";

/** A node or a gateway in a process of its own. */
export interface Started {
  nodeId: bigint;
  url: string;
}

export interface Order {
  kind: "node" | "gateway";
  providerKey: string;
  rent?: string;
  capacity?: number;
}

const LOADER = join(__dirname, "..", "..", "..", "scripts", "transpiled.cjs");
const START_MILLISECONDS = 180_000;

/** The processes of the example, with their data and logs in a folder that goes when they do. */
export class Fleet {
  readonly folder = mkdtempSync(join(tmpdir(), "ddc-storage-"));
  readonly #running = new Map<bigint, { child: ChildProcess; url: string }>();
  #count = 0;

  constructor(
    private readonly rpcUrl: string,
    private readonly addresses: Addresses,
  ) {}

  async start({ kind, providerKey, rent = "0", capacity = 0 }: Order): Promise<Started> {
    this.#count += 1;
    const data = join(this.folder, `${kind}-${this.#count}`);
    mkdirSync(data);
    const child = spawn(process.execPath, ["--require", LOADER, join(__dirname, "..", kind, "main.ts")], {
      env: {
        PATH: process.env.PATH,
        DDC_RPC_URL: this.rpcUrl,
        DDC_CONTRACTS: JSON.stringify(this.addresses),
        DDC_PROVIDER_KEY: providerKey,
        DDC_DATA: data,
        DDC_RENT: rent,
        DDC_CAPACITY: String(capacity),
        DDC_REGION: "eu",
        // Short, so that the demo does not wait.
        DDC_REPAIR_SECONDS: "5",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(join(data, "log"));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    const started = await readyOf(child);
    this.#running.set(started.nodeId, { child, url: started.url });
    return started;
  }

  /** Waits until all have seen a block: before, they answer as things were. */
  async see(blockNumber: number): Promise<void> {
    for (const { url } of this.#running.values()) {
      await waitUntil(`${url} has seen block ${blockNumber}`, async () => {
        const { block } = (await (await fetch(`${url}/health`)).json()) as { block?: number };
        return (block ?? 0) >= blockNumber;
      });
    }
  }

  /** As a power cut does it. */
  async kill(nodeId: bigint): Promise<void> {
    const running = this.#running.get(nodeId);
    this.#running.delete(nodeId);
    if (running !== undefined) await end(running.child);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ child }) => end(child)));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function readyOf(child: ChildProcess): Promise<Started> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = (): void => {
      reject(new UserError(`A node did not start: ${said.trim() || "it said nothing"}`));
    };
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail();
    }, START_MILLISECONDS);
    child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
    child.once("exit", fail);
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^ready node=(\d+) url=(\S+)$/.exec(line);
      if (found === null) return;
      clearTimeout(timer);
      resolve({ nodeId: BigInt(found[1] ?? 0), url: found[2] ?? "" });
    });
  });
}
