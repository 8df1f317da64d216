import { engine, readBucket, readMembers, readNode } from "../../../src";
import type { Network } from "../shared/network";
import { readableParams, signerOf } from "./identity";

export interface Peer {
  nodeId: bigint;
  /** Its signer, in lower case. */
  signer: string | undefined;
  url: string | undefined;
}

const FRESH_MILLISECONDS = 5_000;

/** The nodes that share a cluster: they may copy each other's files of any owner. */
export class Peers implements Pick<engine.Authorizer, "authorize"> {
  readonly #clusterOf = new Map<bigint, bigint>();
  readonly #known = new Map<bigint, { peers: Promise<Peer[]>; at: number }>();

  constructor(private readonly network: Network) {}

  /** @throws engine.Refusal unless the account is that of a node in the bucket's cluster. */
  async authorize({ bucketId, account }: engine.Question): Promise<void> {
    let peers: Peer[];
    try {
      peers = await this.ofBucket(bucketId);
    } catch (cause) {
      throw new engine.Refusal("chain-gone", "The chain cannot be asked which nodes are in the bucket's cluster.", { cause });
    }
    if (!peers.some(({ signer }) => signer === account)) {
      throw new engine.Refusal("not-allowed", "Only nodes of the bucket's cluster may copy what is in it.");
    }
  }

  async ofBucket(bucketId: bigint): Promise<Peer[]> {
    const clusterId = this.#clusterOf.get(bucketId) ?? (await readBucket(this.network.registries, bucketId)).clusterId;
    // A bucket stays in its cluster.
    this.#clusterOf.set(bucketId, clusterId);
    return this.ofCluster(clusterId);
  }

  async ofCluster(clusterId: bigint): Promise<Peer[]> {
    const known = this.#known.get(clusterId);
    if (known !== undefined && performance.now() - known.at < FRESH_MILLISECONDS) return known.peers;
    const peers = this.#read(clusterId);
    this.#known.set(clusterId, { peers, at: performance.now() });
    peers.catch(() => this.#known.delete(clusterId));
    return peers;
  }

  async #read(clusterId: bigint): Promise<Peer[]> {
    const { registries } = this.network;
    const members = await readMembers(registries, clusterId);
    return Promise.all(
      members.map(async ({ nodeId }) => {
        const { params } = await readNode(registries, nodeId);
        return { nodeId, signer: signerOf(params), url: readableParams(params)?.url };
      }),
    );
  }
}
