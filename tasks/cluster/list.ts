import { readClusters } from "../../src";
import { optional, party } from "../support/arguments";
import { defineRead } from "../support/define";
import { clustersTable } from "../support/sections";
import { readingProgress } from "../support/reading";

defineRead({
  name: "cluster:list",
  description: "Lists the clusters",
  arguments: { manager: optional(party("Manager; all by default")) },
  read: async (context, { manager }) => {
    const clusters = await readClusters(context.registries, manager, { onProgress: readingProgress() });
    return [{ key: "clusters", text: clustersTable(context, clusters, await context.currencies()), data: clusters }];
  },
});
