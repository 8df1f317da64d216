import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { NodeRegistry__factory } from "../../cache/typechain-types";
import { Anvil, Workplace } from "../helpers/processes";

/** Stands between a program and an endpoint, and can be gone for a while. */
class Line {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(private readonly target: URL) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      const other = connect(Number(this.target.port), this.target.hostname);
      for (const end of [socket, other]) {
        this.#sockets.add(end);
        end.on("error", () => end.destroy());
      }
      socket.pipe(other).pipe(socket);
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async cut(): Promise<void> {
    const closed = this.#server === undefined ? undefined : once(this.#server, "close");
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }
}

/** A running `network:watch`, and what it has said. */
class Watch {
  stdout = "";
  stderr = "";

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (text: Buffer) => (this.stdout += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (this.stderr += text.toString()));
  }

  /** What happened, without when and where. */
  get lines(): string[] {
    return this.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split("  ").slice(2).join("  "));
  }

  /** Waits until it has said so many lines. */
  async said(lines: number): Promise<string[]> {
    await this.until(() => this.lines.length >= lines);
    return this.lines;
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.child.exitCode !== null) throw new Error(`the watch has ended: ${this.stdout}${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}

describe("network:watch as a program", function () {
  this.timeout(300_000);

  let anvil: Anvil;
  let line: Line;
  let workplace: Workplace;
  let watch: Watch | undefined;
  before(async function () {
    anvil = await Anvil.start("--chain-id", "31337");
    line = new Line(new URL(anvil.url));
    await line.open();
    workplace = new Workplace();
    const { code, stderr } = await workplace.run(["deploy", "--no-compile", "--network", "localhost"], { DDC_LOCALHOST_URL: anvil.url });
    expect(code, stderr).to.equal(0);
  });
  after(async () => {
    await watch?.kill();
    await line.cut();
    await anvil.stop();
    workplace.remove();
  });

  async function createNode(rent: bigint): Promise<void> {
    const file = join(workplace.path, "deployments", "localhost", "NodeRegistry.json");
    const { address } = JSON.parse(readFileSync(file, "utf8")) as { address: string };
    const registry = NodeRegistry__factory.connect(address, await anvil.provider.getSigner(2));
    await (await registry.createNode(rent * 10n ** 18n, 100, "")).wait();
  }

  const cursor = (): string => join(workplace.path, "cursor.json");
  const keptBlock = (): number => (JSON.parse(readFileSync(cursor(), "utf8")) as { at: { blockNumber: number } }).at.blockNumber;

  async function start(): Promise<Watch> {
    const args = ["network:watch", "--network", "localhost", "--cursor", cursor(), "--from", "now", "--interval", "1s"];
    watch = new Watch(workplace.start(args, { DDC_LOCALHOST_URL: line.url }));
    await watch.until(() => watch!.stderr.includes("Watching localhost from block"));
    return watch;
  }

  const created = (id: number, rent: number): string =>
    `created   node ${id} of provider1: 100 units at ${rent} USD per unit, per vnode, per month`;
  const withdrawn = (id: number, rent: number): string =>
    created(id, rent).replace("created   ", "created   withdrawn (the chain dropped its block): ");

  it("tells each event once, through a dropped block, an endpoint that is away, and its own end", async () => {
    const first = await start();
    await createNode(1n);
    expect(await first.said(1)).to.deep.equal([created(1, 1)]);

    await anvil.provider.send("anvil_reorg", [1, []]);
    expect(await first.said(2)).to.deep.equal([created(1, 1), withdrawn(1, 1)]);
    await createNode(2n);
    await createNode(3n);
    expect((await first.said(4)).slice(2)).to.deep.equal([created(1, 2), created(2, 3)]);

    await line.cut();
    await createNode(4n);
    await first.until(() => first.stderr.includes("The network cannot be read: The network does not answer."));
    await line.open();
    expect((await first.said(5)).slice(4)).to.deep.equal([created(3, 4)]);
    await createNode(5n);
    await first.said(6);
    // The line is out before the cursor is kept.
    const head = await anvil.provider.getBlockNumber();
    await first.until(() => keptBlock() === head);
    await first.kill();

    // The last block is dropped while nobody watches.
    await anvil.provider.send("anvil_reorg", [1, []]);
    await createNode(6n);
    const second = await start();
    await createNode(7n);
    expect(await second.said(3)).to.deep.equal([withdrawn(4, 5), created(4, 6), created(5, 7)]);
  });
});
