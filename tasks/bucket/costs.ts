import { UserError, depositToCover, formatTime, readCosts } from "../../src";
import { moment, optional, party } from "../support/arguments";
import { costText } from "../support/costs";
import { defineRead } from "../support/define";
import { readingProgress } from "../support/reading";

defineRead({
  name: "bucket:costs",
  description: "Shows what the buckets of an owner cost, until when they are covered, and what to deposit to cover them for longer",
  arguments: {
    owner: party("Whose buckets"),
    until: optional(moment("Until when they are to be covered")),
  },
  read: async (context, { owner, until }) => {
    const options = { nativeSymbol: context.nativeSymbol, onProgress: readingProgress() };
    const { accounts, timestamp } = await readCosts(context.registries, owner, options);
    await context.currencies();
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
    ];
  },
});
