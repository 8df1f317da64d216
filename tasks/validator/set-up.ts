import { calls } from "../../src";
import { clusterId, count, duration, fee, optional, party, shares } from "../support/arguments";
import { defineWrite } from "../support/define";
import { title } from "../support/sections";
import { rulesSection } from "../support/storage";

defineWrite({
  name: "validator:set-up",
  description: "Fixes by which rules a cluster's nodes prove that they hold its data; for the cluster's manager, once",
  signer: "manager",
  arguments: {
    cluster: clusterId(),
    approver: party("Who approves what nodes commit to"),
    period: optional(duration("How often a node can be challenged: 1h to 30d; 1d unless given", "period")),
    window: optional(duration("How long it may take to answer: 10m to less than the period; 2h unless given", "window")),
    positions: optional(count("How many leaves it shows each time: 4 to 64; 8 unless given", "number of positions", 4n)),
    delay: optional(count("How many blocks later is the one whose hash decides: 1 to 128; 64 unless given", "delay", 1n)),
    quality: optional(shares("The quality after the first miss, the second, …; 80,50,0 unless given", "quality")),
    answersPerMiss: optional(count("How many answers in a row take back a miss; 2 unless given", "number of answers", 1n)),
    slashFrom: optional(count("From how many misses on each slashes the bond; 0 for never; 2 unless given", "number of misses")),
    slash: optional(fee("How much of the bond; 5 unless given")),
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
