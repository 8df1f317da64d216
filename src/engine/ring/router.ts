import { decodeError, findRevertData } from "../../errors";
import type { Registries } from "../../registries";
import { Refusal } from "../refusal";
import { type BucketPlacement, type BucketRoutes, type ClusterRoutes, combine, readClusterRoutes, readPlacement } from "./route";

export interface RouterOptions {
  /** After how long to read again, while what is known still serves. */
  freshSeconds?: number;
  /** How long what is known serves if the chain cannot be read. */
  staleSeconds?: number;
  /** How many buckets, and how many clusters, to remember. */
  remembered?: number;
  /** Milliseconds of a clock that never goes back. */
  stopwatch?: () => number;
}

const DEFAULTS = { freshSeconds: 5, staleSeconds: 60, remembered: 10_000, stopwatch: () => performance.now() };

/**
 * Where the data of buckets lies, without reading it from the chain for each request. Its answers may be some seconds old: a node that was replaced in the
 * meantime no longer has the key, and the next one on the ring is asked.
 */
export class Router {
  readonly #buckets: Memory<BucketPlacement>;
  readonly #clusters: Memory<ClusterRoutes>;

  constructor(registries: Registries, options: RouterOptions = {}) {
    const settings = { ...DEFAULTS, ...options };
    this.#buckets = new Memory((bucketId) => readPlacement(registries, bucketId), settings);
    this.#clusters = new Memory((clusterId) => readClusterRoutes(registries, clusterId), settings);
  }

  /** @throws Refusal if there is no such bucket, or nothing is known and the chain cannot be read. */
  async routes(bucketId: bigint): Promise<BucketRoutes> {
    const placement = await this.#buckets.get(bucketId);
    return combine(placement, await this.#clusters.get(placement.clusterId));
  }
}

interface Entry<T> {
  value: T;
  readAt: number;
}

/** Values by id, read again when they are no longer fresh. */
class Memory<T> {
  readonly #known = new Map<bigint, Entry<T>>();
  readonly #reading = new Map<bigint, Promise<T>>();

  constructor(
    private readonly read: (id: bigint) => Promise<T>,
    private readonly options: Required<RouterOptions>,
  ) {}

  async get(id: bigint): Promise<T> {
    const known = this.#known.get(id);
    const age = known === undefined ? Infinity : (this.options.stopwatch() - known.readAt) / 1_000;
    if (known !== undefined && age <= this.options.freshSeconds) return known.value;
    const reading = this.#readOnce(id);
    if (known === undefined || age > this.options.staleSeconds) return reading;
    // It still serves; whether the reading succeeds shows when it no longer does.
    reading.catch(() => undefined);
    return known.value;
  }

  #readOnce(id: bigint): Promise<T> {
    const reading = this.#reading.get(id) ?? this.#readNow(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    return reading;
  }

  async #readNow(id: bigint): Promise<T> {
    const readAt = this.options.stopwatch();
    const value = await this.read(id).catch((error: unknown) => {
      throw refusalOf(id, error);
    });
    const [oldest] = this.#known.keys();
    this.#known.delete(id);
    if (this.#known.size >= this.options.remembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(id, { value, readAt });
    return value;
  }
}

function refusalOf(bucketId: bigint, cause: unknown): Refusal {
  const data = findRevertData(cause);
  if (data !== undefined && decodeError(data)?.fragment.name === "BucketUnknown") {
    return new Refusal("bucket-unknown", `There is no bucket ${bucketId}.`, { cause });
  }
  return new Refusal("chain-gone", "The chain cannot be asked where the data lies.", { cause });
}
