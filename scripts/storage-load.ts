// How many authorized small reads one storage node serves, and what it does under ten times as many. `npm run storage:load`; nothing else should run meanwhile.
import { createServer, request as ask } from "node:http";

import autocannon from "autocannon";
import { type Wallet, hexlify } from "ethers";
import { ecdsaSign } from "secp256k1";

import { Fleet } from "../examples/storage/demo/fleet";
import { engine } from "../src";
import { Digests } from "../src/engine/requests/typed-data";
import { World, people } from "../test/examples/storage/world";

const FILES = 100;
const FILE_BYTES = 1_024;
const SECONDS = 10;
/** What it has to serve a second. */
const GOAL = 1_000;
/** As far ahead as a node takes. */
const AHEAD_SECONDS = 290;

async function main(): Promise<void> {
  const world = await World.prepare();
  const proxy = await CountingProxy.start(world.rpcUrl);
  const fleet = new Fleet(proxy.url, world.network.addresses);
  try {
    const node = await fleet.start({ kind: "node", providerKey: people.provider.privateKey, rent: "0.01", capacity: 1_000 });
    await world.build([node.nodeId]);
    await world.see([node]);
    for (let i = 0; i < FILES; i += 1) {
      const { status } = await world.put(node, `f${i}`, Buffer.alloc(FILE_BYTES, String(i)));
      if (status !== 201) throw new Error(`a file was not stored: ${status}`);
    }
    const asker = new Asker(node.nodeId, world.bucketId, people.owner, world.network.realm);
    await measure("warm-up", node.url, asker.take(2_000), { connections: 16, amount: 2_000 });
    const before = proxy.count;
    await measure("as fast as 16 connections get answers", node.url, asker.take(20_000), { connections: 16, amount: 20_000 });
    console.log(`   calls to the chain meanwhile: ${proxy.count - before}`);
    await measure(`${GOAL} a second`, node.url, asker.take(GOAL * SECONDS), { connections: 50, duration: SECONDS, overallRate: GOAL });
    const many = asker.take(10 * GOAL * SECONDS);
    await measure(`${10 * GOAL} a second`, node.url, many, { connections: 1_000, duration: SECONDS, overallRate: 10 * GOAL });
    console.log(`   and after that: ${await (await fetch(`${node.url}/health`)).text()}`);
  } finally {
    await fleet.close();
    proxy.close();
    await world.close();
  }
}

/** Requests that are signed beforehand, as signing takes longer than answering. */
class Asker {
  readonly #digests: Digests;

  constructor(
    private readonly nodeId: bigint,
    private readonly bucketId: bigint,
    private readonly owner: Wallet,
    realm: engine.Realm,
  ) {
    this.#digests = new Digests(realm);
  }

  take(count: number): { path: string; authorization: string }[] {
    const key = Buffer.from(this.owner.privateKey.slice(2), "hex");
    const expiry = Math.floor(Date.now() / 1_000) + AHEAD_SECONDS;
    return Array.from({ length: count }, (_, i) => {
      const path = `f${i % FILES}`;
      const nonce = hexlify(crypto.getRandomValues(new Uint8Array(32)));
      const request = {
        account: this.owner.address,
        bucketId: this.bucketId,
        action: "read",
        path,
        bodyHash: engine.NO_BODY,
        nodeId: this.nodeId,
        expiry,
        nonce,
      };
      const { signature, recid } = ecdsaSign(Buffer.from(this.#digests.request(request).slice(2), "hex"), key);
      const bytes = `${hexlify(signature)}${recid === 0 ? "1b" : "1c"}`;
      return {
        path: `/buckets/${this.bucketId}/files/${path}`,
        authorization: engine.serializeAuthorization({ request, signature: bytes }),
      };
    });
  }
}

async function measure(
  what: string,
  url: string,
  asked: readonly { path: string; authorization: string }[],
  options: Partial<autocannon.Options>,
): Promise<void> {
  let next = 0;
  const setupRequest = (given: autocannon.Request): autocannon.Request => {
    const one = asked[next % asked.length];
    next += 1;
    return { ...given, path: one?.path, headers: { authorization: one?.authorization } };
  };
  const served = new Map<number, number>();
  const latencies: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({ url, requests: [{ setupRequest }], timeout: 10, ...options }, (error: unknown, ended) => {
      if (error === null || error === undefined) resolve(ended);
      else reject(error instanceof Error ? error : new Error("autocannon has failed"));
    });
    run.on("response", (_client, status, _bytes, milliseconds) => {
      served.set(status, (served.get(status) ?? 0) + 1);
      if (status === 200) latencies.push(milliseconds);
    });
  });
  latencies.sort((a, b) => a - b);
  const at = (part: number): string => (latencies[Math.floor(latencies.length * part)] ?? 0).toFixed(1);
  const statuses = [...served].map(([status, count]) => `${status}: ${Math.round(count / result.duration)}/s`).join(", ");
  console.log(`${what}: ${statuses}; of 200, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; errors ${result.errors}, timeouts ${result.timeouts}`);
}

/** Counts what goes through to the chain. */
class CountingProxy {
  private constructor(
    readonly url: string,
    private readonly seen: { count: number },
    readonly close: () => void,
  ) {}

  static async start(target: string): Promise<CountingProxy> {
    const seen = { count: 0 };
    const server = createServer((incoming, outgoing) => {
      seen.count += 1;
      const headers = { ...incoming.headers };
      delete headers.host;
      const forwarded = ask(target, { method: incoming.method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return new CountingProxy(`http://127.0.0.1:${port}`, seen, () => server.close());
  }

  get count(): number {
    return this.seen.count;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
