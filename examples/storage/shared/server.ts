import { type IncomingMessage, createServer } from "node:http";

import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";

import { engine } from "../../../src";
import { RemoteRefusal } from "../client/responses";
import { ConcurrencyLimiter, type ConcurrencyLimits, hasBody } from "./concurrency-limiter";
import { Failure } from "./failure";

export interface ServerOptions {
  /** `silent`, `info`, … */
  logLevel?: string;
  limiter?: Partial<ConcurrencyLimits>;
  /** After how many milliseconds without a byte to give a client up. */
  idleMilliseconds?: number;
  /** Within how many milliseconds a request has to have come in, with all its body. */
  requestMilliseconds?: number;
}

/** Bounds for draining a refused request: a response before the client listens may be lost. */
const DRAINED_BYTES = 1_048_576;
const DRAIN_MILLISECONDS = 500;
const BODILESS = new Set(["GET", "HEAD", "DELETE"]);
/** A path of 1,024 bytes, each as "%xx". */
const LONGEST_PARAM = 3 * engine.MAX_PATH_BYTES;

/** An HTTP server that sheds what is too much, says clearly what is wrong, and leaves bodies alone. */
export function createHttpServer(options: ServerOptions = {}): { app: FastifyInstance; limiter: ConcurrencyLimiter } {
  const { logLevel = "info", idleMilliseconds = 30_000, requestMilliseconds = 300_000 } = options;
  const limiter = new ConcurrencyLimiter(options.limiter);
  const app = fastify({
    logger: { level: logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PARAM },
    // Whatever is wrong with a URL, it is the sender's mistake.
    frameworkErrors: (error, _, reply) => {
      reply.hijack();
      reply.raw.writeHead(400, { "content-type": "application/json; charset=utf-8", connection: "close" });
      reply.raw.end(JSON.stringify({ error: "bad-url", message: error.message }));
    },
    serverFactory: (handler) => {
      const server = createServer({ requestTimeout: requestMilliseconds, connectionsCheckingInterval: 1_000 }, limiter.guard(handler));
      server.setTimeout(idleMilliseconds);
      return server;
    },
  });
  // An unexpected body would not be checked against the signature.
  app.addHook("onRequest", async (request) => {
    if (BODILESS.has(request.method) && hasBody(request.raw)) throw new Failure("bad-body", "Only PUT has a body.");
  });
  app.removeAllContentTypeParsers();
  // A body is a stream of bytes, whatever it is called. Handlers read it from the raw request.
  app.addContentTypeParser("*", (_request, payload, done) => {
    done(null, payload);
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: "not-found", message: "There is nothing at this address." }));
  return { app, limiter };
}

async function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { status, body } = describe(error, request.log);
  if (status === 401) void reply.header("www-authenticate", engine.SCHEME);
  if (status === 503 || status === 429) void reply.header("retry-after", "1");
  if (hasBody(request.raw) && !request.raw.readableEnded) {
    void reply.header("connection", "close");
    await drain(request.raw);
  }
  return reply.code(status).send(body);
}

function describe(error: unknown, log: FastifyBaseLogger): { status: number; body: object } {
  if (error instanceof engine.Refusal) {
    if (error.status >= 500) log.warn({ reason: error.reason, cause: String(error.cause) }, error.message);
    return { status: error.status, body: { error: error.reason, message: error.message } };
  }
  if (error instanceof RemoteRefusal) {
    return { status: error.status, body: { error: error.reason, message: error.message, version: error.version } };
  }
  if (error instanceof Failure) {
    if (error.status >= 500) log.warn({ reason: error.reason, cause: String(error.cause) }, error.message);
    return { status: error.status, body: { error: error.reason, message: error.message, ...error.details } };
  }
  const known = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  if (known < 500) return { status: known, body: { error: "bad-request", message: error instanceof Error ? error.message : "" } };
  if (isAborted(error)) return { status: 400, body: { error: "aborted", message: "The body ended too early." } };
  log.error(error);
  return { status: 500, body: { error: "internal", message: "This is a defect of this server, and it is in its log." } };
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "ABORT_ERR");
}

/** Takes in what is still coming, within bounds. */
async function drain(request: IncomingMessage): Promise<void> {
  if (Number(request.headers["content-length"] ?? 0) > DRAINED_BYTES || request.destroyed) return;
  await new Promise<void>((resolve) => {
    let left = DRAINED_BYTES;
    const timer = setTimeout(resolve, DRAIN_MILLISECONDS);
    request.on("data", (part: Buffer) => {
      left -= part.length;
      if (left < 0) resolve();
    });
    request.once("close", resolve);
    request.once("end", resolve);
    timer.unref();
  });
}
