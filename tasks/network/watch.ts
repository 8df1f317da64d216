import { KINDS, UserError, type Watched, explain, parseCursor, positionOf, serializeCursor, watchNetwork } from "../../src";
import { count, duration, flag, kinds, optional, text } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { CursorFile } from "../support/cursor-file";
import { type Line, defineStream } from "../support/define";
import { EventFormatter } from "../support/network-events";
import { progress } from "../support/report";

const MILLISECONDS = 1_000n;
/** Default threshold below which an account is low. */
const A_WEEK = 604_800n;

defineStream({
  name: "network:watch",
  description: "Prints network events line by line, until it is stopped: creations, replacements, payments, and accounts that run low",
  arguments: {
    from: optional(text("First block: a number, start (of the deployment), or now; now by default")),
    cursor: optional(text("File that keeps the position; if it exists, the command continues from there")),
    kinds: optional(kinds("Only these kinds", KINDS)),
    low: optional(duration("An account covered for less than this is low; 7d by default", "threshold")),
    confirmations: optional(count("Confirmations before an event is printed; none by default", "number of blocks")),
    interval: optional(duration("Polling interval; 4s by default", "interval")),
    once: flag("End after printing all events up to now"),
  },
  lines: async function* (context, { from = "now", cursor: path, kinds: wanted, low = A_WEEK, confirmations = 0n, interval = 4n, once }) {
    const { addresses, registries } = context;
    const formatter = new EventFormatter(context);
    const file = path === undefined ? undefined : new CursorFile(path);
    const kept = file?.read();
    const start = kept === undefined ? await blockOf(context, from) : parseCursor(kept, addresses.accountRegistry);
    const first = typeof start === "number" ? start : positionOf(start).blockNumber;
    const watch = watchNetwork(registries, {
      from: start,
      kinds: wanted,
      confirmations: Number(confirmations),
      threshold: low,
      interval: Number(interval * MILLISECONDS),
      once,
      onTrouble: (error) => {
        progress(`The network cannot be read: ${explain(error).message} Trying again …`);
      },
    });
    if (!once) progress(`Watching ${context.hre.network.name} from block ${first} on; Ctrl+C ends it.`);
    for await (const watched of watch) {
      yield await lineOf(formatter, watched);
      // After the line is out: a watch that is killed in between tells it again, and never leaves it out.
      file?.write(serializeCursor(watched.cursor, addresses.accountRegistry));
    }
  },
});

async function lineOf(formatter: EventFormatter, { event }: Watched): Promise<Line> {
  return { text: await formatter.format(event), data: event };
}

/** The block to begin with. */
async function blockOf({ deployment, provider }: TaskContext, from: string): Promise<number> {
  const typed = from.trim().toLowerCase();
  const head = await provider.getBlockNumber();
  if (typed === "now") return head + 1;
  if (typed === "start") return deployment.fromBlock;
  if (!/^\d{1,15}$/.test(typed)) throw new UserError(`"${from}" is not a block. Give the number of a block, start, or now.`);
  if (Number(typed) > head + 1)
    throw new UserError(`There is no block ${typed} yet: the chain is at block ${head}. Give an earlier one, or now.`);
  return Number(typed);
}
