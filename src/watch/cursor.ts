import { z } from "zod";

import { UserError } from "../user-error";
import type { Position, SeenLog } from "./network-event";

/** A block that was read, and its emitted logs. */
export interface ReadBlock extends Position {
  /** Whether all its logs were emitted; otherwise up to the last one here. */
  done: boolean;
  logs: readonly SeenLog[];
}

/** An account that was reported as low or out of funds. */
export interface Alert {
  account: string;
  currency: string;
  state: "low" | "depleted";
}

/**
 * The position of a watch. Stored with the consumer's work, it lets a watch continue from exactly there. It also
 * has the recent blocks with their events, so that a watch can withdraw them if the chain drops the blocks.
 */
export interface Cursor {
  /** The oldest first; there is at least one, and the last says how far it is. */
  blocks: readonly ReadBlock[];
  alerts: readonly Alert[];
}

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const log = z.strictObject({
  address,
  topics: z.array(hash),
  data: z.string().regex(/^0x([0-9a-f]{2})*$/),
  logIndex: z.int().min(0),
  transactionHash: hash,
});
const block = z.strictObject({
  blockNumber: z.int().min(-1),
  blockHash: hash,
  time: z
    .string()
    .regex(/^\d+$/)
    .transform((digits) => BigInt(digits)),
  done: z.boolean(),
  logs: z.array(log),
});
const cursor = z.strictObject({
  version: z.literal(1),
  /** Identifies the chain: the address of one of its registries. */
  of: z.string(),
  /** How far it is, for people to read; `blocks` say the same. */
  at: z.strictObject({ blockNumber: z.int(), blockHash: hash, logIndex: z.int() }),
  blocks: z.array(block).min(1),
  alerts: z.array(z.strictObject({ account: address, currency: address, state: z.enum(["low", "depleted"]) })),
});

/** The position of a cursor: the last emitted event; `logIndex` -1: none in its block. */
export function positionOf({ blocks }: Cursor): { blockNumber: number; blockHash: string; logIndex: number } {
  const last = lastOf(blocks);
  return { blockNumber: last.blockNumber, blockHash: last.blockHash, logIndex: last.logs.at(-1)?.logIndex ?? -1 };
}

/** @param of Identifies the network: the address of one of its registries. */
export function serializeCursor(value: Cursor, of: string): string {
  const document = { version: 1, of, at: positionOf(value), ...value };
  return JSON.stringify(document, (_, field: unknown) => (typeof field === "bigint" ? field.toString() : field));
}

/** Reads what {@link serializeCursor} wrote; refuses anything else, and the cursor of another network. */
export function parseCursor(text: string, of: string): Cursor {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new UserError("This is no cursor: it is not JSON. Watch with another file, or remove this one.");
  }
  const result = cursor.safeParse(document);
  if (!result.success) throw new UserError("This is no cursor of a watch. Watch with another file, or remove this one.");
  const { blocks, alerts, of: found } = result.data;
  if (found !== of) throw new UserError(`This cursor is of another network (${found}, not ${of}). Watch with another file.`);
  return { blocks, alerts };
}

export function lastOf(blocks: readonly ReadBlock[]): ReadBlock {
  const last = blocks.at(-1);
  if (last === undefined) throw new Error("a cursor without a block");
  return last;
}
