import { readBuckets } from "../../src";
import { optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { bucketsTable, now } from "../support/sections";
import { readingProgress } from "../support/reading";

defineRead({
  name: "bucket:list",
  description: "Lists the buckets",
  arguments: { owner: optional(party("Owner; all by default")) },
  read: async (context, { owner }) => {
    const buckets = await readBuckets(context.registries, owner, { onProgress: readingProgress() });
    return [{ key: "buckets", text: bucketsTable(context, buckets, await now(context)), data: buckets }];
  },
});
