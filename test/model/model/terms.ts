import { clusterOf, forget, transferVnodes, indicesOf } from "./clusters";
import { noteServed } from "./lines";
import { nodeOf } from "./nodes";
import { refuse } from "./refusal";
import { distribute, payNode } from "./revenues";
import { type Cluster, type Exit, exitKey, type Message, NOBODY, type State } from "./state";
import { FULL_QUALITY, isVacant, qualityOf, vnodesOn } from "./vnodes";

const LEAVING_NOTICE = 7n * 86_400n;
const HALF_QUALITY = 5_000n;

/** When a node's exit can be finished; 0: it announced none. */
export function exitOf({ clusters, exits }: State, clusterId: bigint, nodeId: bigint): bigint {
  const exit = exits.get(exitKey(clusterId, nodeId));
  if (exit === undefined) return 0n;
  const cluster = clusters.get(clusterId);
  const serves = cluster !== undefined && vnodesOn(cluster, nodeId) !== 0n;
  return exit.mayLeaveEarly && serves ? exit.announcedAt : exit.announcedAt + LEAVING_NOTICE;
}

/** The functions of the registry of terms, for clusters under default terms. */
export class TermsModel {
  /** Vacant vnodes have names of their own, so that those of two nodes are not confused. */
  private lastVacancy = 0n;

  constructor(private readonly state: State) {}

  reportQuality({ sender }: Message, clusterId: bigint, nodeId: bigint, qualityBps: bigint): void {
    const cluster = this.state.clusters.get(clusterId);
    const validator = cluster?.founder ?? NOBODY;
    refuse(
      sender !== validator && ["CallerNotValidator", clusterId, sender, validator],
      qualityBps > FULL_QUALITY && ["BpsTooHigh", qualityBps, FULL_QUALITY],
      (cluster === undefined || vnodesOn(cluster, nodeId) === 0n) && ["NodeNotInCluster", clusterId, nodeId],
    );
    const exit = this.state.exits.get(exitKey(clusterId, nodeId));
    if (exit !== undefined && qualityBps < HALF_QUALITY) exit.mayLeaveEarly = true;
    distribute(this.state, cluster!);
    payNode(this.state, cluster!, nodeId);
    cluster!.qualities.set(nodeId, qualityBps);
    noteServed(this.state, cluster!, qualityBps !== FULL_QUALITY);
  }

  announceExit({ sender }: Message, clusterId: bigint, nodeId: bigint): void {
    const { provider } = nodeOf(this.state, nodeId);
    const cluster = this.state.clusters.get(clusterId);
    const exitAt = exitOf(this.state, clusterId, nodeId);
    refuse(
      sender !== provider && ["CallerNotProvider", nodeId, sender, provider],
      (cluster === undefined || vnodesOn(cluster, nodeId) === 0n) && ["NodeNotInCluster", clusterId, nodeId],
      exitAt !== 0n && ["ExitAlreadyAnnounced", clusterId, nodeId, exitAt],
    );
    const exit: Exit = { announcedAt: this.state.now, mayLeaveEarly: qualityOf(cluster!, nodeId) < HALF_QUALITY };
    this.state.exits.set(exitKey(clusterId, nodeId), exit);
  }

  finishExit(_message: Message, clusterId: bigint, nodeId: bigint): void {
    const exitAt = exitOf(this.state, clusterId, nodeId);
    refuse(
      exitAt === 0n && ["ChangeNotAnnounced", clusterId, nodeId],
      exitAt !== 0n && this.state.now < exitAt && ["ChangeNotReady", clusterId, nodeId, exitAt],
    );
    const cluster = this.state.clusters.get(clusterId);
    if (cluster !== undefined && vnodesOn(cluster, nodeId) !== 0n) this.vacate(cluster, nodeId);
    this.state.exits.delete(exitKey(clusterId, nodeId));
  }

  fillVacancy({ sender }: Message, clusterId: bigint, vnodeIndex: bigint, nodeId: bigint, allVacant: boolean): void {
    const cluster = clusterOf(this.state, clusterId);
    refuse(sender !== cluster.manager && ["CallerNotManager", clusterId, sender, cluster.manager]);
    const index = Number(vnodeIndex);
    const vacancy = cluster.vnodes[index];
    refuse(vacancy === undefined && ["VnodeUnknown", clusterId, vnodeIndex, BigInt(cluster.vnodes.length)]);
    refuse(!isVacant(vacancy!) && ["VnodeNotVacant", clusterId, vnodeIndex, vacancy]);
    refuse(allVacant && cluster.rents.has(nodeId) && ["NodeAlreadyInCluster", clusterId, nodeId]);
    transferVnodes(this.state, cluster, vacancy!, nodeId, allVacant ? indicesOf(cluster, vacancy!) : [index]);
  }

  /** A node leaves its vnodes vacant, with their rent. */
  private vacate(cluster: Cluster, nodeId: bigint): void {
    distribute(this.state, cluster);
    payNode(this.state, cluster, nodeId);
    const vacancy = --this.lastVacancy;
    cluster.rents.set(vacancy, cluster.rents.get(nodeId)!);
    cluster.vnodes = cluster.vnodes.map((on) => (on === nodeId ? vacancy : on));
    forget(cluster, nodeId);
    noteServed(this.state, cluster, true);
  }
}
