import {
  type FetchRequest,
  type JsonRpcApiProviderOptions,
  type JsonRpcPayload,
  JsonRpcProvider,
  type JsonRpcResult,
  type Networkish,
} from "ethers";

import { isUnreachable } from "../errors";
import { inParts } from "./parts";

/**
 * A provider whose batches of JSON-RPC get smaller where an endpoint refuses them: public ones limit how many requests, or how long an
 * answer, a batch may have.
 */
export class BatchProvider extends JsonRpcProvider {
  #largest = Number.POSITIVE_INFINITY;

  /** @param options As ethers has them, but that no answer is given twice: who watches a chain wants to know whether it has changed. */
  constructor(url: string | FetchRequest, network?: Networkish, options: JsonRpcApiProviderOptions = {}) {
    super(url, network, { cacheTimeout: -1, ...options });
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    if (!Array.isArray(payload)) return super._send(payload);
    const largest = this.#largest;
    if (payload.length > largest) {
      return (await Promise.all(inParts(payload, largest).map((part) => this._send(part)))).flat();
    }
    const [only] = payload;
    if (payload.length === 1 && only !== undefined) return super._send(only);
    try {
      const results = await super._send(payload);
      const answered = new Set(results.map(({ id }) => id));
      if (payload.every(({ id }) => answered.has(id))) return results;
    } catch (error) {
      if (isUnreachable(error)) throw error;
    }
    this.#largest = Math.min(this.#largest, Math.ceil(payload.length / 2));
    return this._send(payload);
  }
}
