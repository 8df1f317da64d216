import type { Question } from "../model/chain";
import type { Cast } from "../model/setup";
import type { Logger } from "./log";
import type { State } from "./state";
import { isUngated } from "./state/access";
import { isVacant, vnodesOn } from "./state/clusters";
import { NOBODY } from "./state/numbers";

const ALL = 2n ** 32n - 1n;
/** How many vnodes of a cluster, and ticks of a line, are looked at. */
const VNODES_SHOWN = 24n;
const TICKS_SHOWN = 4;
const RIGHTS = [1n, 2n, 3n];
const UNKNOWN = 10_000n;

const ask = (contract: Logger, view: string, ...args: unknown[]): Question => ({ contract, view, args });

const upTo = (lastId: bigint): bigint[] => Array.from({ length: Number(lastId) }, (_, i) => BigInt(i) + 1n);

/**
 * Every view of all that there is, and of some that there is not. Of pairs, those that the logs tell of, and by turns one that they do not:
 * the lists show whether there is anything else.
 */
export function questionsAbout(state: State, cast: Cast, turn: number): Question[] {
  const { everyone } = cast;
  return [
    ask("accountRegistry", "lastCurrencyId"),
    ask("priceRegistry", "authority"),
    ask("priceRegistry", "listCurrencies", 0n, ALL),
    ask("priceRegistry", "listCurrencies", 2n, 2n),
    ask("clusterRegistry", "authority"),
    ask("clusterRegistry", "networkFee"),
    ...lists("nodeRegistry", "listNodes", everyone, turn),
    ...lists("clusterRegistry", "listClusters", everyone, turn),
    ...lists("bucketRegistry", "listBuckets", everyone, turn),
    ...[...state.currencies.values()].flatMap(({ address, id }) => ofCurrency(address, id, everyone)),
    ...cast.providers.flatMap((provider) => everyone.map((manager) => ask("nodeRegistry", "isTrusted", provider, manager))),
    ...[...state.nodes.keys()].flatMap((nodeId) => ["getNode", "providerOf", "rentOf"].map((view) => ask("nodeRegistry", view, nodeId))),
    ...[...upTo(state.lastClusterId), UNKNOWN].flatMap((clusterId) => ofCluster(state, cast, clusterId, turn)),
    ...[...state.buckets.keys()].flatMap((bucketId) => ofBucket(state, everyone, bucketId, turn)),
    ask("bucketRegistry", "canAccess", UNKNOWN, NOBODY, 1n),
  ];
}

function lists(contract: Logger, view: string, everyone: readonly string[], turn: number): Question[] {
  return [
    ask(contract, view, 0n, ALL, NOBODY),
    ask(contract, view, BigInt(turn % 5), 3n, NOBODY),
    ask(contract, view, 0n, ALL, everyone[turn % everyone.length]),
  ];
}

function ofCurrency(currency: string, id: bigint, everyone: readonly string[]): Question[] {
  return [
    ask("accountRegistry", "getListing", currency),
    ask("accountRegistry", "custody", currency),
    ask("accountRegistry", "currencyIdOf", currency),
    ask("accountRegistry", "currencyOf", id),
    ask("priceRegistry", "getCurrency", currency),
    ...everyone.flatMap((account) => [
      ask("accountRegistry", "getAccount", account, currency),
      ask("accountRegistry", "listStreams", account, currency),
      ask("accountRegistry", "coverageOf", account, id),
    ]),
  ];
}

function ofCluster(state: State, cast: Cast, clusterId: bigint, turn: number): Question[] {
  const line = state.lines.get(clusterId);
  const ticks = [...(line?.ends.keys() ?? [])].slice(-TICKS_SHOWN);
  return [
    ...["getLine", "poolOf"].map((view) => ask("accountRegistry", view, clusterId)),
    ...cast.owners.map((payer) => ask("accountRegistry", "getStream", payer, clusterId)),
    ...[...ticks, line?.crossedTick ?? 0n].map((tick) => ask("accountRegistry", "endsAt", clusterId, tick)),
    ...["partiesOf", "currencyIdOf", "undistributedOf"].map((view) => ask("clusterRegistry", view, clusterId)),
    ...cast.managers.map((account) => ask("clusterRegistry", "hasManaged", clusterId, account)),
    ask("termsRegistry", "offeredValidator", clusterId),
    ...pairsOf(state, clusterId, turn).flatMap((nodeId) => [
      ask("clusterRegistry", "membershipOf", clusterId, nodeId),
      ...["validatorOf", "officeOf", "getAgreement", "pendingOf", "bondOf"].map((view) => ask("termsRegistry", view, clusterId, nodeId)),
    ]),
    ...(state.clusters.has(clusterId) ? ofLivingCluster(state, clusterId) : []),
  ];
}

/** The nodes that the logs tell of in a cluster, and another. */
function pairsOf({ services, agreements, lastNodeId }: State, clusterId: bigint, turn: number): bigint[] {
  const nodeIds = upTo(lastNodeId);
  const told = nodeIds.filter((nodeId) => services.has(`${clusterId}:${nodeId}`) || agreements.has(`${clusterId}:${nodeId}`));
  const other = nodeIds[(turn + Number(clusterId)) % nodeIds.length];
  return [...new Set([...told, ...(other === undefined ? [] : [other])])];
}

function ofLivingCluster(state: State, clusterId: bigint): Question[] {
  const nodeIds = [...state.clusters.get(clusterId)!.members.keys()].filter((nodeId) => !isVacant(nodeId));
  return [
    ...["getCluster", "getMembers", "managerOf", "previewDistribution", "servedOf"].map((view) => ask("clusterRegistry", view, clusterId)),
    ask("clusterRegistry", "getVnodes", clusterId, 0n, VNODES_SHOWN),
    ask("clusterRegistry", "getVnodes", clusterId, 3n, 2n),
    ask("clusterRegistry", "quote", clusterId, 3n),
    ask("termsRegistry", "getTerms", clusterId),
    ...nodeIds.map((nodeId) => ask("clusterRegistry", "claimable", clusterId, nodeId)),
    ...nodeIds
      .filter((nodeId) => vnodesOn(state, clusterId, nodeId) !== 0n)
      .map((nodeId) => ask("termsRegistry", "qualityOf", clusterId, nodeId)),
  ];
}

function ofBucket(state: State, everyone: readonly string[], bucketId: bigint, turn: number): Question[] {
  const { access, owner } = state.buckets.get(bucketId)!;
  const readers = [...new Set([...access.grants.keys(), ...access.keys.keys(), NOBODY, owner, everyone[turn % everyone.length]])];
  const queries = RIGHTS.filter((right) => isUngated(access, right)).flatMap((right) =>
    readers.map((account) => [bucketId, account, right]),
  );
  return [
    ask("bucketRegistry", "getBucket", bucketId),
    ask("bucketRegistry", "getAccess", bucketId),
    ...readers.flatMap((account) => ["grantOf", "keyOf"].map((view) => ask("bucketRegistry", view, bucketId, account))),
    ...queries.slice(0, 1).map((query) => ask("bucketRegistry", "canAccess", ...query)),
    ask("bucketRegistry", "canAccessMany", queries),
  ];
}
