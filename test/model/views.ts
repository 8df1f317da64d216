import type { Question } from "./chain";
import type { Cast } from "./market";
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
import { accountOf, coveredUntil, isDry, rateOf } from "./model/streams";
import { FULL_QUALITY, rentPerUnit, vnodesOn } from "./model/vnodes";
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
  const { balance, missed } = accountOf(currency, person);
  const until = coveredUntil(state, currency, person);
  const funded = { paidIndex: currency.cost.minus(missed).over(STEP), coveredUntil: until };
  const status = {
    ...funded,
    balance: inBaseUnits(currency, balance),
    ratePerMonth: rateOf(state, currency, person),
    scaledBalance: balance.over(SCALED),
  };
  return [
    ask("accountRegistry", "getAccount", [person, currency.address], status),
    ask("accountRegistry", "coverageOf", [person, currency.id], { ...funded, dry: isDry(state, currency, person) }),
  ];
}

/** Of living clusters and of removed ones, which leave nothing behind. */
function streamViews(state: State, { owners }: Cast, clusterId: bigint): Expectation[] {
  const cluster = state.clusters.get(clusterId);
  const streams = owners.map((payer) => {
    const ratePerMonth = cluster === undefined ? 0n : rateOf(state, cluster.currency, payer, clusterId);
    const scaledOwed = (cluster?.unsettled.get(payer) ?? Fraction.ZERO).over(SCALED);
    return ask("accountRegistry", "getStream", [payer, clusterId], { ratePerMonth, scaledOwed, scaledUnserved: 0n });
  });
  return [
    ...streams,
    ask("accountRegistry", "poolOf", [clusterId], (cluster?.pool ?? Fraction.ZERO).over(SCALED)),
    ask("clusterRegistry", "undistributedOf", [clusterId], (cluster?.undistributed ?? Fraction.ZERO).over(SCALED)),
  ];
}

function clusterViews(state: State, cluster: Cluster): Expectation[] {
  const { id, currency, rents, vnodes } = cluster;
  const members = [...rents].map(([nodeId, rentPerMonth]) => {
    const earned = earnedBy(cluster, nodeId);
    const claimable = inBaseUnits(currency, earned);
    return {
      nodeId,
      vnodes: vnodesOn(cluster, nodeId),
      rentPerMonth,
      qualityBps: FULL_QUALITY,
      claimable,
      scaledClaimable: earned.over(SCALED),
    };
  });
  const usdPerMonth = rentPerUnit(cluster) * 3n;
  const tokensPerMonth = inBaseUnits(currency, usd(usdPerMonth).times(tokensPerUsd(currency.usdPerToken)));
  return [
    ask("clusterRegistry", "getMembers", [id], new Set(members)),
    ask("clusterRegistry", "getVnodes", [id, 0n, VNODES_SHOWN], vnodes.slice(0, Number(VNODES_SHOWN))),
    ask("clusterRegistry", "quote", [id, 3n], { usdPerMonth, tokensPerMonth }),
    ...members.map(({ nodeId, claimable }) => ask("clusterRegistry", "claimable", [id, nodeId], claimable)),
  ];
}

function listViews(state: State): Expectation[] {
  const all = [0n, MAX_RESOURCE, NOBODY];
  const list = <T>(items: Map<bigint, T>, show: (item: T) => unknown, lastId: bigint) => ({
    items: [...items.values()].map(show),
    total: lastId + 1n,
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
  const { id, manager, offeredTo, currency, vnodes, rents, resourcePerVnode, closed, managementFee, params, pool, undistributed } = cluster;
  return {
    clusterId: id,
    manager,
    offeredTo,
    currency: currency.address,
    vnodeCount: BigInt(vnodes.length),
    nodeCount: BigInt(rents.size),
    resourcePerVnode,
    resourceUsed: usedOf(state, id),
    rentPerUnit: rentPerUnit(cluster),
    revenues: inBaseUnits(currency, pool.plus(undistributed)),
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
