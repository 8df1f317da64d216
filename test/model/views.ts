import type { Question } from "./chain";
import type { Cast } from "./setup";
import type { Model } from "./model";
import { baseUnitOf } from "./model/accounts";
import { usedOf } from "./model/clusters";
import { FOREVER, MAX_RESOURCE } from "./model/limits";
import { clustersOn, reservedOn, trusts } from "./model/nodes";
import { endOf } from "./model/notices";
import { priceRange } from "./model/prices";
import { earnedBy } from "./model/revenues";
import { SCALED, STEP, tokensPerUsd, usd } from "./model/rounding";
import { type Address, type Bucket, type Cluster, type Currency, NOBODY, type Node, type State } from "./model/state";
import { payableOf, refundOf, unservedShare, withheldFrom } from "./model/lines";
import { accountOf, clustersPaidBy, coveredUntil, isDry, lateOf, rateOf } from "./model/streams";
import { exitOf } from "./model/terms";
import { FULL_QUALITY, isVacant, nodesOf, qualityOf, rentPerUnit, vnodesOn, weight } from "./model/vnodes";
import { Between } from "./between";
import { Fraction } from "./fraction";

/** A view, and what it should say: all or, of a struct, some of its fields. */
export interface Expectation extends Question {
  expected: unknown;
}

/** How many vnodes of a cluster are looked at. */
const VNODES_SHOWN = 20n;

/** All that the registries show, as the model has it. */
export function expectations({ state }: Model, cast: Cast): Expectation[] {
  const everyClusterId = Array.from({ length: Number(state.lastClusterId) }, (_, i) => BigInt(i + 1));
  return [
    ...cast.currencies.flatMap((address) => currencyViews(state, cast, state.currencies.get(address)!)),
    ...everyClusterId.flatMap((id) => streamViews(state, cast, id)),
    ...[...state.clusters.values()].flatMap((cluster) => clusterViews(state, cluster)),
    ...listViews(state),
    ...cast.providers.flatMap((provider) =>
      cast.managers.map((manager) => ask("nodeRegistry", "isTrusted", [provider, manager], trusts(state, provider, manager))),
    ),
    ask("clusterRegistry", "networkFee", [], { networkFeeBps: state.networkFee, networkAccount: state.networkAccount }),
  ];
}

function currencyViews(state: State, { everyone }: Cast, currency: Currency): Expectation[] {
  const { address, id, owed, paused, usdPerToken } = currency;
  const range = priceRange(currency, state.now);
  const expected = { currencyId: id, paused, usdPerToken, ...range, index: currency.cost.over(STEP) };
  return [
    ask("priceRegistry", "getCurrency", [address], expected),
    ask("accountRegistry", "custody", [address], { held: owed, owed }),
    ...everyone.flatMap((person) => accountViews(state, currency, person)),
  ];
}

function accountViews(state: State, currency: Currency, person: Address): Expectation[] {
  const { balance, missed, knownUntil } = accountOf(currency, person);
  const until = coveredUntil(state, currency, person);
  const clusters = clustersPaidBy(state, currency, person);
  const funded = { paidIndex: currency.cost.minus(missed).over(STEP), coveredUntil: until };
  const status = {
    ...funded,
    balance: inBaseUnits(currency, balance),
    ratePerMonth: rateOf(state, currency, person),
    scaledBalance: balance.over(SCALED),
    endIndex: currency.cost.isBelow(knownUntil) ? knownUntil.over(STEP) : 0n,
    streamCount: BigInt(clusters.length),
  };
  return [
    ask("accountRegistry", "getAccount", [person, currency.address], status),
    ask("accountRegistry", "coverageOf", [person, currency.id], { ...funded, depleted: isDry(state, currency, person) }),
    ask(
      "accountRegistry",
      "listStreams",
      [person, currency.address],
      new Set(clusters.map((cluster) => streamStatus(state, cluster, person))),
    ),
  ];
}

function streamStatus(state: State, cluster: Cluster, payer: Address): unknown {
  const ratePerMonth = rateOf(state, cluster.currency, payer, cluster.id);
  const refund = refundOf(cluster, payer, accountOf(cluster.currency, payer));
  return {
    clusterId: cluster.id,
    ratePerMonth,
    scaledLate: lateOf(state, cluster, payer).over(SCALED),
    scaledUnserved: refund.over(SCALED),
  };
}

/** Of living clusters and of removed ones, which leave nothing behind. */
function streamViews(state: State, { owners }: Cast, clusterId: bigint): Expectation[] {
  const cluster = state.clusters.get(clusterId);
  const nothing = { clusterId, ratePerMonth: 0n, scaledLate: 0n, scaledUnserved: 0n };
  const streams = owners.map((payer) =>
    ask("accountRegistry", "getStream", [payer, clusterId], cluster === undefined ? nothing : streamStatus(state, cluster, payer)),
  );
  const revenue = cluster === undefined ? Fraction.ZERO : payableOf(cluster);
  return [
    ...streams,
    ask("accountRegistry", "poolOf", [clusterId], revenue.over(SCALED)),
    ask("accountRegistry", "getLine", [clusterId], lineStatus(state, clusterId)),
    ask("clusterRegistry", "undistributedOf", [clusterId], (cluster?.undistributed ?? Fraction.ZERO).over(SCALED)),
  ];
}

function lineStatus(state: State, clusterId: bigint): unknown {
  const cluster = state.clusters.get(clusterId);
  const currencyId = state.lines.get(clusterId)?.id ?? 0n;
  if (cluster === undefined) return { currencyId, ratePerMonth: 0n, scaledRevenue: 0n, scaledUnserved: 0n, isSettled: true };
  const { currency, passedRate, unservedSince } = cluster;
  const registered = [...currency.accounts]
    .filter(([, { knownUntil }]) => currency.cost.isBelow(knownUntil))
    .reduce((sum, [payer]) => sum + rateOf(state, currency, payer, clusterId), 0n);
  return {
    currencyId,
    ratePerMonth: new Between(registered, registered + passedRate),
    scaledRevenue: payableOf(cluster).over(SCALED),
    scaledUnserved: withheldFrom(cluster).over(SCALED),
    isSettled: true,
    unservedShare: unservedShare(cluster).times(2n ** 32n),
    unservedSince: (unservedSince ?? Fraction.ZERO).over(STEP),
  };
}

function clusterViews(state: State, cluster: Cluster): Expectation[] {
  const { id, currency, rents, vnodes } = cluster;
  const members = nodesOf(cluster).map((nodeId) => {
    const rentPerMonth = rents.get(nodeId)!;
    const earned = earnedBy(cluster, nodeId);
    const claimable = inBaseUnits(currency, earned);
    return {
      nodeId,
      vnodes: vnodesOn(cluster, nodeId),
      rentPerMonth,
      qualityBps: qualityOf(cluster, nodeId),
      claimable,
      scaledClaimable: earned.over(SCALED),
    };
  });
  const shown = vnodes.slice(0, Number(VNODES_SHOWN));
  const usdPerMonth = rentPerUnit(cluster) * 3n;
  const tokensPerMonth = inBaseUnits(currency, usd(usdPerMonth).times(tokensPerUsd(currency.usdPerToken)));
  return [
    ask("clusterRegistry", "getMembers", [id], new Set(members)),
    ask(
      "clusterRegistry",
      "getVnodes",
      [id, 0n, VNODES_SHOWN],
      shown.map((nodeId) => (isVacant(nodeId) ? 0n : nodeId)),
    ),
    ask("clusterRegistry", "servedOf", [id], { served: weight(cluster), nominal: rentPerUnit(cluster) * FULL_QUALITY }),
    ask("clusterRegistry", "quote", [id, 3n], { usdPerMonth, tokensPerMonth }),
    ...members.map(({ nodeId, claimable }) => ask("clusterRegistry", "claimable", [id, nodeId], claimable)),
    ...members.map(({ nodeId }) => ask("termsRegistry", "getAgreement", [id, nodeId], { exitAt: exitOf(state, id, nodeId) })),
  ];
}

function listViews(state: State): Expectation[] {
  const all = [0n, MAX_RESOURCE, NOBODY];
  const list = <T>(items: Map<bigint, T>, show: (item: T) => unknown, lastId: bigint) => ({
    items: [...items.values()].map(show),
    lastId,
  });
  return [
    ask(
      "nodeRegistry",
      "listNodes",
      all,
      list(state.nodes, (node) => nodeStatus(state, node), state.lastNodeId),
    ),
    ask(
      "clusterRegistry",
      "listClusters",
      all,
      list(state.clusters, (cluster) => clusterStatus(state, cluster), state.lastClusterId),
    ),
    ask(
      "bucketRegistry",
      "listBuckets",
      all,
      list(state.buckets, (bucket) => bucketStatus(state, bucket), state.lastBucketId),
    ),
  ];
}

function nodeStatus(state: State, { id, provider, rent, capacity, params }: Node): unknown {
  const [reserved, clusters] = [reservedOn(state, id), clustersOn(state, id)];
  return { nodeId: id, provider, rentPerMonth: rent, capacity, reserved, clusters, params };
}

function clusterStatus(state: State, cluster: Cluster): unknown {
  const { id, manager, offeredTo, currency, vnodes, resourcePerVnode, closed, managementFee, params, undistributed } = cluster;
  return {
    clusterId: id,
    manager,
    offeredTo,
    currency: currency.address,
    vnodeCount: BigInt(vnodes.length),
    nodeCount: BigInt(nodesOf(cluster).length),
    resourcePerVnode,
    resourceUsed: usedOf(state, id),
    rentPerUnit: rentPerUnit(cluster),
    revenues: inBaseUnits(currency, payableOf(cluster).plus(undistributed)),
    closed,
    managementFeeBps: managementFee,
    params,
  };
}

function bucketStatus(state: State, bucket: Bucket): unknown {
  const { id, owner, offeredTo, clusterId, resource, resourceCap, capRent, rate, notice, params } = bucket;
  const cluster = state.clusters.get(clusterId);
  return {
    bucketId: id,
    owner,
    offeredTo,
    clusterId,
    resource,
    resourceCap,
    capRentPerUnit: capRent,
    ratePerMonth: rate,
    coveredUntil: rate === 0n || cluster === undefined ? FOREVER : coveredUntil(state, cluster.currency, owner),
    reclaimableFrom: notice?.until ?? 0n,
    endsAt: endOf(state, bucket) ?? 0n,
    params,
  };
}

function inBaseUnits(currency: Currency, amount: Fraction): bigint {
  return amount.over(baseUnitOf(currency)).floor();
}

function ask(contract: Question["contract"], view: string, args: readonly unknown[], expected: unknown): Expectation {
  return { contract, view, args, expected };
}
