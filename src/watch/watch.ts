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

/** Something that happened, and the cursor with which a watch goes on after it. */
export interface Watched {
  event: NetworkEvent;
  cursor: Cursor;
}

export interface WatchOptions {
  /** Where to begin: a block, or where a cursor left off. */
  from: number | Cursor;
  /** Only these kinds; all unless given. The cursor comes with what is told, so what is not told is read again after a restart. */
  kinds?: readonly Kind[] | undefined;
  /** How many blocks there have to be on top of one before it is told: 0 unless given, as what the chain drops is withdrawn. */
  confirmations?: number | undefined;
  /** Who is covered for fewer seconds is low; nobody's account is watched unless it is given. */
  threshold?: bigint | undefined;
  /** How long to wait before looking again, in milliseconds. */
  interval?: number | undefined;
  /** Ends when everything up to now is told. */
  once?: boolean | undefined;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /** Is told what goes wrong, and that it will be tried again. */
  onTrouble?: ((error: unknown) => void) | undefined;
  /** Where blocks and events come from, if not from where the registries are connected. */
  source?: Source | undefined;
}

/**
 * Tells what happens in a network, in the order of the chain: each event once, also after the endpoint was away, and after a restart with
 * the cursor that came with the last one. An event in a block that the chain drops is told again as withdrawn.
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
        // Before the first block is told, accounts are as the chain has them now.
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

/** Waits for so many milliseconds, or until it is told to end. */
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
