import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { JsonRpcProvider } from "ethers";

const ROOT = join(__dirname, "..", "..");
const HARDHAT = join(dirname(require.resolve("hardhat/package.json")), "internal", "cli", "bootstrap.js");
const TRANSPILED = join(ROOT, "scripts", "transpiled.cjs");
const ANVIL = join(dirname(createRequire(__filename).resolve("@foundry-rs/anvil/package.json")), "bin.mjs");

/**
 * How long tests wait for processes (milliseconds): far longer than they take, since a machine that is busy with something else gives them a
 * tenth of its time.
 */
export const PATIENCE = 600_000;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A place for the files of processes: deployments, and the variables that `hardhat vars` keeps; none are set there. */
export class Workplace {
  readonly path = mkdtempSync(join(tmpdir(), "ddc-"));

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Starts Hardhat as a person would, with the given variables of `hardhat vars`. */
  start(args: string[], variables: Record<string, string> = {}): ChildProcess {
    return this.spawn(process.execPath, ["--require", TRANSPILED, HARDHAT, ...args], variables);
  }

  run(args: string[], variables: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, variables));
  }

  /** Runs a script of the package, with nothing shared with other processes. */
  runScript(script: string, args: string[] = [], variables: Record<string, string> = {}): Promise<Outcome> {
    return outcomeOf(this.spawn("npm", ["run", "--silent", script, "--", ...args], variables));
  }

  private spawn(command: string, args: string[], variables: Record<string, string>): ChildProcess {
    const given = Object.entries(variables).map(([name, value]) => [`HARDHAT_VAR_${name}`, value]);
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HARDHAT_"));
    return spawn(command, args, {
      cwd: ROOT,
      env: {
        ...(Object.fromEntries([...inherited, ...given]) as NodeJS.ProcessEnv),
        // Hardhat shows more of what went wrong on build servers: no stack trace may reach people even there.
        CI: "true",
        DDC_DEPLOYMENTS: join(this.path, "deployments"),
        HOME: this.path,
        XDG_CONFIG_HOME: join(this.path, "config"),
      },
    });
  }
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const outcome: Outcome = { code: null, stdout: "", stderr: "" };
  child.stdout?.on("data", (text: Buffer) => (outcome.stdout += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (outcome.stderr += text.toString()));
  await once(child, "close");
  return { ...outcome, code: child.exitCode };
}

/** Hardhat's own node on a free port, to which it deploys as it starts. */
export class HardhatNode {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
  ) {}

  static async start(workplace: Workplace): Promise<HardhatNode> {
    const port = String(await freePort());
    const child = workplace.start(["node", "--port", port]);
    await new Promise<void>((resolve, reject) => {
      child.once("close", () => {
        reject(new Error("The node has ended."));
      });
      child.stdout?.on("data", (text: Buffer) => {
        if (text.includes("Started HTTP")) resolve();
      });
    });
    return new HardhatNode(child, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    await end(this.process);
  }
}

/** Ends a process, if nobody has. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** An anvil on a free port. */
export class Anvil {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
    readonly provider: JsonRpcProvider,
  ) {}

  static async start(...args: string[]): Promise<Anvil> {
    const child = spawn(process.execPath, [ANVIL, "--port", "0", ...args], { stdio: ["ignore", "pipe", "ignore"] });
    const address = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => {
        reject(new Error("anvil has ended"));
      });
      createInterface({ input: child.stdout }).on("line", (line) => {
        const found = /Listening on (\S+)/.exec(line)?.[1];
        if (found !== undefined) {
          resolve(found);
        }
      });
    });
    const url = `http://${address}`;
    return new Anvil(child, url, new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1 }));
  }

  async stop(): Promise<void> {
    this.provider.destroy();
    await end(this.process);
  }
}
