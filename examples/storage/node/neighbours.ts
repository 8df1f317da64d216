import { engine, readBucket, readMembers, readNode } from "../../../src";
import type { Network } from "../shared/network";
import { readableParams, signerOf } from "./identity";

export interface Neighbour {
  nodeId: bigint;
  /** Who signs for it, in lower case. */
  signer: string | undefined;
  url: string | undefined;
}

const FRESH_MILLISECONDS = 5_000;

/** The nodes that share a cluster: they may copy each other's files, whoever these belong to. */
export class Neighbours implements Pick<engine.Authoriser, "authorise"> {
  readonly #clusterOf = new Map<bigint, bigint>();
  readonly #known = new Map<bigint, { neighbours: Promise<Neighbour[]>; at: number }>();

  constructor(private readonly network: Network) {}

  /** @throws engine.Refusal unless the account is that of a node in the bucket's cluster. */
  async authorise({ bucketId, account }: engine.Question): Promise<void> {
    let neighbours: Neighbour[];
    try {
      neighbours = await this.ofBucket(bucketId);
    } catch (cause) {
      throw new engine.Refusal("chain-gone", "The chain cannot be asked which nodes are in the bucket's cluster.", { cause });
    }
    if (!neighbours.some(({ signer }) => signer === account)) {
      throw new engine.Refusal("not-allowed", "Only nodes of the bucket's cluster may copy what is in it.");
    }
  }

  async ofBucket(bucketId: bigint): Promise<Neighbour[]> {
    const clusterId = this.#clusterOf.get(bucketId) ?? (await readBucket(this.network.registries, bucketId)).clusterId;
    // A bucket stays in its cluster.
    this.#clusterOf.set(bucketId, clusterId);
    return this.ofCluster(clusterId);
  }

  async ofCluster(clusterId: bigint): Promise<Neighbour[]> {
    const known = this.#known.get(clusterId);
    if (known !== undefined && performance.now() - known.at < FRESH_MILLISECONDS) return known.neighbours;
    const neighbours = this.#read(clusterId);
    this.#known.set(clusterId, { neighbours, at: performance.now() });
    neighbours.catch(() => this.#known.delete(clusterId));
    return neighbours;
  }

  async #read(clusterId: bigint): Promise<Neighbour[]> {
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
