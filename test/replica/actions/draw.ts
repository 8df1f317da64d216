import type { Random } from "../../helpers/random";
import type { Call } from "../../model/call";
import type { Cast } from "../../model/market";
import type { ContractName } from "../../model/model";
import type { State } from "../state";
import type { Bucket } from "../state/buckets";
import { type Cluster, isVacant } from "../state/clusters";
import type { Node } from "../state/nodes";

/** What an action is drawn from. */
export interface Draw {
  random: Random;
  cast: Cast;
  state: State;
  now: bigint;
}

/** Draws a call, or a time that passes (seconds); nothing: there is nothing to do it with. */
export type Action = (draw: Draw) => Call | bigint | undefined;

export type Weighted = readonly [weight: number, action: Action];

export const NO_LIMIT = 2n ** 128n - 1n;

/** A call without a model. */
export function callOf(sender: string, contract: ContractName, method: string, args: readonly unknown[], value = 0n): Call {
  return { message: { sender, value }, contract, method, args, apply: () => undefined };
}

function oneOf<T>({ random }: Draw, items: Iterable<T>): T | undefined {
  const all = [...items];
  return all.length === 0 ? undefined : random.pick(all);
}

export function aCluster(draw: Draw, test: (cluster: Cluster) => boolean = () => true): Cluster | undefined {
  return oneOf(draw, [...draw.state.clusters.values()].filter(test));
}

export function aNode(draw: Draw, test: (node: Node) => boolean = () => true): Node | undefined {
  return oneOf(draw, [...draw.state.nodes.values()].filter(test));
}

export function aBucket(draw: Draw, test: (bucket: Bucket) => boolean = () => true): Bucket | undefined {
  return oneOf(draw, [...draw.state.buckets.values()].filter(test));
}

/** A node that serves a cluster. */
export function aMember(draw: Draw, { members }: Cluster): bigint | undefined {
  return oneOf(
    draw,
    [...members.keys()].filter((nodeId) => !isVacant(nodeId)),
  );
}

export function aTermsCluster(draw: Draw, test: (cluster: Cluster) => boolean = () => true): Cluster | undefined {
  return aCluster(draw, (cluster) => (draw.state.terms.get(cluster.id)?.leavingNotice ?? 0n) !== 0n && test(cluster));
}

export interface Pair {
  clusterId: bigint;
  nodeId: bigint;
}

/** A cluster and a node of which something was agreed or announced. */
export function anAgreement(draw: Draw, test: (pair: Pair) => boolean = () => true): Pair | undefined {
  const pairs = [...draw.state.agreements.keys()].map((key) => {
    const [clusterId, nodeId] = key.split(":");
    return { clusterId: BigInt(clusterId!), nodeId: BigInt(nodeId!) };
  });
  return oneOf(
    draw,
    pairs.filter((pair) => draw.state.nodes.has(pair.nodeId) && test(pair)),
  );
}

export function providerOf({ state }: Draw, nodeId: bigint): string {
  return state.nodes.get(nodeId)!.provider;
}

/** The rightful caller, or sometimes anyone. */
export function callerOf({ random, cast }: Draw, rightful: string): string {
  return random.chance(3) ? random.pick(cast.everyone) : rightful;
}

export function someText({ random }: Draw): string {
  return random.pick(["", "{}", `{"url":"https://${"node".repeat(10)}.example"}`]);
}
