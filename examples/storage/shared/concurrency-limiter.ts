import type { IncomingMessage, ServerResponse } from "node:http";

import type { FailureReason } from "./failure";
import { Rates } from "./rates";

export interface ConcurrencyLimits {
  /** How many requests to work on at a time; an address may have half of them. */
  atOnce: number;
  /** How many requests with a body to work on at a time: a slow client holds one for long. */
  uploadsAtOnce: number;
  /** How many requests a second to look at from one address. */
  perAddress: number;
}

export const CONCURRENCY_LIMITS: ConcurrencyLimits = { atOnce: 256, uploadsAtOnce: 64, perAddress: 20_000 };

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Lets in as many requests as can be worked on and sends the others away at once, before anything of them is looked at: under ten times the load that a node can
 * bear it goes on serving what it can.
 */
export class ConcurrencyLimiter {
  readonly #limits: ConcurrencyLimits;
  readonly #rates: Rates;
  readonly #byAddress = new Map<string, number>();
  #active = 0;
  #uploads = 0;
  #shed = 0;

  constructor(limits: Partial<ConcurrencyLimits> = {}) {
    this.#limits = { ...CONCURRENCY_LIMITS, ...limits };
    this.#rates = new Rates(this.#limits.perAddress);
  }

  /** How many are inside, and how many were sent away so far. */
  get state(): { active: number; shed: number } {
    return { active: this.#active, shed: this.#shed };
  }

  guard(handler: Handler): Handler {
    return (request, response) => {
      const address = request.socket.remoteAddress ?? "";
      const isUpload = hasBody(request);
      const reason = this.#refuse(address, isUpload);
      if (reason !== undefined) {
        this.#shed += 1;
        sendAway(response, reason, isUpload);
        return;
      }
      this.#enter(address, isUpload, 1);
      response.once("close", () => {
        this.#enter(address, isUpload, -1);
      });
      handler(request, response);
    };
  }

  #refuse(address: string, isUpload: boolean): FailureReason | undefined {
    const { atOnce, uploadsAtOnce } = this.#limits;
    if (!this.#rates.take(address)) return "too-many";
    if (this.#active >= atOnce || (isUpload && this.#uploads >= uploadsAtOnce)) return "overloaded";
    return (this.#byAddress.get(address) ?? 0) >= atOnce / 2 ? "overloaded" : undefined;
  }

  #enter(address: string, isUpload: boolean, change: 1 | -1): void {
    this.#active += change;
    if (isUpload) this.#uploads += change;
    const ofAddress = (this.#byAddress.get(address) ?? 0) + change;
    if (ofAddress === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, ofAddress);
  }
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

const AWAY = {
  "too-many": { status: 429, body: JSON.stringify({ error: "too-many", message: "Too many requests come from this address." }) },
  overloaded: { status: 503, body: JSON.stringify({ error: "overloaded", message: "There is too much to do at this moment." }) },
};

function sendAway(response: ServerResponse, reason: FailureReason, isUpload: boolean): void {
  const { status, body } = AWAY[reason === "too-many" ? reason : "overloaded"];
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": String(body.length), "retry-after": "1" };
  // An unread body ends the connection; other clients may retry on it.
  response.writeHead(status, isUpload ? { ...headers, connection: "close" } : headers).end(body);
}
