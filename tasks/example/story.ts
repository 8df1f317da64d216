import { SECONDS_PER_MONTH, formatUsd } from "../../src";
import type { Stage } from "./stage";

const MONTH = Number(SECONDS_PER_MONTH);
const DAY = 86_400;
const currency = "TestUSD";

/** The example network, from its first node to its last withdrawal. `docs/ARCHITECTURE.md` works its numbers out. */
export async function tellStory(stage: Stage): Promise<void> {
  const node1 = await joinProvider(stage, "provider1", "0.02", "https://node1.example");
  const node2 = await joinProvider(stage, "provider2", "0.01", "https://node2.example");

  stage.say(
    "The network takes 1 %. A manager puts a cluster of four vnodes on both nodes, for 2 % of what remains, and reserves capacity.",
  );
  await stage.run("cluster:set-network-fee", { fee: "1", account: "admin", as: "admin" });
  const cluster = await stage.create("cluster:create", {
    currency,
    vnodes: "4",
    nodes: `${node1},${node2}`,
    managementFee: "2",
    params: '{"engine":{"name":"storage","version":"1.2.0"},"replication":2}',
    as: "manager",
  });
  await stage.run("cluster:reserve-resource", { cluster, resource: "500", as: "manager" });

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
  await stage.run("account:withdraw", { amount: "all", currency, as: "provider1" });

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

  stage.say("Everybody goes home: the bucket is closed, the cluster removed, which pays its nodes, and everyone withdraws.");
  await stage.run("bucket:close", { bucket, as: "owner" });
  await stage.run("cluster:remove", { cluster, as: "manager" });
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
  const params = JSON.stringify({ url, engine: { name: "storage", version: "1.2.0" }, region: "eu" });
  const node = await stage.create("node:create", { rent, capacity: "1000", params, as: provider });
  await stage.run("node:trust-manager", { manager: "manager", as: provider });
  return node;
}
