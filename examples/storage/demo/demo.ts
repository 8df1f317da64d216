import type { Wallet } from "ethers";

import { SECONDS_PER_MONTH, calls, encryption, sendCall } from "../../../src";
import type { DemoContext } from "../../../tasks/example/demo-context";
import { StorageClient, listFiles } from "../client/client";
import { type Network, openNetwork } from "../shared/network";
import { Fleet, type Started } from "./fleet";
import { PEOPLE, type Person, walletOf } from "./people";
import { freestNode, pathInSegment, placesOf, vnodesOf } from "./ring";
import { waitUntil, assertTrue, log, logRefusal } from "./log";

const currency = "TestUSD";
const VNODES = 12;
const RENT = "0.01";
/** Segments of the ring, and the places of the nodes that keep what is in them, counted from 0. */
const SEGMENTS = [
  { segment: 0, nodes: [0, 1, 2] },
  { segment: 1, nodes: [1, 2, 3] },
  { segment: 4, nodes: [4, 5, 0] },
];
/** The node that will be killed, and the segment whose first replica it keeps. */
const KILLED = 2;
const PROVIDERS: readonly [Person, number][] = [
  ["provider1", 1_000],
  ["provider1", 1_000],
  ["provider2", 1_000],
  ["provider2", 1_500],
  ["provider3", 1_000],
  ["provider3", 1_600],
];

/** Everything that the chapters share. */
interface StorageDemo {
  context: DemoContext;
  network: Network;
  fleet: Fleet;
  wallets: Record<Person, Wallet>;
  nodes: Started[];
  gateway: Started;
  cluster: string;
}

/** The storage example, from the first node to the money at the end. */
export async function runStorageDemo(context: DemoContext, rpcUrl: string): Promise<void> {
  const network = await openNetwork(rpcUrl, context.addresses);
  const fleet = new Fleet(rpcUrl, context.addresses);
  try {
    const demo = await buildClusters(context, network, fleet);
    const bucket = await openBucket(demo);
    const paths = await writeAndRead(demo, bucket);
    await loseNode(demo, bucket, paths);
    await refuse(demo, bucket, paths);
    await share(demo, bucket);
    await countMoney(demo);
    console.log("\nDone.");
  } finally {
    await fleet.close();
    network.close();
  }
}

async function buildClusters(context: DemoContext, network: Network, fleet: Fleet): Promise<StorageDemo> {
  const people = Object.keys(PEOPLE) as Person[];
  const wallets = Object.fromEntries(people.map((person) => [person, walletOf(person, context.addressOf(PEOPLE[person]))])) as Record<
    Person,
    Wallet
  >;

  context.say(
    "Three providers start two storage nodes each. A node registers itself, with its URL and the key by which it proves who it is.",
  );
  const nodes: Started[] = [];
  for (const [provider, capacity] of PROVIDERS) {
    const node = await fleet.start({ kind: "node", providerKey: wallets[provider].privateKey, rent: RENT, capacity });
    nodes.push(node);
    log(`node ${node.nodeId} of ${provider} is at ${node.url}: ${capacity} units at ${RENT} USD`);
  }
  for (const provider of ["provider1", "provider2", "provider3"] as const) {
    await context.run("node:trust-manager", { manager: "manager", as: PEOPLE[provider] });
  }

  context.say(
    "The manager runs a gateway, and builds a storage cluster of twelve vnodes, two on each node, and a cluster for the gateway.",
  );
  const gateway = await fleet.start({ kind: "gateway", providerKey: wallets.manager.privateKey });
  log(`node ${gateway.nodeId}, the gateway, is at ${gateway.url}`);
  await context.run("node:trust-manager", { manager: "manager", as: "manager" });
  await context.run("cluster:set-network-fee", { fee: "1", account: "admin", as: "admin" });
  const storage = { engine: { name: "storage", version: "1.0.0" }, replication: 3 };
  const cluster = await context.create("cluster:create", {
    currency,
    vnodes: String(VNODES),
    nodes: nodes.map(({ nodeId }) => nodeId).join(","),
    managementFee: "2",
    params: JSON.stringify(storage),
    as: "manager",
  });
  await context.run("cluster:reserve-resource", { cluster, resource: "300", as: "manager" });
  const params = JSON.stringify({ engine: { name: "gateway", version: "1.0.0" } });
  await context.create("cluster:create", { currency, vnodes: "1", nodes: String(gateway.nodeId), params, as: "manager" });
  return { context, network, fleet, wallets, nodes, gateway, cluster };
}

async function openBucket({ context, cluster }: StorageDemo): Promise<bigint> {
  context.say("An owner deposits 100 tokens, creates a bucket with three replicas and allocates 100 units.");
  if ((await context.priceOf(currency)) !== 10n ** 18n) await context.run("currency:set-price", { currency, price: "1", as: "admin" });
  await context.run("currency:mint", { currency, amount: "100", as: "owner" });
  await context.run("account:deposit", { amount: "100", currency, as: "owner" });
  const bucket = await context.create("bucket:create", { cluster, params: '{"replication":3,"encryption":"AES-256-GCM"}', as: "owner" });
  await context.run("bucket:allocate", { bucket, resource: "100", maxRent: "0.12", as: "owner" });
  return BigInt(bucket);
}

/** @returns what was written, by segment. */
async function writeAndRead(demo: StorageDemo, bucket: bigint): Promise<Map<number, string>> {
  const { context, network, wallets, nodes, gateway } = demo;
  await seeAll(demo);
  context.say("The owner writes through the gateway, which writes to all three nodes that the ring gives a key, and reads again.");
  const owner = await StorageClient.open(network, wallets.owner, gateway.nodeId);
  const paths = new Map<number, string>();
  for (const segment of [...SEGMENTS.map((one) => one.segment), KILLED]) {
    const path = pathInSegment(bucket, segment, VNODES);
    paths.set(segment, path);
    const stored = await owner.put(bucket, path, contentOf(path));
    assertTrue(stored.length === 3, `${path} has three replicas`);
    log(`PUT ${path} (segment ${segment}): stored by nodes ${stored.join(", ")}`);
    assertTrue(same(await owner.get(bucket, path), contentOf(path)), `${path} reads as it was written`);
  }
  log("GET each of them: as it was written");
  for (const { segment, nodes: expected } of SEGMENTS) {
    const places = expected.map((place) => nodes[place]?.nodeId);
    assertTrue(
      String(await placesOf(network, bucket, paths.get(segment) ?? "")) === String(places),
      `segment ${segment} is on nodes ${places.join("-")}`,
    );
  }
  await logHoldings(demo, bucket, paths);
  return paths;
}

async function loseNode(demo: StorageDemo, bucket: bigint, paths: Map<number, string>): Promise<void> {
  const { context, network, fleet, wallets, nodes, gateway, cluster } = demo;
  const lost = nodes[KILLED]?.nodeId ?? 0n;
  const path = paths.get(KILLED) ?? "";
  context.say(`Node ${lost} is killed. Its files are read from the next replica, and new ones written to the two that are left.`);
  await fleet.kill(lost);
  const owner = await StorageClient.open(network, wallets.owner, gateway.nodeId);
  assertTrue(same(await owner.get(bucket, path), contentOf(path)), `${path} is read without node ${lost}`);
  log(`GET ${path}, first kept by node ${lost}: as it was written`);
  const note = pathInSegment(bucket, 1, VNODES).replace("photos", "notes");
  const stored = await owner.put(bucket, note, contentOf(note));
  log(`PUT ${note}: stored by nodes ${stored.join(", ")}`);

  context.say(`The manager moves the vnodes of node ${lost} to the freest nodes that are not dearer.`);
  for (const vnode of await vnodesOf(network, BigInt(cluster), lost)) {
    const node = String(await freestNode(network, BigInt(cluster), lost));
    await context.run("cluster:replace-node", { cluster, vnode: String(vnode), node, as: "manager" });
  }

  context.say("The nodes see that they keep more now, and fetch it from each other.");
  const all = [...paths.values(), note];
  const remaining = nodes.filter(({ nodeId }) => nodeId !== lost);
  for (const one of all) {
    const places = await placesOf(network, bucket, one);
    assertTrue(places.length === 3 && !places.includes(lost), `${one} belongs on three nodes that are there`);
    await waitUntil(`nodes ${places.join(", ")} have ${one}`, async () => {
      const holders = await holdersOf(demo, remaining, bucket, one);
      return places.every((place) => holders.includes(place));
    });
  }
  await logHoldings({ ...demo, nodes: remaining }, bucket, paths);
  for (const one of all) assertTrue(same(await owner.get(bucket, one), contentOf(one)), `${one} reads as it was written`);
  log("GET each of them: as it was written");
}

async function refuse(
  { context, network, fleet, wallets, gateway, cluster }: StorageDemo,
  bucket: bigint,
  paths: Map<number, string>,
): Promise<void> {
  context.say("A stranger can neither write nor read, and a bucket that is not paid for is not served.");
  const stranger = await StorageClient.open(network, wallets.stranger, gateway.nodeId);
  const owner = await StorageClient.open(network, wallets.owner, gateway.nodeId);
  await logRefusal("the stranger writes", stranger.put(bucket, "photos/mine.jpg", contentOf("mine")), 403);
  await logRefusal("the stranger reads", stranger.get(bucket, paths.get(0) ?? ""), 403);
  const unpaid = BigInt(await context.create("bucket:create", { cluster, as: "owner" }));
  await seeAll({ network, fleet });
  await logRefusal("the owner writes to the new bucket", owner.put(unpaid, "a.txt", contentOf("a")), 402);
}

async function share({ context, network, fleet, wallets, gateway, nodes }: StorageDemo, bucket: bigint): Promise<void> {
  const { owner, friend } = wallets;
  const bucketId = String(bucket);
  const place = { ...network.realm, bucketId: bucket };
  const ours = await StorageClient.open(network, owner, gateway.nodeId);
  const theirs = await StorageClient.open(network, friend, gateway.nodeId);
  const publish = async (key: encryption.DataKey, readers: readonly Wallet[]): Promise<void> => {
    const keys = await encryption.wrapForReaders(
      key,
      place,
      readers.map(({ address: reader, signingKey }) => ({ reader, publicKey: signingKey.publicKey })),
    );
    const call = calls.publishKeys(network.addresses, { bucketId: bucket, epoch: BigInt(key.epoch), keys });
    await sendCall(owner.connect(network.provider), call);
    log(`the key of epoch ${key.epoch} is published, wrapped for ${readers.length === 1 ? "the owner" : "the owner and the friend"}`);
  };
  const friendsKey = (): Promise<encryption.DataKey | undefined> =>
    encryption.readDataKey(network.registries, { ...place, reader: friend.address }, friend.privateKey);

  context.say("The owner shares an encrypted file with a friend, who needs two things: the right to read, and the key.");
  const key = encryption.createDataKey();
  await publish(key, [owner, friend]);
  await context.run("bucket:grant", { bucket: bucketId, accounts: PEOPLE.friend, rights: "read", as: "owner" });
  await ours.putEncrypted(bucket, "letters/first", letter("first"), key);
  const raw = await ours.get(bucket, "letters/first");
  assertTrue(!Buffer.from(raw).includes("letter"), "the nodes see nothing of what is in it");
  await seeAll({ network, fleet });
  const received = await friendsKey();
  assertTrue(received !== undefined, "the friend has a key");
  const read = await theirs.getEncrypted(bucket, "letters/first", () => received ?? key);
  log(`the friend reads: "${Buffer.from(read).toString()}"`);
  assertTrue(same(read, letter("first")), "the friend reads what the owner wrote");

  context.say(
    "The owner takes it back. Within a block the nodes refuse the friend, and what is written from now on takes a key that the friend never gets.",
  );
  await context.run("bucket:revoke", { bucket: bucketId, accounts: PEOPLE.friend, as: "owner" });
  await seeAll({ network, fleet });
  await logRefusal("the friend reads through the gateway", theirs.get(bucket, "letters/first"), 403);
  const direct = nodes[0];
  if (direct !== undefined)
    await logRefusal(`the friend asks node ${direct.nodeId} itself`, listFiles(network, friend, direct, bucket), 403);
  const next = encryption.rotateDataKey(key);
  await publish(next, [owner]);
  await ours.putEncrypted(bucket, "letters/second", letter("second"), next);
  assertTrue((await friendsKey())?.epoch === key.epoch, "the friend has the key of the first epoch only");
  assertTrue(same(await ours.getEncrypted(bucket, "letters/second", () => next), letter("second")), "the owner reads the second letter");
  log(`the second letter is in epoch ${next.epoch}; the newest key that the friend has is that of epoch ${key.epoch}`);
}

async function countMoney({ context, nodes, cluster }: StorageDemo): Promise<void> {
  context.say("A month is over: the revenue is distributed and claimed. The money at the end:");
  await context.waitUntil((await context.now()) + Number(SECONDS_PER_MONTH));
  await context.run("cluster:distribute-revenues", { cluster });
  for (const [i, { nodeId }] of nodes.entries()) {
    // Moving its last vnode has paid the node that was killed.
    if (i !== KILLED) await context.run("cluster:claim-revenues", { cluster, node: String(nodeId) });
  }
  await context.count(currency, ["owner", "manager", "provider1", "provider2", PEOPLE.provider3, "admin"]);
}

async function logHoldings(demo: StorageDemo, bucket: bigint, paths: Map<number, string>): Promise<void> {
  for (const [segment, path] of [...paths].sort(([a], [b]) => a - b)) {
    const holders = await holdersOf(demo, demo.nodes, bucket, path);
    log(`segment ${segment}: ${path} lies on nodes ${holders.join(", ")}`);
  }
}

/** The nodes that have a file, as each of them says. */
async function holdersOf({ network, wallets }: StorageDemo, nodes: readonly Started[], bucket: bigint, path: string): Promise<bigint[]> {
  const held = await Promise.all(nodes.map((node) => listFiles(network, wallets.owner, node, bucket)));
  return nodes.filter((_, i) => held[i]?.includes(path)).map(({ nodeId }) => nodeId);
}

function contentOf(path: string): Uint8Array {
  return Buffer.from(`what is in ${path}. `.repeat(20_000));
}

function letter(which: string): Uint8Array {
  return Buffer.from(`This is the ${which} letter.`);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Lets all nodes see what has happened so far: they look once a second. */
async function seeAll({ network, fleet }: Pick<StorageDemo, "network" | "fleet">): Promise<void> {
  await fleet.see(await network.provider.getBlockNumber());
}
