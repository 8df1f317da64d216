import { existsSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";

import { build } from "esbuild";
import hre from "hardhat";
import { TASK_NODE_CREATE_SERVER } from "hardhat/builtin-tasks/task-names";
import type { JsonRpcServer } from "hardhat/types";
import { type Browser as Chromium, type Page, chromium } from "playwright-core";

import type { steps } from "./page";

type Steps = typeof steps;
type Step = keyof Steps;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where Chromium is, unless DDC_CHROMIUM says so; undefined: it is not installed. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return process.env.DDC_CHROMIUM ?? NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** The library and the steps as a bundler puts them together for browsers. It throws if anything asks for a module of Node. */
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "page.ts")],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    target: "es2022",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** A page in a real browser that has loaded the library. It may run no code but that, and ask nobody but the chain. */
export class Browser {
  private constructor(
    private readonly server: Server,
    private readonly chain: JsonRpcServer,
    private readonly chromium: Chromium,
    private readonly page: Page,
    /** Where the chain of the tests answers. */
    readonly rpcUrl: string,
  ) {}

  static async open(executablePath: string): Promise<Browser> {
    const script = await bundle();
    const chain = (await hre.run(TASK_NODE_CREATE_SERVER, {
      hostname: "127.0.0.1",
      port: 0,
      provider: hre.network.provider,
    })) as JsonRpcServer;
    const rpcUrl = `http://127.0.0.1:${(await chain.listen()).port}`;
    const server = serve(script, rpcUrl);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // Its sandbox needs rights that a container does not have; what it loads is this repository's own.
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 120_000 });
    const page = await browser.newPage();
    await page.goto(url);
    return new Browser(server, chain, browser, page, rpcUrl);
  }

  /** Runs a step in the page. */
  async run<S extends Step>(step: S, ...given: Parameters<Steps[S]>): Promise<Awaited<ReturnType<Steps[S]>>> {
    const result: unknown = await this.page.evaluate(
      async ([name, args]) => {
        const { steps } = globalThis as unknown as { steps: Record<string, (...args: unknown[]) => unknown> };
        return steps[name]?.(...args);
      },
      [step, given as unknown[]] as const,
    );
    return result as Awaited<ReturnType<Steps[S]>>;
  }

  async close(): Promise<void> {
    await this.chromium.close();
    this.server.close();
    await this.chain.close();
  }
}

/** @param rpcUrl What the page may ask beside this server. */
function serve(script: string, rpcUrl: string): Server {
  return createServer(({ url }, response) => {
    if (url === "/library.js") {
      response.setHeader("content-type", "text/javascript").end(script);
      return;
    }
    response.setHeader("content-security-policy", `default-src 'none'; script-src 'self'; connect-src ${rpcUrl}`);
    response.setHeader("content-type", "text/html").end('<!doctype html><meta charset="utf-8"><script src="library.js"></script>');
  });
}
