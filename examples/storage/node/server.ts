import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { engine } from "../../../src";
import { type RouteParams, routeParamsOf, expectedOf, fileParamsOf } from "../shared/route-params";
import { Failure } from "../shared/failure";
import { Rates } from "../shared/rates";
import { type ServerOptions, createHttpServer } from "../shared/server";
import { type Entry, type Store, type StoredFile, tooLarge } from "./store";

export interface StorageParts {
  nodeId: bigint;
  store: Store;
  /** For those who use buckets. */
  admission: engine.Admission;
  /** For the nodes of a cluster among themselves. */
  peers: engine.Admission;
  router: Pick<engine.Router, "routes">;
  authorizer: Pick<engine.Authorizer, "isLive" | "block">;
}

export interface StorageOptions extends ServerOptions {
  /** How many requests a second to work on for one account. */
  perAccount?: number;
}

const PER_ACCOUNT = 5_000;
const PAGE = 1_000;

/** The HTTP server of a storage node; `../README.md` describes it. */
export function createStorageServer(parts: StorageParts, { perAccount = PER_ACCOUNT, ...options }: StorageOptions = {}): FastifyInstance {
  const { nodeId, store, admission, peers, router, authorizer } = parts;
  const { app, limiter } = createHttpServer(options);
  const rates = new Rates(perAccount);

  async function admit(
    request: FastifyRequest,
    params: RouteParams,
    action: string,
    right: engine.Right,
  ): Promise<engine.Request | undefined> {
    const admitted = await admission.admit(request.headers.authorization, expectedOf(params, action), right);
    if (admitted !== undefined && !rates.take(admitted.account)) throw new Failure("too-many", "That is too much from one account.");
    return admitted;
  }

  /** Writes are always signed, even where anyone may write. */
  async function admitWriter(request: FastifyRequest, params: RouteParams, action: "write" | "delete"): Promise<engine.Request> {
    const admitted = await admit(request, params, action, engine.RIGHTS.write);
    if (admitted === undefined) throw new engine.Refusal("missing", "A write has to be signed.");
    const routes = engine.routesOf(await router.routes(params.bucketId), params.path);
    const places = routes.map((route) => route.nodeId);
    if (!places.includes(nodeId)) throw new Failure("other-place", `This is kept on nodes ${places.join(", ")}, not on node ${nodeId}.`);
    return admitted;
  }

  async function admitReader(request: FastifyRequest): Promise<RouteParams> {
    const params = fileParamsOf(request);
    await admit(request, params, "read", engine.RIGHTS.read);
    return params;
  }

  app.put("/buckets/:bucketId/files/*", async (request, reply) => {
    const params = fileParamsOf(request);
    if (Number(request.headers["content-length"] ?? 0) > store.maxFileBytes) throw tooLarge(store.maxFileBytes);
    const claim = claimOf(await admitWriter(request, params, "write"), request);
    // Not destroyed with what reads it, so that there still is a connection to answer on.
    const body: AsyncIterable<Uint8Array> = request.raw.iterator({ destroyOnReturn: false });
    const entry = await store.write(
      params,
      claim,
      engine.checkBody(body, claim.bodyHash, () => createHash("sha256")),
    );
    request.log.info({ bucket: Number(params.bucketId), path: params.path, bytes: entry.size }, "stored a file");
    return reply.code(201).send(describe(params.path, entry));
  });

  app.delete("/buckets/:bucketId/files/*", async (request, reply) => {
    const params = fileParamsOf(request);
    const claim = claimOf(await admitWriter(request, params, "delete"), request);
    await store.delete(params, claim);
    request.log.info({ bucket: Number(params.bucketId), path: params.path }, "deleted a file");
    return reply.code(204).send();
  });

  app.get("/buckets/:bucketId/files/*", { exposeHeadRoute: false }, async (request, reply) => {
    const file = found(await store.read(await admitReader(request)));
    refuseDeleted(file.entry);
    return sendFile(reply, file);
  });

  app.head("/buckets/:bucketId/files/*", async (request, reply) => {
    const entry = found(await store.look(await admitReader(request)));
    refuseDeleted(entry);
    return withHeaders(reply, entry).send();
  });

  // The path is the one to begin after, so that it is signed, too.
  app.get("/buckets/:bucketId/list/*", async (request) => {
    const params = routeParamsOf(request);
    await admit(request, params, "list", engine.RIGHTS.read);
    return page(params, (entry) => !entry.deleted);
  });

  app.get("/buckets/:bucketId/copies/*", async (request) => {
    const params = routeParamsOf(request);
    await peers.admit(request.headers.authorization, expectedOf(params, "copies"), engine.RIGHTS.read);
    return page(params, () => true);
  });

  app.get("/buckets/:bucketId/copy/*", async (request, reply) => {
    const params = fileParamsOf(request);
    await peers.admit(request.headers.authorization, expectedOf(params, "copy"), engine.RIGHTS.read);
    const file = found(await store.read(params));
    return sendFile(reply.header("ddc-written-by", file.entry.authorization), file);
  });

  app.get("/health", async (_, reply) => {
    const healthy = authorizer.isLive;
    const state = { healthy, node: Number(nodeId), block: authorizer.block?.number, ...limiter.state };
    return reply.code(healthy ? 200 : 503).send(state);
  });

  async function page({ bucketId, path: after }: RouteParams, isShown: (entry: Entry) => boolean): Promise<object> {
    const known = await store.list(bucketId, after, PAGE);
    const files = known.filter(({ entry }) => isShown(entry)).map(({ path, entry }) => describe(path, entry));
    return { files, after: known.length === PAGE ? known.at(-1)?.path : undefined };
  }

  return app;
}

function found<T>(what: T | undefined): T {
  if (what === undefined) throw new Failure("not-found", "There is no such file on this node.");
  return what;
}

/** Such an entry has no bytes: nothing is left open. */
function refuseDeleted({ deleted, expiry }: Entry): void {
  if (deleted) throw new Failure("deleted", "This file was deleted.", { version: expiry });
}

function claimOf(
  { expiry, bodyHash }: engine.Request,
  { headers }: FastifyRequest,
): { expiry: number; bodyHash: string; authorization: string } {
  return { expiry, bodyHash, authorization: headers.authorization ?? "" };
}

function describe(path: string, { expiry, bodyHash, size }: Entry): object {
  return { path, version: expiry, bodyHash, size };
}

function sendFile(reply: FastifyReply, { entry, body }: StoredFile): FastifyReply {
  return withHeaders(reply, entry).send(Buffer.isBuffer(body) ? body : Readable.from(body));
}

/** Untrusted bytes: a browser must not take them for a page of this site. */
function withHeaders(reply: FastifyReply, { bodyHash, expiry, size }: Entry): FastifyReply {
  return reply
    .type("application/octet-stream")
    .header("content-length", size)
    .header("etag", `"${bodyHash}"`)
    .header("ddc-version", expiry)
    .header("x-content-type-options", "nosniff")
    .header("content-security-policy", "sandbox");
}
