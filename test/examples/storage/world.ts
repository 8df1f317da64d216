import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HDNodeWallet, Mnemonic, Wallet } from "ethers";
import { deployments, ethers, network as chain } from "hardhat";
import { TASK_NODE_CREATE_SERVER } from "hardhat/builtin-tasks/task-names";
import type { JsonRpcServer } from "hardhat/types";
import hre from "hardhat";

import { startGateway } from "../../../examples/storage/gateway/gateway";
import { type NodeSettings, type RunningNode, startNode } from "../../../examples/storage/node/node";
import { urlOf } from "../../../examples/storage/shared/route-params";
import { type Network, openNetwork } from "../../../examples/storage/shared/network";
import { calls, engine, sendCall } from "../../../src";
import { findDeployment } from "../../../tasks/support/deployment";

const UNIT = 10n ** 18n;

/** An account of the development chain, with its key. */
export function account(index: number): Wallet {
  const config = chain.config.accounts as { mnemonic: string };
  const { privateKey } = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(config.mnemonic), `m/44'/60'/0'/0/${index}`);
  return new Wallet(privateKey);
}

export const people = {
  admin: account(1),
  provider: account(2),
  manager: account(4),
  owner: account(5),
  friend: account(7),
  stranger: account(8),
};

type Settings = Partial<Omit<NodeSettings, "network" | "providerKey">>;

/** What is asked over HTTP, and how it is signed. */
export interface Ask {
  method?: string;
  action?: string;
  path?: string;
  bucketId?: bigint;
  body?: Uint8Array | string;
  as?: Wallet;
  /** What to sign instead of what is true. */
  signed?: Partial<engine.Request>;
  headers?: Record<string, string>;
}

/** A cluster of storage nodes and a bucket in it, in this process, on the embedded chain. */
export class World {
  readonly nodes: RunningNode[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), "ddc-storage-"));
  bucketId = 0n;
  clusterId = 0n;

  private constructor(
    readonly network: Network,
    readonly rpcUrl: string,
    private readonly server: JsonRpcServer,
  ) {}

  /** With nodes in this process, a cluster of them, and a bucket. */
  static async open(nodeCount: number, settings: Settings = {}): Promise<World> {
    const world = await World.prepare();
    for (let i = 0; i < nodeCount; i += 1) world.nodes.push(await world.startNode(`node-${i}`, settings));
    await world.build(world.nodes.map(({ nodeId }) => nodeId));
    return world;
  }

  /** With the contracts only. */
  static async prepare(): Promise<World> {
    await deployments.fixture();
    const { addresses } = await findDeployment(hre);
    const options = { hostname: "127.0.0.1", port: 0, provider: chain.provider };
    const server = (await hre.run(TASK_NODE_CREATE_SERVER, options)) as JsonRpcServer;
    const { port } = await server.listen();
    const rpcUrl = `http://127.0.0.1:${port}`;
    return new World(await openNetwork(rpcUrl, addresses), rpcUrl, server);
  }

  startNode(name: string, settings: Settings = {}): Promise<RunningNode> {
    return startNode({
      network: this.network,
      directory: join(this.folder, name),
      providerKey: people.provider.privateKey,
      rentPerMonth: UNIT / 100n,
      capacity: 1_000n,
      repairSeconds: 3_600,
      ...settings,
      authorizer: { pollMilliseconds: 50, ...settings.authorizer },
      server: { logLevel: "silent", ...settings.server },
      store: { minFreeBytes: 0, ...settings.store },
    });
  }

  startGateway(): Promise<Omit<RunningNode, "repair">> {
    return startGateway({
      network: this.network,
      directory: join(this.folder, "gateway"),
      providerKey: people.manager.privateKey,
      rentPerMonth: 0n,
      capacity: 0n,
      authorizer: { pollMilliseconds: 50 },
      server: { logLevel: "silent" },
    });
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.close();
    this.network.close();
    await this.closeChain();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The chain's endpoint is gone. */
  async closeChain(): Promise<void> {
    await this.server.close().catch(() => undefined);
  }

  send(from: Wallet, call: ReturnType<typeof calls.createBucket>): ReturnType<typeof sendCall> {
    return sendCall(from.connect(ethers.provider), call);
  }

  async createBucket(params = ""): Promise<bigint> {
    const { events } = await this.send(people.owner, calls.createBucket(this.network.addresses, { clusterId: this.clusterId, params }));
    return events.find(({ name }) => name === "BucketCreated")!.args.bucketId as bigint;
  }

  /** Waits until the nodes have seen the newest block: before, they answer as things were. */
  async see(nodes: readonly { url: string }[] = this.nodes): Promise<void> {
    const newest = await ethers.provider.getBlockNumber();
    for (const { url } of nodes) {
      for (let seen = -1; seen < newest;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen = ((await (await fetch(`${url}/health`)).json()) as { block?: number }).block ?? -1;
      }
    }
  }

  /** The `Authorization` header for what is asked of a node. */
  authorization(
    nodeId: bigint,
    { action = "read", path = "a.txt", bucketId = this.bucketId, as = people.owner, signed }: Ask,
  ): Promise<string> {
    return engine.signRequest({ bucketId, action, path, nodeId, ...signed }, { account: as.address, signer: as }, this.network.realm);
  }

  /** Asks a node as {@link Ask} says: by default the owner reads. */
  async ask(node: { nodeId: bigint; url: string }, ask: Ask = {}): Promise<Response> {
    const { method = "GET", path = "a.txt", bucketId = this.bucketId, body, headers } = ask;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const bodyHash = bytes === undefined ? engine.NO_BODY : await engine.hashBody(bytes);
    const authorization = await this.authorization(node.nodeId, { ...ask, signed: { bodyHash, ...ask.signed } });
    const what = ask.action === "list" ? "list" : ask.action === "copies" ? "copies" : ask.action === "copy" ? "copy" : "files";
    return fetch(urlOf(node.url, what, { bucketId, path }), { method, headers: { authorization, ...headers }, body: bytes });
  }

  put(node: { nodeId: bigint; url: string }, path: string, body: Uint8Array | string, ask: Ask = {}): Promise<Response> {
    return this.ask(node, { method: "PUT", action: "write", path, body, ...ask });
  }

  /** Puts a cluster on nodes, and a bucket that is paid for into it. */
  async build(nodeIds: bigint[]): Promise<void> {
    const { addresses } = this.network;
    const { address: currency } = await deployments.get("TestUSD");
    const amount = 1_000n * 10n ** 6n;
    await this.send(people.provider, calls.trustManager(addresses, { manager: people.manager.address }));
    const params = JSON.stringify({ engine: { name: "storage", version: "1.0.0" }, replication: Math.min(3, nodeIds.length) });
    const cluster = { currency, vnodeCount: BigInt(2 * nodeIds.length), nodeIds, managementFeeBps: 0n, params };
    const { events } = await this.send(people.manager, calls.createCluster(addresses, cluster));
    this.clusterId = events.find(({ name }) => name === "ClusterCreated")!.args.clusterId as bigint;
    await this.send(people.manager, calls.reserveResource(addresses, { clusterId: this.clusterId, perVnode: 300n }));
    await this.send(people.owner, calls.mint(currency, { to: people.owner.address, amount }));
    await this.send(people.owner, calls.approve(currency, { spender: addresses.accountRegistry, amount }));
    await this.send(people.owner, calls.deposit(addresses, { currency, amount }));
    this.bucketId = await this.createBucket();
    await this.send(people.owner, calls.allocate(addresses, { bucketId: this.bucketId, resource: 10n, maxRentPerUnit: UNIT }));
    await this.see();
  }
}

/** What an answer says when it refuses. */
export async function refusalOf(answer: Response): Promise<{ status: number; error: unknown }> {
  const { error } = (await answer.json()) as { error: unknown };
  return { status: answer.status, error };
}

/** What an attempt that fails says. */
export async function failureOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("The attempt succeeded.");
}
