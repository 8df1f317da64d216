import { SECONDS_PER_MONTH, formatUsd } from "../../src";
import type { Stage } from "./stage";

const MONTH = Number(SECONDS_PER_MONTH);
const DAY = 86_400;
const WEEK = 7 * DAY;
const HOUR = 3_600;
const currency = "TestUSD";

/** The example network, from its first node to its last withdrawal. `docs/ARCHITECTURE.md` works its numbers out. */
export async function tellStory(stage: Stage): Promise<void> {
  const node1 = await joinProvider(stage, "provider1", "0.02", "https://node1.example");
  const node2 = await joinProvider(stage, "provider2", "0.01", "https://node2.example");
  const cluster = await formCluster(stage, [node1, node2]);

  stage.say("An owner deposits 100 tokens, creates a bucket and allocates 400 units: 24 USD a month.");
  if ((await stage.priceOf(currency)) !== 10n ** 18n) await stage.run("currency:set-price", { currency, price: "1", as: "admin" });
  await stage.run("currency:mint", { currency, amount: "130", as: "owner" });
  await stage.run("account:deposit", { amount: "100", currency, as: "owner" });
  const bucket = await stage.create("bucket:create", { cluster, params: '{"replication":2}', as: "owner" });
  await stage.run("bucket:allocate", { bucket, resource: "400", maxRent: "0.06", as: "owner" });
  const start = await stage.now();
  await stage.count(currency);

  stage.say("Half a month later the price of the token falls to 0.80 USD: 12 tokens have gone, and the rest goes faster.");
  await stage.waitUntil(start + MONTH / 2);
  await stage.run("currency:set-price", { currency, price: "0.8", as: "admin" });
  await stage.count(currency);

  stage.say("A month is over. Anyone distributes what the cluster has earned, and claims it; a provider takes its money home.");
  await stage.waitUntil(start + MONTH);
  await stage.run("cluster:distribute-revenues", { cluster });
  await stage.count(currency);
  await stage.run("cluster:claim-revenues", { cluster, node: node1 });
  await stage.run("cluster:claim-revenues", { cluster, node: node2 });
  await stage.run("account:withdraw", { amount: "17.4636", currency, as: "provider1" });

  const recovered = await judgeNode(stage, { cluster, bucket, node: node2 }, start + MONTH);
  const { successor: node3, filled } = await replaceProvider(stage, { cluster, bucket, node: node1 }, recovered);
  const neglected = await proveStorage(stage, { cluster, bucket, node: node3 }, filled);
  await returnProvider(stage, { cluster, bucket, node: node1 }, { left: node3, since: neglected });

  stage.say(
    "The owner forgets about it. The account runs out of funds: nothing is owed beyond what was deposited. What it paid last, an hour's " +
      "worth or so, is passed on to the cluster when anyone touches the account.",
  );
  await stage.waitAndLook((await stage.coveredUntil("owner", currency)) + 20 * DAY);
  await stage.run("account:show", { account: "owner", currency });
  await stage.count(currency);
  await stage.run("account:touch", { account: "owner", currency });
  await stage.count(currency);

  stage.say("A top-up, and the bucket is paid for again, from now on.");
  await stage.run("account:deposit", { amount: "30", currency, as: "owner" });
  await stage.run("bucket:show", { bucket });

  stage.say("The network now:");
  await stage.run("network:show");
  await stage.run("network:show", {}, ["mermaid"]);

  stage.say("Everybody goes home: the bucket is closed, the cluster removed, which pays its nodes. Bonds answer for another week.");
  await stage.run("bucket:close", { bucket, as: "owner" });
  await stage.run("cluster:remove", { cluster, as: "manager" });
  await stage.waitAndLook((await stage.now()) + 7 * DAY);
  for (const [node, provider] of [
    [node1, "provider1"],
    [node2, "provider2"],
    [node3, "provider2"],
  ] as const) {
    await stage.run("node:withdraw-bond", { cluster, node, amount: "all", as: provider });
  }
  for (const person of ["owner", "manager", "provider1", "provider2", "admin"]) {
    await stage.run("account:withdraw", { amount: "all", currency, as: person });
  }
  await stage.count(currency);
  console.log(
    `\nDone. What remains, if anything, are parts of the smallest unit. The price is ${formatUsd(await stage.priceOf(currency))} USD.`,
  );
}

async function joinProvider(stage: Stage, provider: string, rent: string, url: string): Promise<string> {
  stage.say(`A provider has a node with 1,000 units, asks ${rent} USD a month for each, and trusts a manager.`);
  const node = await createNode(stage, provider, rent, url);
  await stage.run("node:trust-manager", { manager: "manager", as: provider });
  return node;
}

function createNode(stage: Stage, provider: string, rent: string, url: string): Promise<string> {
  const params = JSON.stringify({ url, engine: { name: "storage", version: "1.2.0" }, region: "eu" });
  return stage.create("node:create", { rent, capacity: "1000", params, as: provider });
}

/** A cluster with terms, on one node of each provider. */
async function formCluster(stage: Stage, nodes: readonly [string, string]): Promise<string> {
  stage.say(
    "The network takes 1 %. A manager forms a cluster of four vnodes, for 2 % of what remains. Its terms: a validator judges the nodes, " +
      "and 5 tokens for each vnode are at stake, of which a fifth can be lost in a week.",
  );
  await stage.run("cluster:set-network-fee", { fee: "1", account: "admin", as: "admin" });
  const cluster = await stage.create("cluster:create-with-terms", {
    currency,
    vnodes: "4",
    validator: "validator",
    bondPerVnode: "5",
    maxSlash: "20",
    managementFee: "2",
    params: '{"engine":{"name":"storage","version":"1.2.0"},"replication":2}',
    as: "manager",
  });
  stage.say("The providers read the terms, accept them and post their bonds. Then the manager fills the cluster, and reserves capacity.");
  await stage.run("cluster:terms", { cluster });
  for (const [node, provider, deposit] of [
    [nodes[0], "provider1", "10"],
    [nodes[1], "provider2", "20"],
  ] as const) {
    await stage.run("currency:mint", { currency, amount: deposit, as: provider });
    await stage.run("account:deposit", { amount: deposit, currency, as: provider });
    await stage.run("node:accept-terms", { cluster, node, as: provider });
    await stage.run("node:post-bond", { cluster, node, amount: "10", as: provider });
  }
  await stage.run("cluster:fill", { cluster, nodes: nodes.join(","), as: "manager" });
  await stage.run("cluster:reserve-resource", { cluster, resource: "500", as: "manager" });
  return cluster;
}

interface Place {
  cluster: string;
  bucket: string;
  node: string;
}

/** A node serves badly for a fifth of a month, and then well again. Returns when it recovered. */
async function judgeNode(stage: Stage, { cluster, bucket, node }: Place, month: number): Promise<number> {
  const bad = month + MONTH / 10;
  const good = bad + MONTH / 5;

  stage.say(
    "The validator finds that a node answers a quarter of what it is asked, and reports so. That counts from now on: what the cluster has " +
      "earned before is shared as it was.",
  );
  await stage.waitUntil(bad);
  const why = { code: "17", reference: "ipfs://challenges" };
  await stage.run("cluster:report-quality", { cluster, node, quality: "25", ...why, as: "validator" });
  await stage.count(currency);

  stage.say(
    "It also costs a part of the bond, for nobody who has a say in it. The provider tops it up, or it would lose its vnodes in a week.",
  );
  await stage.run("cluster:slash", { cluster, node, amount: "1", ...why, as: "validator" });
  await stage.run("node:post-bond", { cluster, node, amount: "1", as: "provider2" });
  await stage.run("cluster:terms", { cluster });

  stage.say(
    "The node recovers. Three quarters of the cluster were served meanwhile: the rest of what the owner paid is kept for it, and comes back " +
      "with whatever touches its account. Anyone may settle its payment.",
  );
  await stage.waitUntil(good);
  await stage.run("cluster:report-quality", { cluster, node, quality: "100", as: "validator" });
  await stage.count(currency);
  await stage.run("bucket:settle-payment", { bucket });
  return good;
}

/** A provider leaves with its bond, and another takes over. Returns the node that did, and when. */
async function replaceProvider(
  stage: Stage,
  { cluster, bucket, node }: Place,
  since: number,
): Promise<{ successor: string; filled: number }> {
  const left = since + (3 * MONTH) / 10;
  const filled = left + MONTH / 20;

  stage.say(
    "The manager wants nobody's opinion to count any more, but proofs that nodes hold their data. It fixes the rules: a challenge a day; " +
      "a node that misses one counts half, and loses a tenth of its bond. A provider that did not agree to that has a week to leave, and does.",
  );
  // So that all the notices are over when the node leaves: its bond goes back at once if it does so within a day.
  await stage.waitUntil(left - WEEK - DAY / 2);
  await stage.run("validator:set-up", {
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
  await stage.run("cluster:offer-validator", { cluster, to: "StorageProofs", as: "manager" });
  await stage.run("node:announce-exit", { cluster, node, as: "provider1" });
  // Whether it is time is checked before the call is sent, as of the last block.
  await stage.waitAndLook(left - 1);
  await stage.run("node:finish-exit", { cluster, node });
  await stage.run("cluster:finish-validator", { cluster });
  await stage.count(currency);

  stage.say("Its vnodes are vacant, which no owner pays for. The other provider has a second node, which takes them over.");
  const successor = await createNode(stage, "provider2", "0.02", "https://node3.example");
  await joinCluster(stage, { cluster, bucket, node: successor }, "provider2", filled);
  await stage.run("cluster:terms", { cluster });
  await stage.count(currency);
  return { successor, filled };
}

/** A node takes over the vnodes that are vacant since one left: the first, and those that became vacant with it. */
async function joinCluster(stage: Stage, { cluster, bucket, node }: Place, provider: string, filled: number): Promise<void> {
  await stage.run("node:accept-terms", { cluster, node, as: provider });
  await stage.run("node:post-bond", { cluster, node, amount: "10", as: provider });
  await stage.waitUntil(filled);
  await stage.run("cluster:fill-vacancy", { cluster, vnode: "0", node, as: "manager" }, ["allVacant"]);
  await stage.run("bucket:settle-payment", { bucket });
}

/** A node proves that it holds what it should, misses a challenge, and proves it again. Returns when it counted in full again. */
async function proveStorage(stage: Stage, { cluster, bucket, node }: Place, since: number): Promise<number> {
  // In which a token is due.
  const step = MONTH / 30;
  const id = { cluster, node };

  stage.say(
    "The owner asks the new node to commit itself to what it keeps for the cluster: 64 KiB, in leaves of 256 bytes under one hash. A machine " +
      "of the provider's does, with a key of its own. It counts once the owner has approved it as the right data.",
  );
  const file = stage.keepFile("data.bin", 65_536);
  await stage.run("validator:request-commitment", { ...id, as: "owner" });
  await stage.run("validator:set-prover", { node, prover: "8", as: "provider2" });
  await stage.run("validator:commit", { ...id, file, as: "8" });
  await stage.run("validator:approve-commitment", { ...id, file, as: "owner" });

  stage.say("Anyone challenges it. A block that is not there yet decides which leaves it has to show, and it shows them.");
  await stage.run("validator:challenge", id);
  await stage.waitBlocks(2);
  await stage.run("validator:draw", id);
  await stage.run("validator:show", id);
  await stage.run("validator:answer", { ...id, file, as: "8" });

  const missed = since + 2 * step;
  const recovered = since + 5 * step;

  stage.say("Days later it is challenged again, and does not answer within half an hour. Anyone reports that, which counts at once.");
  await stage.waitAndLook(missed - HOUR);
  await stage.run("validator:challenge", id);
  await stage.waitAndLook(missed - 1);
  await stage.run("validator:report-miss", id);
  await stage.run("cluster:terms", { cluster });
  await stage.count(currency);

  stage.say(
    "It answers the next one, which takes the miss back: it counts in full again. The third of what the owner paid meanwhile that was not " +
      "served comes back.",
  );
  // Two blocks pass before it can answer.
  await stage.waitAndLook(recovered - 4);
  await stage.run("validator:challenge", id);
  await stage.waitBlocks(2);
  await stage.run("validator:answer", { ...id, file, as: "8" });
  await stage.run("bucket:settle-payment", { bucket });
  await stage.count(currency);
  return recovered;
}

/** A node whose bond a slash made short loses its vnodes, and the one that left before comes back to them. */
async function returnProvider(stage: Stage, place: Place, { left, since }: { left: string; since: number }): Promise<void> {
  const { cluster } = place;
  const vacated = since + (4 * MONTH) / 30;

  stage.say("Its bond is short by what the miss cost, and the provider has let seven days pass. Anyone can take its vnodes from it now.");
  await stage.waitAndLook(vacated - 1);
  await stage.run("cluster:vacate-uncovered", { cluster, node: left });

  stage.say("The provider that had left has seen how the proofs judge. It agrees to them, and gets its vnodes back.");
  await joinCluster(stage, place, "provider1", vacated + MONTH / 20);
  await stage.run("cluster:terms", { cluster });
  await stage.count(currency);
}
