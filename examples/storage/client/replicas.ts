// The nodes that keep a key, asked directly: who has no gateway uses this, and a gateway is little else.
import { engine } from "../../../src";
import { urlOf } from "../shared/route-params";
import { Failure } from "../shared/failure";
import { RemoteRefusal, accepted, within } from "./responses";
import { BoundedChannel, broadcast } from "./bounded-channel";

export interface Key {
  bucketId: bigint;
  path: string;
}

/** The signed fields of a write: the same for all replicas, so that they agree on the version. */
export interface Write extends Key {
  bodyHash: string;
  expiry: number;
}

export interface Stored {
  /** Which nodes have it. */
  nodes: bigint[];
  /** Which do not, and why: they get it by repair. */
  failed: { nodeId: bigint; reason: string }[];
}

export interface ReplicasOptions {
  router: Pick<engine.Router, "routes">;
  realm: engine.Realm;
  /** How long to wait for an answer to begin. */
  answerMilliseconds?: number;
  /** How long a node may take in nothing of a body. */
  idleMilliseconds?: number;
}

type Route = engine.Route & { url: string };

interface WriteResult {
  nodeId: bigint;
  error?: unknown;
}

export class Replicas {
  readonly #options: Required<ReplicasOptions>;

  constructor(options: ReplicasOptions) {
    this.#options = { answerMilliseconds: 5_000, idleMilliseconds: 10_000, ...options };
  }

  /** Writes to all replicas at once. It counts when more than half of them have it. */
  async write(write: Write, body: AsyncIterable<Uint8Array>, credentials: engine.Credentials): Promise<Stored> {
    const { idleMilliseconds } = this.#options;
    const { routes, total } = await this.#routes(write);
    const channels = routes.map(() => new BoundedChannel());
    const sending = routes.map((route, i) => this.#send(route, write, credentials, channels[i] ?? new BoundedChannel()));
    await broadcast(body, channels, idleMilliseconds);
    return settle(await Promise.all(sending), total);
  }

  async delete(write: Omit<Write, "bodyHash">, credentials: engine.Credentials): Promise<Stored> {
    const { routes, total } = await this.#routes(write);
    const results = routes.map(async (route): Promise<WriteResult> => {
      try {
        const params = { ...write, bodyHash: engine.NO_BODY };
        await accepted(await this.#fetch(route, params, "delete", credentials, { method: "DELETE" }));
        return { nodeId: route.nodeId };
      } catch (error) {
        return { nodeId: route.nodeId, error };
      }
    });
    return settle(await Promise.all(results), total);
  }

  /** Reads from the first replica that has it. A final refusal ends the search. */
  async read(key: Key, credentials: engine.Credentials | undefined, method: "GET" | "HEAD" = "GET"): Promise<Response & { from: bigint }> {
    const { routes } = await this.#routes(key);
    const refusals: unknown[] = [];
    for (const route of routes) {
      try {
        const response = await accepted(await this.#fetch(route, key, "read", credentials, { method }));
        return Object.assign(response, { from: route.nodeId });
      } catch (error) {
        if (isFinal(error)) throw error;
        refusals.push(error);
      }
    }
    throw mostTelling(refusals);
  }

  async #routes(key: Key): Promise<{ routes: Route[]; total: number }> {
    const all = engine.routesOf(await this.#options.router.routes(key.bucketId), key.path);
    return { routes: all.filter((route): route is Route => route.url !== undefined), total: all.length };
  }

  async #send(route: Route, write: Write, credentials: engine.Credentials, channel: BoundedChannel): Promise<WriteResult> {
    const { nodeId } = route;
    try {
      await accepted(await this.#fetch(route, write, "write", credentials, { method: "PUT", body: channel, duplex: "half" }));
      return { nodeId };
    } catch (error) {
      return { nodeId, error };
    } finally {
      channel.close();
    }
  }

  async #fetch(
    { nodeId, url }: Route,
    params: Key & Partial<Pick<Write, "bodyHash" | "expiry">>,
    action: string,
    credentials: engine.Credentials | undefined,
    init: RequestInit,
  ): Promise<Response> {
    const { realm, answerMilliseconds } = this.#options;
    const headers: Record<string, string> = {};
    if (credentials !== undefined) headers.authorization = await engine.signRequest({ ...params, action, nodeId }, credentials, realm);
    const response = fetch(urlOf(url, "files", params), { ...init, headers });
    // An upload is answered at its end, whenever that is: its tap watches over it.
    return init.body === undefined ? within(answerMilliseconds, response) : response;
  }
}

/** No other replica would answer otherwise. */
function isFinal(error: unknown): boolean {
  return error instanceof RemoteRefusal && ["not-allowed", "not-funded", "bucket-unknown", "missing", "deleted"].includes(error.reason);
}

function settle(results: readonly WriteResult[], total: number): Stored {
  const nodes = results.filter(({ error }) => error === undefined).map(({ nodeId }) => nodeId);
  const failed = results.filter(({ error }) => error !== undefined);
  if (nodes.length > total / 2) return { nodes, failed: failed.map(({ nodeId, error }) => ({ nodeId, reason: textOf(error) })) };
  const refusals = failed.map(({ error }) => error);
  const telling = refusals.find((error) => isFinal(error) || (error instanceof RemoteRefusal && [401, 409, 413].includes(error.status)));
  if (telling !== undefined) throw telling as RemoteRefusal;
  throw new Failure("too-few-replicas", `${nodes.length} of ${total} nodes have stored it: ${refusals.map(textOf).join("; ")}.`);
}

/** Not found, if all nodes say so; the refusal of the signature, if all that answer say so; otherwise no replica. */
function mostTelling(refusals: readonly unknown[]): unknown {
  const responses = refusals.filter((error) => error instanceof RemoteRefusal);
  if (responses.every(({ status }) => status === 401) && responses[0] !== undefined) return responses[0];
  const missing = refusals.find((error) => error instanceof RemoteRefusal && error.reason === "not-found");
  const isCertain = refusals.every((error) => error instanceof RemoteRefusal && error.reason === "not-found");
  if (missing !== undefined && isCertain) return missing;
  return new Failure("no-replica", `No node that keeps this has answered: ${refusals.map(textOf).join("; ") || "there is none"}.`);
}

function textOf(error: unknown): string {
  if (error instanceof RemoteRefusal) return `${error.status} ${error.reason}`;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error instanceof Error ? error.message : String(error)}${cause}`;
}
