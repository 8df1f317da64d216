import { SECONDS_PER_MONTH, formatUsd } from "../../src";
import type { DemoContext } from "./demo-context";

const MONTH = Number(SECONDS_PER_MONTH);
const DAY = 86_400;
const WEEK = 7 * DAY;
const HOUR = 3_600;
const currency = "TestUSD";

/** The example network, from its first node to its last withdrawal. `docs/ARCHITECTURE.md` works its numbers out. */
export async function runDemo(demo: DemoContext): Promise<void> {
  const node1 = await joinProvider(demo, "provider1", "0.02", "https://node1.example");
  const node2 = await joinProvider(demo, "provider2", "0.01", "https://node2.example");
  const cluster = await formCluster(demo, [node1, node2]);

  demo.say("An owner deposits 100 tokens, creates a bucket and allocates 400 units: 24 USD a month.");
  if ((await demo.priceOf(currency)) !== 10n ** 18n) await demo.run("currency:set-price", { currency, price: "1", as: "admin" });
  await demo.run("currency:mint", { currency, amount: "130", as: "owner" });
  await demo.run("account:deposit", { amount: "100", currency, as: "owner" });
  const bucket = await demo.create("bucket:create", { cluster, params: '{"replication":2}', as: "owner" });
  await demo.run("bucket:allocate", { bucket, resource: "400", maxRent: "0.06", as: "owner" });
  const start = await demo.now();
  await demo.count(currency);

  demo.say("Half a month later the price of the token falls to 0.80 USD: 12 tokens have gone, and the rest goes faster.");
  await demo.waitUntil(start + MONTH / 2);
  await demo.run("currency:set-price", { currency, price: "0.8", as: "admin" });
  await demo.count(currency);

  demo.say("A month is over. Anyone distributes what the cluster has earned, and claims it; a provider takes its money home.");
  await demo.waitUntil(start + MONTH);
  await demo.run("cluster:distribute-revenues", { cluster });
  await demo.count(currency);
  await demo.run("cluster:claim-revenues", { cluster, node: node1 });
  await demo.run("cluster:claim-revenues", { cluster, node: node2 });
  await demo.run("account:withdraw", { amount: "17.4636", currency, as: "provider1" });

  const recovered = await judgeNode(demo, { cluster, bucket, node: node2 }, start + MONTH);
  const { successor: node3, filled } = await replaceProvider(demo, { cluster, bucket, node: node1 }, recovered);
  const neglected = await proveStorage(demo, { cluster, bucket, node: node3 }, filled);
  await returnProvider(demo, { cluster, bucket, node: node1 }, { left: node3, since: neglected });

  demo.say(
    "The owner forgets about it. The account runs out of funds: nothing is owed beyond what was deposited. Its last payments, an hour's " +
      "worth or so, reach the cluster when anyone touches the account.",
  );
  await demo.waitAndLook((await demo.coveredUntil("owner", currency)) + 20 * DAY);
  await demo.run("account:show", { account: "owner", currency });
  await demo.count(currency);
  await demo.run("account:touch", { account: "owner", currency });
  await demo.count(currency);

  demo.say("A top-up, and the bucket is paid for again, from now on.");
  await demo.run("account:deposit", { amount: "30", currency, as: "owner" });
  await demo.run("bucket:show", { bucket });

  demo.say("The network now:");
  await demo.run("network:show");
  await demo.run("network:show", {}, ["mermaid"]);

  demo.say("Everybody goes home: the bucket is closed, the cluster removed, which pays its nodes. Bonds answer for another week.");
  await demo.run("bucket:close", { bucket, as: "owner" });
  await demo.run("cluster:remove", { cluster, as: "manager" });
  await demo.waitAndLook((await demo.now()) + 7 * DAY);
  for (const [node, provider] of [
    [node1, "provider1"],
    [node2, "provider2"],
    [node3, "provider2"],
  ] as const) {
    await demo.run("node:withdraw-bond", { cluster, node, amount: "all", as: provider });
  }
  for (const person of ["owner", "manager", "provider1", "provider2", "admin"]) {
    await demo.run("account:withdraw", { amount: "all", currency, as: person });
  }
  await demo.count(currency);
  console.log(`\nDone. Any rest is a few of the smallest unit. The price is ${formatUsd(await demo.priceOf(currency))} USD.`);
}

async function joinProvider(demo: DemoContext, provider: string, rent: string, url: string): Promise<string> {
  demo.say(`A provider has a node with 1,000 units, asks ${rent} USD a month for each, and trusts a manager.`);
  const node = await createNode(demo, provider, rent, url);
  await demo.run("node:trust-manager", { manager: "manager", as: provider });
  return node;
}

function createNode(demo: DemoContext, provider: string, rent: string, url: string): Promise<string> {
  const params = JSON.stringify({ url, engine: { name: "storage", version: "1.2.0" }, region: "eu" });
  return demo.create("node:create", { rent, capacity: "1000", params, as: provider });
}

/** A cluster with terms, on one node of each provider. */
async function formCluster(demo: DemoContext, nodes: readonly [string, string]): Promise<string> {
  demo.say(
    "The network takes 1 %. A manager forms a cluster of four vnodes, for 2 % of what remains. Its terms: a validator judges the nodes, " +
      "and 5 tokens for each vnode are at stake, of which a fifth can be lost in a week.",
  );
  await demo.run("cluster:set-network-fee", { fee: "1", account: "admin", as: "admin" });
  const cluster = await demo.create("cluster:create-with-terms", {
    currency,
    vnodes: "4",
    validator: "validator",
    bondPerVnode: "5",
    maxSlash: "20",
    managementFee: "2",
    params: '{"engine":{"name":"storage","version":"1.2.0"},"replication":2}',
    as: "manager",
  });
  demo.say("The providers read the terms, accept them and post their bonds. Then the manager fills the cluster, and reserves capacity.");
  await demo.run("cluster:terms", { cluster });
  for (const [node, provider, deposit] of [
    [nodes[0], "provider1", "10"],
    [nodes[1], "provider2", "20"],
  ] as const) {
    await demo.run("currency:mint", { currency, amount: deposit, as: provider });
    await demo.run("account:deposit", { amount: deposit, currency, as: provider });
    await demo.run("node:accept-terms", { cluster, node, as: provider });
    await demo.run("node:post-bond", { cluster, node, amount: "10", as: provider });
  }
  await demo.run("cluster:fill", { cluster, nodes: nodes.join(","), as: "manager" });
  await demo.run("cluster:reserve-resource", { cluster, resource: "500", as: "manager" });
  return cluster;
}

interface DemoIds {
  cluster: string;
  bucket: string;
  node: string;
}

/** A node serves badly for a fifth of a month, and then well again. Returns when it recovered. */
async function judgeNode(demo: DemoContext, { cluster, bucket, node }: DemoIds, month: number): Promise<number> {
  const bad = month + MONTH / 10;
  const good = bad + MONTH / 5;

  demo.say(
    "The validator finds that a node answers a quarter of what it is asked, and reports so. That counts from now on: what the cluster has " +
      "earned before is shared as it was.",
  );
  await demo.waitUntil(bad);
  const why = { code: "17", reference: "ipfs://challenges" };
  await demo.run("cluster:report-quality", { cluster, node, quality: "25", ...why, as: "validator" });
  await demo.count(currency);

  demo.say(
    "The report also costs a part of the bond, which goes to the network's account and to no party of the cluster. The provider tops the bond up, or its node would lose its vnodes in a week.",
  );
  await demo.run("cluster:slash", { cluster, node, amount: "1", ...why, as: "validator" });
  await demo.run("node:post-bond", { cluster, node, amount: "1", as: "provider2" });
  await demo.run("cluster:terms", { cluster });

  demo.say(
    "The node recovers. Three quarters of the cluster were served meanwhile: the rest of what the owner paid is kept for it, and comes back " +
      "with whatever touches its account. Anyone may settle its payment.",
  );
  await demo.waitUntil(good);
  await demo.run("cluster:report-quality", { cluster, node, quality: "100", as: "validator" });
  await demo.count(currency);
  await demo.run("bucket:settle-payment", { bucket });
  return good;
}

/** A provider leaves with its bond, and another takes over. Returns the node that did, and when. */
async function replaceProvider(
  demo: DemoContext,
  { cluster, bucket, node }: DemoIds,
  since: number,
): Promise<{ successor: string; filled: number }> {
  const left = since + (3 * MONTH) / 10;
  const filled = left + MONTH / 20;

  demo.say(
    "From now on proofs that nodes hold their data are to count, and no opinions. The manager fixes the rules: a challenge a day; " +
      "a node that misses one counts half, and loses a tenth of its bond. A provider that did not agree to that has a week to leave, and does.",
  );
  // So that all the notices are over when the node leaves: its bond goes back at once if it does so within a day.
  await demo.waitUntil(left - WEEK - DAY / 2);
  await demo.run("validator:set-up", {
    cluster,
    approver: "owner",
    window: "30m",
    positions: "4",
    delay: "1",
    quality: "50",
    answersPerMiss: "1",
    slashFrom: "1",
    slash: "10",
    as: "manager",
  });
  await demo.run("cluster:offer-validator", { cluster, to: "StorageProofs", as: "manager" });
  await demo.run("node:announce-exit", { cluster, node, as: "provider1" });
  // Whether it is time is checked before the call is sent, as of the last block.
  await demo.waitAndLook(left - 1);
  await demo.run("node:finish-exit", { cluster, node });
  await demo.run("cluster:finish-validator", { cluster });
  await demo.count(currency);

  demo.say("Its vnodes are vacant, which no owner pays for. The other provider has a second node, which takes them over.");
  const successor = await createNode(demo, "provider2", "0.02", "https://node3.example");
  await joinCluster(demo, { cluster, bucket, node: successor }, "provider2", filled);
  await demo.run("cluster:terms", { cluster });
  await demo.count(currency);
  return { successor, filled };
}

/** A node takes over the vnodes that are vacant since one left: the first, and those that became vacant with it. */
async function joinCluster(demo: DemoContext, { cluster, bucket, node }: DemoIds, provider: string, filled: number): Promise<void> {
  await demo.run("node:accept-terms", { cluster, node, as: provider });
  await demo.run("node:post-bond", { cluster, node, amount: "10", as: provider });
  await demo.waitUntil(filled);
  await demo.run("cluster:fill-vacancy", { cluster, vnode: "0", node, as: "manager" }, ["allVacant"]);
  await demo.run("bucket:settle-payment", { bucket });
}

/** A node proves that it holds what it should, misses a challenge, and proves it again. Returns when it counted in full again. */
async function proveStorage(demo: DemoContext, { cluster, bucket, node }: DemoIds, since: number): Promise<number> {
  // In which a token is due.
  const step = MONTH / 30;
  const id = { cluster, node };

  demo.say(
    "The owner asks the new node to commit itself to what it keeps for the cluster: 64 KiB, in leaves of 256 bytes under one hash. A machine " +
      "of the provider's does, with a key of its own. It counts once the owner has approved it as the right data.",
  );
  const file = demo.keepFile("data.bin", 65_536);
  await demo.run("validator:request-commitment", { ...id, as: "owner" });
  await demo.run("validator:set-prover", { node, prover: "8", as: "provider2" });
  await demo.run("validator:commit", { ...id, file, as: "8" });
  await demo.run("validator:approve-commitment", { ...id, file, as: "owner" });

  demo.say("Anyone challenges it. A block that is not there yet decides which leaves it has to show, and it shows them.");
  await demo.run("validator:challenge", id);
  await demo.waitBlocks(2);
  await demo.run("validator:draw", id);
  await demo.run("validator:show", id);
  await demo.run("validator:answer", { ...id, file, as: "8" });

  const missed = since + 2 * step;
  const recovered = since + 5 * step;

  demo.say("Days later it is challenged again, and does not answer within half an hour. Anyone reports that, which counts at once.");
  await demo.waitAndLook(missed - HOUR);
  await demo.run("validator:challenge", id);
  await demo.waitAndLook(missed - 1);
  await demo.run("validator:report-miss", id);
  await demo.run("cluster:terms", { cluster });
  await demo.count(currency);

  demo.say(
    "It answers the next one, which takes the miss back: it counts in full again. The third of what the owner paid meanwhile that was not " +
      "served comes back.",
  );
  // Two blocks pass before it can answer.
  await demo.waitAndLook(recovered - 4);
  await demo.run("validator:challenge", id);
  await demo.waitBlocks(2);
  await demo.run("validator:answer", { ...id, file, as: "8" });
  await demo.run("bucket:settle-payment", { bucket });
  await demo.count(currency);
  return recovered;
}

/** A node whose bond a slash made short loses its vnodes, and the one that left before comes back to them. */
async function returnProvider(demo: DemoContext, ids: DemoIds, { left, since }: { left: string; since: number }): Promise<void> {
  const { cluster } = ids;
  const vacated = since + (4 * MONTH) / 30;

  demo.say("Its bond is short by what the miss cost, and the provider has let seven days pass. Anyone can take its vnodes from it now.");
  await demo.waitAndLook(vacated - 1);
  await demo.run("cluster:vacate-uncovered", { cluster, node: left });

  demo.say("The provider that had left has seen how the proofs judge. It agrees to them, and gets its vnodes back.");
  await joinCluster(demo, ids, "provider1", vacated + MONTH / 20);
  await demo.run("cluster:terms", { cluster });
  await demo.count(currency);
}
