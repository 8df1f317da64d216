import { type Paid, UserError, depositToCover, explain, formatTime, readCosts, readPaid } from "../../src";
import { moment, optional, party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { costText, paidText } from "../support/costs";
import { defineRead } from "../support/define";
import { readingProgress } from "../support/reading";
import { progress } from "../support/report";

defineRead({
  name: "bucket:costs",
  description: "Shows the costs of an owner's buckets, how long they are covered, and the deposit that covers them for longer",
  arguments: {
    owner: party("Owner"),
    until: optional(moment("Time until which to cover them")),
  },
  read: async (context, { owner, until }) => {
    const options = { nativeSymbol: context.nativeSymbol, onProgress: readingProgress() };
    const { accounts, blockNumber, timestamp } = await readCosts(context.registries, owner, options);
    const currencies = await context.currencies();
    const paid = await paidIfKnown(context, owner, blockNumber);
    const wanted = until?.(timestamp);
    if (wanted !== undefined && wanted <= timestamp) {
      throw new UserError(`${formatTime(wanted)} is past: the chain is at ${formatTime(timestamp)}. Give a later time.`);
    }
    const costs = accounts.map((account) => ({
      ...account,
      deposit: wanted === undefined ? undefined : depositToCover(account, account.pace, timestamp, wanted),
    }));
    const text = costs.map((cost) => costText(context, cost, timestamp, wanted)).join("\n");
    return [
      { key: "costs", text: text || `${context.nameOf(owner)} has no buckets, and nothing in any account.`, data: costs },
      { key: "until", text: "", data: wanted },
      { key: "paid", text: paidText(paid ?? [], currencies), data: paid },
    ];
  },
});

/** The owner's payments so far; undefined where the node lacks old events. */
async function paidIfKnown({ registries, deployment }: TaskContext, owner: string, toBlock: number): Promise<Paid[] | undefined> {
  try {
    return await readPaid(registries, owner, { fromBlock: deployment.fromBlock, toBlock });
  } catch (error) {
    progress(`The events cannot be read, so earlier payments are unknown. ${explain(error).message}`);
    return undefined;
  }
}
