import type { Authorizer, Question, Right } from "./authorizer";
import { Refusal } from "./refusal";
import type { Expected, NonceOutcome, NonceStore, Request, RequestVerifier } from "./requests";

export interface AdmissionOptions {
  verifier: RequestVerifier;
  authorizer: Pick<Authorizer, "authorize">;
  nonces: NonceStore;
  /** Unix seconds. */
  clock?: () => number;
}

const ANYONE = "0x0000000000000000000000000000000000000000";

/** The one door into an engine: who asks is who they say, may do it, and asks for the first time. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * @param authorization The header; undefined if there is none, which is enough for what anyone may.
   * @returns The signed request; undefined if there is none. Its body is still to be checked, by `checkBody`.
   * @throws Refusal
   */
  async admit(authorization: string | undefined, expected: Expected, right: Right): Promise<Request | undefined> {
    const { bucketId } = expected;
    if (authorization === undefined) {
      await this.#admitAnyone({ bucketId, account: ANYONE, right });
      return undefined;
    }
    const { verifier, authorizer, clock = () => Math.floor(Date.now() / 1_000) } = this.#options;
    const now = clock();
    const request = await verifier.verify(authorization, expected, now);
    await authorizer.authorize({ bucketId, account: request.account, right });
    // Last, so that only those who may do something have nonces remembered.
    refuseUnlessFresh(await this.#useNonce(request, now));
    return request;
  }

  async #useNonce(request: Request, now: number): Promise<NonceOutcome> {
    try {
      return await this.#options.nonces.use(request, now);
    } catch (cause) {
      throw new Refusal("busy", "That this request was answered cannot be written down, so it is not answered.", { cause });
    }
  }

  async #admitAnyone(question: Question): Promise<void> {
    try {
      await this.#options.authorizer.authorize(question);
    } catch (error) {
      if (error instanceof Refusal && error.reason === "not-allowed") {
        throw new Refusal("missing", "Not everyone may do this: it needs an Authorization header.");
      }
      throw error;
    }
  }
}

function refuseUnlessFresh(outcome: NonceOutcome): void {
  switch (outcome) {
    case "fresh":
      return;
    case "replayed":
      throw new Refusal("replayed", "A request with this nonce was answered already.");
    case "full":
      throw new Refusal("busy", "There is no room to remember another request: try again in a minute.");
    case "clock-went-back":
      throw new Refusal("clock-went-back", "This node's clock is behind what it was: it cannot tell which requests it has answered.");
  }
}
