import { type AddressInfo } from "node:net";
import { type IncomingMessage, type Server, createServer } from "node:http";
import { once } from "node:events";

import { expect } from "chai";

import { BatchProvider, isUnreachable } from "../../../src";

interface Request {
  id: number;
  method: string;
  params: unknown[];
}

/** How an endpoint refuses a batch that is too long for it. */
type Refusal = "status" | "error" | "first ones only";

/** An endpoint that answers batches up to a length with the number that each request asks for. */
class Endpoint {
  readonly batches: number[] = [];

  private constructor(
    private readonly server: Server,
    readonly provider: BatchProvider,
  ) {}

  static async start(largest: number, refusal: Refusal): Promise<Endpoint> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const provider = new BatchProvider(`http://127.0.0.1:${port}`, 1, { staticNetwork: true });
    const endpoint = new Endpoint(server, provider);
    server.on("request", (request, response) => {
      void bodyOf(request).then((body) => {
        const requests = [body].flat() as Request[];
        endpoint.batches.push(requests.length);
        const tooMany = requests.length > largest;
        const answers = requests.map(({ id, params }) => ({ jsonrpc: "2.0", id, result: params[0] }));
        response.setHeader("content-type", "application/json");
        if (tooMany && refusal === "status") response.statusCode = 413;
        if (tooMany && refusal === "error") response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}');
        else response.end(JSON.stringify(Array.isArray(body) ? answers.slice(0, largest) : answers[0]));
      });
    });
    return endpoint;
  }

  /** Asks for so many numbers at the same time. */
  ask(count: number): Promise<unknown[]> {
    return Promise.all(Array.from({ length: count }, (_, number) => this.provider.send("eth_call", [number]) as Promise<unknown>));
  }

  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  stop(): void {
    this.provider.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}

describe("BatchProvider", () => {
  let endpoint: Endpoint | undefined;
  afterEach(() => endpoint?.stop());

  const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

  it("sends what is asked for at the same time in batches", async () => {
    endpoint = await Endpoint.start(1_000, "status");
    expect(await endpoint.ask(250)).to.deep.equal(numbers(250));
    expect(endpoint.batches).to.deep.equal([100, 100, 50]);
  });

  for (const refusal of ["status", "error", "first ones only"] as const) {
    it(`sends smaller batches to an endpoint that refuses them (${refusal}), and remembers`, async () => {
      endpoint = await Endpoint.start(10, refusal);
      expect(await endpoint.ask(80)).to.deep.equal(numbers(80));
      const before = endpoint.batches.length;
      expect(await endpoint.ask(80)).to.deep.equal(numbers(80));
      expect(Math.max(...endpoint.batches.slice(before))).to.be.at.most(10);
    });
  }

  it("sends single requests to an endpoint without batches", async () => {
    endpoint = await Endpoint.start(1, "error");
    expect(await endpoint.ask(5)).to.deep.equal(numbers(5));
  });

  it("says so, and does not ask again, where nothing answers", async () => {
    endpoint = await Endpoint.start(10, "status");
    await endpoint.close();
    const failure = await endpoint.ask(20).catch((error: unknown) => error);
    expect(isUnreachable(failure)).to.equal(true);
    expect(endpoint.batches).to.deep.equal([]);
  });
});
