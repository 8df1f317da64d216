import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { JsonRpcProvider } from "ethers";

const ROOT = join(__dirname, "..", "..");
const HARDHAT = join(dirname(require.resolve("hardhat/package.json")), "internal", "cli", "bootstrap.js");
const TRANSPILED = join(ROOT, "scripts", "transpiled.cjs");
const ANVIL = join(dirname(createRequire(__filename).resolve("@foundry-rs/anvil/package.json")), "bin.mjs");

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
    const given = Object.entries(variables).map(([name, value]) => [`HARDHAT_VAR_${name}`, value]);
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("HARDHAT_"));
    return spawn(process.execPath, ["--require", TRANSPILED, HARDHAT, ...args], {
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

  async run(args: string[], variables: Record<string, string> = {}): Promise<Outcome> {
    const child = this.start(args, variables);
    const outcome: Outcome = { code: null, stdout: "", stderr: "" };
    child.stdout?.on("data", (text: Buffer) => (outcome.stdout += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (outcome.stderr += text.toString()));
    await once(child, "close");
    return { ...outcome, code: child.exitCode };
  }
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
    if (this.process.exitCode === null) {
      this.process.kill();
      await once(this.process, "exit");
    }
  }
}
