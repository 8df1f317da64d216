import type { Registries } from "../registries";
import { UserError } from "../user-error";
import { type Cursor, lastOf } from "./cursor";
import { Follower, before, isSeen } from "./follow";
import { FundsWatch } from "./funds";
import type { NetworkEvent, Kind } from "./network-event";
import { Reader, type Source } from "./source";

const MILLISECONDS = 1_000;
/** The longest wait for an endpoint that does not answer, or not sensibly. */
const LONGEST_WAIT = 60 * MILLISECONDS;

/** An event, and the cursor with which a watch continues after it. */
export interface Watched {
  event: NetworkEvent;
  cursor: Cursor;
}

export interface WatchOptions {
  /** Where to begin: a block, or where a cursor left off. */
  from: number | Cursor;
  /** Only these kinds; all by default. The cursor advances with emitted events, so skipped kinds are read again after a restart. */
  kinds?: readonly Kind[] | undefined;
  /** Confirmations before an event is emitted: 0 by default, since events of dropped blocks are withdrawn. */
  confirmations?: number | undefined;
  /** An account covered for fewer seconds is low; without a threshold no account is watched. */
  threshold?: bigint | undefined;
  /** Polling interval, in milliseconds. */
  interval?: number | undefined;
  /** Ends after emitting everything up to now. */
  once?: boolean | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
  /** Receives errors; the watch retries after each. */
  onTrouble?: ((error: unknown) => void) | undefined;
  /** Source of blocks and events; the registries' provider by default. */
  source?: Source | undefined;
}

/**
 * Emits the events of a network, in the order of the chain: each event once, also after the endpoint was away, and after a restart with
 * the cursor that came with the last one. An event in a block that the chain drops is emitted again as withdrawn.
 */
export async function* watchNetwork(registries: Registries, options: WatchOptions): AsyncGenerator<Watched> {
  const { from, kinds, threshold, once = false, signal } = options;
  const { source = registries.accountRegistry.runner?.provider } = options;
  if (source === null || source === undefined) throw new Error("the registries are not connected to a network");
  const start: Cursor = typeof from === "number" ? { blocks: [before(from)], alerts: [] } : from;
  const reader = new Reader(source, await addressesOf(registries));
  const follower = new Follower(reader, start.blocks, options.confirmations);
  const funds = threshold === undefined ? undefined : new FundsWatch(registries, threshold, start.alerts);
  const isWanted = ({ kind }: NetworkEvent): boolean => kinds === undefined || kinds.includes(kind);

  for (let troubles = 0; signal?.aborted !== true;) {
    try {
      const head = await reader.block("latest");
      if (head !== undefined) {
        for await (const { event, blocks } of follower.advance(head)) {
          funds?.note(event);
          if (isWanted(event)) yield { event: event, cursor: { blocks, alerts: funds?.alerts ?? start.alerts } };
          if (isOver(signal)) return;
        }
        const last = lastOf(follower.blocks);
        // Before the first emitted block, accounts are read at the head.
        for await (const { event, alerts } of funds?.check(isSeen(last) ? last : head) ?? []) {
          if (isWanted(event)) yield { event, cursor: { blocks: follower.blocks, alerts } };
        }
        if (once) return;
      }
      troubles = 0;
    } catch (error) {
      if (error instanceof UserError || once) throw error;
      troubles++;
      options.onTrouble?.(error);
    }
    await wait(Math.min((options.interval ?? 4 * MILLISECONDS) * 2 ** Math.min(troubles, 10), LONGEST_WAIT), signal);
  }
}

function addressesOf(registries: Registries): Promise<string[]> {
  const { accountRegistry, priceRegistry, nodeRegistry, clusterRegistry, bucketRegistry, termsRegistry, storageProofs } = registries;
  const all = [accountRegistry, priceRegistry, nodeRegistry, clusterRegistry, bucketRegistry, termsRegistry, storageProofs];
  return Promise.all(all.map((registry) => registry.getAddress()));
}

function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

/** Waits for this many milliseconds, or until the signal aborts. */
async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
    if (isOver(signal)) end();
  });
}
