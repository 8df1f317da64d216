import { createHash } from "node:crypto";

import type { Wallet } from "ethers";
import { z } from "zod";

import { engine, readBuckets, readClusters, readMembers } from "../../../src";
import { urlOf } from "../shared/route-params";
import type { Network } from "../shared/network";
import type { Peer, Peers } from "./peers";
import { type Proof, type ProofOptions, checkProof, isSame } from "./proof";
import type { FileKey, Store } from "./store";
import { compareVersions } from "./version";

export interface RepairParts {
  network: Network;
  nodeId: bigint;
  identity: Wallet;
  store: Store;
  router: engine.Router;
  authorizer: Pick<engine.Authorizer, "decide">;
  peers: Peers;
  proofs: ProofOptions;
  log: { info: (details: object, message: string) => void; warn: (details: object, message: string) => void };
}

/** An entry of a peer's list. */
export const copySchema = z.object({ path: z.string().refine(engine.isPath), version: z.int(), bodyHash: z.string() });
const pageSchema = z.object({ files: z.array(copySchema), after: z.string().optional() });

type Copy = z.infer<typeof copySchema>;

const ANSWER_MILLISECONDS = 5_000;
const COPY_MILLISECONDS = 300_000;

/** Fetches from its peers what this node should have and does not: after it was away, or got vnodes of another. */
export class Repair {
  #running: Promise<number> | undefined;

  constructor(private readonly parts: RepairParts) {}

  /** One round through all that is in this node's clusters. @returns how many files were fetched. */
  async run(): Promise<number> {
    this.#running ??= this.#round().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Waits for the round that is under way, if one is. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  async #round(): Promise<number> {
    const { network, nodeId, peers } = this.parts;
    const { registries } = network;
    let fetched = 0;
    const buckets = await readBuckets(registries);
    for (const { clusterId } of await readClusters(registries)) {
      const members = await readMembers(registries, clusterId);
      if (!members.some((member) => member.nodeId === nodeId)) continue;
      const others = (await peers.ofCluster(clusterId)).filter((peer) => peer.nodeId !== nodeId);
      const inCluster = buckets.filter((bucket) => bucket.clusterId === clusterId).map(({ bucketId }) => bucketId);
      for (const peer of others) fetched += await this.#from(peer, inCluster);
    }
    return fetched;
  }

  /** Copies the files of a peer. A silent peer is not asked again before the next round: there may be many buckets. */
  async #from(peer: Peer, bucketIds: readonly bigint[]): Promise<number> {
    let fetched = 0;
    try {
      for (const bucketId of bucketIds) {
        for (let after: string | undefined = ""; after !== undefined;) {
          const response = await this.#ask(peer, "copies", { bucketId, path: after }, ANSWER_MILLISECONDS);
          const page = pageSchema.parse(await response.json());
          for (const copy of page.files) fetched += await this.#fetchIfMissing(peer, bucketId, copy);
          after = page.after;
        }
      }
    } catch (error) {
      this.parts.log.warn({ node: Number(peer.nodeId), cause: String(error) }, "cannot copy from a peer");
    }
    return fetched;
  }

  async #fetchIfMissing(peer: Peer, bucketId: bigint, { path, version, bodyHash }: Copy): Promise<0 | 1> {
    const { router, nodeId, store, log } = this.parts;
    const place = { bucketId, path };
    const routes = engine.routesOf(await router.routes(bucketId), path);
    if (!routes.some((route) => route.nodeId === nodeId)) return 0;
    const known = await store.look(place);
    if (known !== undefined && compareVersions(known, { expiry: version, bodyHash }) >= 0) return 0;
    try {
      await this.#fetch(peer, place);
      log.info({ bucket: Number(bucketId), path, from: Number(peer.nodeId) }, "copied a file");
      return 1;
    } catch (error) {
      log.warn({ bucket: Number(bucketId), path, from: Number(peer.nodeId), cause: String(error) }, "cannot copy a file");
      return 0;
    }
  }

  async #fetch(peer: Peer, place: FileKey): Promise<void> {
    const { store } = this.parts;
    const { response, proof } = await this.#copyOf(peer, place);
    try {
      await this.#refuseForged(peer, place, proof);
      if (proof.deleted) {
        await store.delete(place, proof);
        return;
      }
      await store.write(
        place,
        proof,
        engine.checkBody(bytesOf(response), proof.bodyHash, () => createHash("sha256")),
      );
    } finally {
      if (!response.bodyUsed) await response.body?.cancel();
    }
  }

  async #copyOf(peer: Peer, place: FileKey): Promise<{ response: Response; proof: Proof }> {
    const response = await this.#ask(peer, "copy", place, COPY_MILLISECONDS);
    try {
      const authorization = response.headers.get("ddc-written-by") ?? "";
      return { response, proof: await checkProof(place, authorization, this.parts.proofs, Math.floor(Date.now() / 1_000)) };
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
  }

  /**
   * A peer may have signed itself, or had anyone sign, what it sends: it counts if the writer may write now; and if not any more, if more than half of the nodes that
   * keep the key, of which this one has nothing, have it. Whether the bucket is paid for does not matter: what is there is kept.
   */
  async #refuseForged(from: Peer, place: FileKey, proof: Proof): Promise<void> {
    const { bucketId, path } = place;
    const { authorizer, router, peers } = this.parts;
    const { allowed } = await authorizer.decide({ bucketId, account: proof.account, right: engine.RIGHTS.write });
    if (allowed) return;
    const keepers = engine.routesOf(await router.routes(bucketId), path).map(({ nodeId }) => nodeId);
    const others = (await peers.ofBucket(bucketId)).filter(({ nodeId }) => nodeId !== from.nodeId && keepers.includes(nodeId));
    const agree = await Promise.all(others.map((other) => this.#agrees(other, place, proof)));
    const having = agree.filter(Boolean).length + (keepers.includes(from.nodeId) ? 1 : 0);
    if (having > keepers.length / 2) return;
    throw new Error(`${proof.account} may not write, and ${having} of the ${keepers.length} nodes that keep it have it`);
  }

  async #agrees(peer: Peer, place: FileKey, proof: Proof): Promise<boolean> {
    if (peer.nodeId === this.parts.nodeId) return false;
    try {
      const copy = await this.#copyOf(peer, place);
      await copy.response.body?.cancel();
      return isSame(copy.proof, proof);
    } catch {
      return false;
    }
  }

  async #ask({ nodeId, url }: Peer, what: "copies" | "copy", place: FileKey, milliseconds: number): Promise<Response> {
    const { identity, network } = this.parts;
    if (url === undefined) throw new Error("its params have no URL");
    const credentials = { account: identity.address, signer: identity };
    const authorization = await engine.signRequest({ ...place, action: what, nodeId }, credentials, network.realm);
    const response = await fetch(urlOf(url, what, place), { headers: { authorization }, signal: AbortSignal.timeout(milliseconds) });
    if (!response.ok) throw new Error(`it answers ${response.status}: ${(await response.text()).slice(0, 200)}`);
    return response;
  }
}

async function* bytesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body as AsyncIterable<Uint8Array>;
}
