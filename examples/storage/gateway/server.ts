import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import type { Wallet } from "ethers";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { engine } from "../../../src";
import { bytesOf } from "../client/responses";
import type { Replicas, Stored } from "../client/replicas";
import { type RouteParams, expectedOf, fileParamsOf } from "../shared/route-params";
import { Failure } from "../shared/failure";
import { type ServerOptions, createHttpServer } from "../shared/server";
import { SESSION_HEADER, parseSession } from "../shared/session-header";

export interface GatewayParts {
  nodeId: bigint;
  /** Signs what the gateway asks of nodes. */
  identity: Wallet;
  admission: engine.Admission;
  replicas: Replicas;
  authorizer: Pick<engine.Authorizer, "isLive" | "block">;
}

export interface GatewayOptions extends ServerOptions {
  maxFileBytes?: number;
}

interface Admitted extends RouteParams {
  request: engine.Request;
  credentials: engine.Credentials;
}

const PASSED_ON = ["content-length", "content-type", "etag", "ddc-version"];

/** The HTTP server of a gateway: the interface of a storage node, for all nodes. */
export function createGateway(parts: GatewayParts, { maxFileBytes = 1_073_741_824, ...options }: GatewayOptions = {}): FastifyInstance {
  const { nodeId, identity, admission, replicas, authorizer } = parts;
  const { app, limiter } = createHttpServer(options);

  /** The account of a request, and the credentials for asking the nodes; undefined for anonymous access. */
  async function admit(request: FastifyRequest, action: string, right: engine.Right): Promise<Admitted | undefined> {
    const params = fileParamsOf(request);
    const admitted = await admission.admit(request.headers.authorization, expectedOf(params, action), right);
    if (admitted === undefined) return undefined;
    const header = request.headers[SESSION_HEADER];
    if (typeof header !== "string") throw new Failure("bad-session", `A gateway needs a session, in the header ${SESSION_HEADER}.`);
    const session = parseSession(header, admitted.account, identity.address);
    return { ...params, request: admitted, credentials: { account: session.account, signer: identity, session } };
  }

  async function admitWriter(request: FastifyRequest, action: "write" | "delete"): Promise<Admitted> {
    const admitted = await admit(request, action, engine.RIGHTS.write);
    if (admitted === undefined) throw new engine.Refusal("missing", "A write has to be signed.");
    return admitted;
  }

  async function read(request: FastifyRequest, reply: FastifyReply, method: "GET" | "HEAD"): Promise<FastifyReply> {
    const admitted = await admit(request, "read", engine.RIGHTS.read);
    const response = await replicas.read(fileParamsOf(request), admitted?.credentials, method);
    for (const name of PASSED_ON) {
      const value = response.headers.get(name);
      if (value !== null) void reply.header(name, value);
    }
    void reply.header("x-content-type-options", "nosniff").header("content-security-policy", "sandbox");
    void reply.header("ddc-node", String(response.from));
    return method === "HEAD" ? reply.send() : reply.send(Readable.from(bytesOf(response)));
  }

  app.put("/buckets/:bucketId/files/*", async (request, reply) => {
    if (Number(request.headers["content-length"] ?? 0) > maxFileBytes) throw tooLarge(maxFileBytes);
    const { bucketId, path, request: signed, credentials } = await admitWriter(request, "write");
    const { bodyHash, expiry } = signed;
    const body: AsyncIterable<Uint8Array> = request.raw.iterator({ destroyOnReturn: false });
    const checked = engine.checkBody(limited(body, maxFileBytes), bodyHash, () => createHash("sha256"));
    const stored = await replicas.write({ bucketId, path, bodyHash, expiry }, checked, credentials);
    request.log.info({ bucket: Number(bucketId), path, nodes: stored.nodes.map(Number) }, "stored a file");
    return reply.code(201).send(describe(path, expiry, bodyHash, stored));
  });

  app.delete("/buckets/:bucketId/files/*", async (request, reply) => {
    const { bucketId, path, request: signed, credentials } = await admitWriter(request, "delete");
    const stored = await replicas.delete({ bucketId, path, expiry: signed.expiry }, credentials);
    return reply.code(200).send(describe(path, signed.expiry, signed.bodyHash, stored));
  });

  app.get("/buckets/:bucketId/files/*", { exposeHeadRoute: false }, (request, reply) => read(request, reply, "GET"));
  app.head("/buckets/:bucketId/files/*", (request, reply) => read(request, reply, "HEAD"));

  app.get("/health", async (_, reply) => {
    const healthy = authorizer.isLive;
    const state = { healthy, node: Number(nodeId), block: authorizer.block?.number, ...limiter.state };
    return reply.code(healthy ? 200 : 503).send(state);
  });

  return app;
}

function describe(path: string, version: number, bodyHash: string, { nodes, failed }: Stored): object {
  return {
    path,
    version,
    bodyHash,
    nodes: nodes.map(Number),
    failed: failed.map(({ nodeId, reason }) => ({ node: Number(nodeId), reason })),
  };
}

async function* limited(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > most) throw tooLarge(most);
    yield part;
  }
}

function tooLarge(most: number): Failure {
  return new Failure("too-large", `A file has at most ${most} bytes here.`);
}
