import { calls } from "../../src";
import { clusterId, count, duration, fee, optional, party, shares } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { rulesSection } from "../support/storage";

defineWrite({
  name: "validator:set-up",
  description: "Sets the rules of storage proofs in a cluster, once; for the cluster's manager",
  signer: "manager",
  arguments: {
    cluster: clusterId(),
    approver: party("Approver of the nodes' commitments"),
    period: optional(duration("Minimum time between challenges: 1h to 30d; 1d by default", "period")),
    window: optional(duration("Time to answer: 10m to less than the period; 2h by default", "window")),
    positions: optional(count("Leaves per challenge: 4 to 64; 8 by default", "number of positions", 4n)),
    delay: optional(count("Blocks until the one whose hash decides the leaves: 1 to 128; 64 by default", "delay", 1n)),
    quality: optional(shares("Quality after the first miss, the second, …; 80,50,0 by default", "quality")),
    answersPerMiss: optional(count("Answers in a row that take back a miss; 2 by default", "number of answers", 1n)),
    slashFrom: optional(count("Number of misses from which each one slashes the bond; 0 for never; 2 by default", "number of misses")),
    slash: optional(fee("Share of the bond to slash; 5 by default")),
  },
  call: ({ addresses }, values) => {
    const { cluster, approver, period = 86_400n, window = 7_200n, positions = 8n, delay = 64n } = values;
    const { quality = [8_000n, 5_000n, 0n], answersPerMiss = 2n, slashFrom = 2n, slash = 500n } = values;
    return calls.setUpStorageProofs(addresses, {
      clusterId: cluster,
      rules: { approver, period, window, positions, delay, answersPerMiss, slashFrom, slashBps: slash, qualityAfter: quality },
    });
  },
  written: async (context, { cluster }) => [
    title(`Cluster ${cluster} is set up for proofs of storage. They count once StorageProofs is its validator (cluster:offer-validator).`),
    await rulesSection(context, cluster),
  ],
});
