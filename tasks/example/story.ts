import { SECONDS_PER_MONTH, formatUsd } from "../../src";
import type { Stage } from "./stage";

const MONTH = Number(SECONDS_PER_MONTH);
const DAY = 86_400;
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

  stage.say("A month is over. Anyone settles the payment, distributes the revenue and claims it; a provider takes its money home.");
  await stage.waitUntil(start + MONTH);
  await stage.run("bucket:settle-payment", { bucket });
  await stage.count(currency);
  await stage.run("cluster:distribute-revenues", { cluster });
  await stage.run("cluster:claim-revenues", { cluster, node: node1 });
  await stage.run("cluster:claim-revenues", { cluster, node: node2 });
  await stage.count(currency);
  await stage.run("account:withdraw", { amount: "17.4636", currency, as: "provider1" });

  const recovered = await judgeNode(stage, { cluster, bucket, node: node2 }, start + MONTH);
  const node3 = await replaceProvider(stage, { cluster, bucket, node: node1 }, recovered);

  stage.say("The owner forgets about it. The account runs dry: nothing is owed beyond what was deposited.");
  await stage.waitAndLook((await stage.coveredUntil("owner", currency)) + 20 * DAY);
  await stage.run("account:show", { account: "owner", currency });
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
  for (const node of [node2, node3]) await stage.run("node:withdraw-bond", { cluster, node, amount: "all", as: "provider2" });
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
    maxPenalty: "20",
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

/** A node serves badly for a fifth of a month, and then well again. Returns when its recovery took effect. */
async function judgeNode(stage: Stage, { cluster, bucket, node }: Place, month: number): Promise<number> {
  const bad = month + MONTH / 10;
  const good = bad + MONTH / 5;

  stage.say("The validator finds that a node answers a quarter of what it is asked. It reports so, a day before that counts.");
  await stage.waitUntil(bad - DAY - 60);
  const why = { code: "17", reference: "ipfs://challenges" };
  await stage.run("cluster:report-quality", { cluster, node, quality: "25", ...why, as: "validator" });

  stage.say("The day is over. What was earned until now is settled first; then anyone lets the report take effect.");
  await stage.waitUntil(bad);
  await stage.run("bucket:settle-payment", { bucket });
  await stage.run("cluster:finish-report", { cluster, node });
  await stage.count(currency);

  stage.say(
    "It also costs a part of the bond, for nobody who has a say in it. The provider tops it up, or it would lose its vnodes in a week.",
  );
  await stage.run("cluster:penalise", { cluster, node, amount: "1", ...why, as: "validator" });
  await stage.run("node:post-bond", { cluster, node, amount: "1", as: "provider2" });
  await stage.run("cluster:terms", { cluster });

  stage.say("The node recovers. The owner has paid for three quarters of the cluster meanwhile: the rest of it comes back.");
  await stage.waitUntil(good - DAY - 60);
  await stage.run("cluster:report-quality", { cluster, node, quality: "100", as: "validator" });
  await stage.waitUntil(good);
  await stage.run("bucket:settle-payment", { bucket });
  await stage.run("cluster:finish-report", { cluster, node });
  await stage.count(currency);
  return good;
}

/** A provider leaves with its bond, and another takes over. Returns the node that did. */
async function replaceProvider(stage: Stage, { cluster, bucket, node }: Place, since: number): Promise<string> {
  const left = since + (3 * MONTH) / 10;
  const filled = left + MONTH / 20;

  stage.say("The manager wants the owner to judge from now on. A provider that did not agree to that has a week to leave, and does.");
  await stage.run("cluster:offer-validator", { cluster, to: "owner", as: "manager" });
  await stage.run("node:announce-exit", { cluster, node, as: "provider1" });
  await stage.waitUntil(left);
  await stage.run("bucket:settle-payment", { bucket });
  await stage.run("node:finish-exit", { cluster, node });
  await stage.run("cluster:finish-validator", { cluster });
  await stage.count(currency);

  stage.say("Its vnodes are vacant, which no owner pays for. The other provider has a second node, that takes them over with notice.");
  const successor = await createNode(stage, "provider2", "0.02", "https://node3.example");
  await stage.run("node:accept-terms", { cluster, node: successor, as: "provider2" });
  await stage.run("node:post-bond", { cluster, node: successor, amount: "10", as: "provider2" });
  await stage.run("cluster:fill-vacancy", { cluster, vnode: "0", node: successor, as: "manager" }, ["whole"]);
  await stage.waitUntil(filled);
  await stage.run("bucket:settle-payment", { bucket });
  await stage.run("cluster:finish-fill", { cluster, node: successor });
  await stage.run("cluster:terms", { cluster });
  await stage.count(currency);
  return successor;
}
