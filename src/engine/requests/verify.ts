// The node's side: checks that the account signed this request for this node and this moment. Access is checked elsewhere.
import { Refusal } from "../refusal";
import type { ContractSignatures } from "./contract-signatures";
import { type SignedRequest, type SignedSession, parseAuthorization } from "./format";
import { type RecoverSigner, parseKeySignature, recoverSigner } from "./signature";
import { Digests, type Realm, type Request } from "./typed-data";

/** The expected contents of a request: the action that the node is about to take. */
export type Expected = Pick<Request, "bucketId" | "action" | "path"> & Partial<Pick<Request, "bodyHash">>;

export interface VerifierOptions {
  realm: Realm;
  /** The node that verifies. */
  nodeId: bigint;
  /** Asks contract accounts. Without it, only keys can sign. */
  contracts?: ContractSignatures;
  recover?: RecoverSigner;
  /** How far ahead of now a request may expire, in seconds. */
  requestSeconds?: number;
  /** How far ahead of now a session may expire, in seconds. */
  sessionSeconds?: number;
  /** How many sessions to remember, so that their signature need not be verified with each request. */
  rememberedSessions?: number;
}

const REQUEST_SECONDS = 300;
const SESSION_SECONDS = 86_400;
const REMEMBERED_SESSIONS = 10_000;

/** Verifies requests for one node. */
export class RequestVerifier {
  readonly #options: VerifierOptions;
  readonly #digests: Digests;
  readonly #recover: RecoverSigner;
  /** Sessions that a key signed, with their signatures. */
  readonly #sessions = new Set<string>();

  constructor(options: VerifierOptions) {
    this.#options = options;
    this.#digests = new Digests(options.realm);
    this.#recover = options.recover ?? recoverSigner;
  }

  /**
   * Verifies a request and returns it. Its nonce is not used up yet.
   * @param now Unix seconds.
   * @throws Refusal
   */
  async verify(authorization: string | undefined, expected: Expected, now: number): Promise<Request> {
    if (authorization === undefined) throw new Refusal("missing", "This needs an Authorization header.");
    const signed = parseAuthorization(authorization);
    const request = { ...signed.request, account: signed.request.account.toLowerCase() };
    this.#refuseOthers(request, expected);
    const { requestSeconds = REQUEST_SECONDS } = this.#options;
    refuseTimes(request.expiry, now, requestSeconds, ["expired", "too-far-ahead"], "request");
    await this.#refuseUnsigned({ ...signed, request }, now);
    return request;
  }

  #refuseOthers(request: Request, expected: Expected): void {
    const { nodeId } = this.#options;
    if (request.nodeId !== nodeId) throw new Refusal("other-node", `The request is for node ${request.nodeId}; this is node ${nodeId}.`);
    if (request.bucketId !== expected.bucketId) throw new Refusal("other-bucket", `The request is for bucket ${request.bucketId}.`);
    if (request.action !== expected.action)
      throw new Refusal("other-action", `The request is to ${request.action}, not to ${expected.action}.`);
    if (request.path !== expected.path) throw new Refusal("other-path", "The request is for another path.");
    if (expected.bodyHash !== undefined && request.bodyHash !== expected.bodyHash) {
      throw new Refusal("other-body", "The body is not the one that was signed.");
    }
  }

  async #refuseUnsigned({ request, signature, session }: SignedRequest, now: number): Promise<void> {
    if (session !== undefined) {
      this.#refuseBounds(session, request, now);
      await this.#refuseSession(session);
    }
    const digest = this.#digests.request(request);
    // A session is a key: only accounts can be contracts.
    const valid =
      session === undefined
        ? await this.#isSignedBy(request.account, digest, signature)
        : this.#recoverFrom(digest, signature) === session.key.toLowerCase();
    if (!valid) throw new Refusal("bad-signature", "The request is not signed by the account for this chain and contract, or was changed.");
  }

  #refuseBounds(session: SignedSession, { bucketId, action }: Request, now: number): void {
    const { sessionSeconds = SESSION_SECONDS } = this.#options;
    refuseTimes(session.expiry, now, sessionSeconds, ["session-expired", "session-too-far-ahead"], "session");
    if (!session.bucketIds.includes(bucketId)) throw new Refusal("session-bounds", `The session does not extend to bucket ${bucketId}.`);
    if (!session.actions.includes(action)) throw new Refusal("session-bounds", `The session does not let its key ${action}.`);
  }

  async #refuseSession(session: SignedSession): Promise<void> {
    const known = textOf(session);
    if (this.#sessions.has(known)) return;
    const digest = this.#digests.session(session);
    const account = session.account.toLowerCase();
    if (this.#recoverFrom(digest, session.signature) === account) {
      this.#rememberSession(known);
      return;
    }
    if (!(await this.#isSignedByContract(account, digest, session.signature))) {
      throw new Refusal("bad-signature", "The session is not signed by the account for this chain and contract, or was changed.");
    }
  }

  async #isSignedBy(account: string, digest: string, signature: string): Promise<boolean> {
    return this.#recoverFrom(digest, signature) === account || this.#isSignedByContract(account, digest, signature);
  }

  async #isSignedByContract(account: string, digest: string, signature: string): Promise<boolean> {
    return (await this.#options.contracts?.isValid(account, digest, signature)) ?? false;
  }

  #recoverFrom(digest: string, signature: string): string | undefined {
    const parsed = parseKeySignature(signature);
    return parsed === undefined ? undefined : this.#recover(digest, parsed);
  }

  #rememberSession(session: string): void {
    const { rememberedSessions = REMEMBERED_SESSIONS } = this.#options;
    const [oldest] = this.#sessions;
    if (this.#sessions.size >= rememberedSessions && oldest !== undefined) this.#sessions.delete(oldest);
    this.#sessions.add(session);
  }
}

/** All that is in a session: cheaper than its digest. */
function textOf({ account, key, bucketIds, actions, expiry, signature }: SignedSession): string {
  return [account, key, bucketIds.join(), actions.join(), expiry, signature].join(" ");
}

function refuseTimes(
  expiry: number,
  now: number,
  most: number,
  [expired, tooFar]: ["expired", "too-far-ahead"] | ["session-expired", "session-too-far-ahead"],
  what: string,
): void {
  if (expiry <= now) throw new Refusal(expired, `The ${what} expired at ${expiry}; this node's clock says ${now}.`);
  if (expiry > now + most) {
    throw new Refusal(tooFar, `The ${what} expires at ${expiry}, more than ${most} seconds from now; this node's clock says ${now}.`);
  }
}
