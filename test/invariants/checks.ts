import { expect } from "chai";

import type { ClusterState, State } from "./state";

function sum<T>(items: readonly T[], value: (item: T) => bigint): bigint {
  return items.reduce((total, item) => total + value(item), 0n);
}

/** Section 5 of the design, as of one block. */
export function expectInvariants(state: State): void {
  expectExactCustody(state);
  expectRatesAddUp(state);
  expectNodesAddUp(state);
  for (const cluster of state.clusters) expectClusterAddsUp(state, cluster);
  for (const { bucketId, resource, ratePerMonth } of state.buckets) {
    if (resource === 0n) expect(ratePerMonth, `rate of empty bucket ${bucketId}`).to.equal(0n);
  }
}

/** What happened from one block to the next. */
export function expectProgress(before: State, after: State, move: string): void {
  for (const [i, account] of after.accounts.entries()) {
    const earlier = before.accounts[i];
    if (earlier === undefined) continue;
    const who = `${account.account} in ${account.currency}`;
    expect(account.fundedIndex >= earlier.fundedIndex, `funded index of ${who} never falls`).to.equal(true);
    // Nobody's rate rises but by these two; who may call them, the unit tests show.
    if (account.rate > earlier.rate) expect(["allocate", "acceptBucket"], `rate of ${who}`).to.include(move);
  }
  for (const [i, { currency, index }] of after.currencies.entries()) {
    expect(index >= (before.currencies[i]?.index ?? 0n), `index of ${currency} never falls`).to.equal(true);
  }
}

/** Owed = balances + unsettled streams + pools + undivided + unclaimed shares, in fine units; and held = owed. */
function expectExactCustody({ currencies, accounts, streams, clusters, leftBehind }: State): void {
  for (const { currency, owed, held, finePerBaseUnit, index } of currencies) {
    const ofCurrency = clusters.filter((cluster) => cluster.currency === currency);
    const ids = new Set(ofCurrency.map(({ clusterId }) => clusterId));
    const ofAccounts = accounts.filter((account) => account.currency === currency);
    const parts =
      sum(ofAccounts, ({ fineBalance }) => fineBalance) +
      sum(
        streams.filter(({ clusterId }) => ids.has(clusterId)),
        ({ fineOwed }) => fineOwed,
      ) +
      sum(ofCurrency, ({ pool, undivided, members }) => pool + undivided + sum(members, ({ fineClaimable }) => fineClaimable));
    expect(parts, `custody of ${currency}`).to.equal(owed * finePerBaseUnit);
    expect(held, `held of ${currency}`).to.equal(owed);
    for (const { account, fundedIndex } of ofAccounts) {
      expect(fundedIndex <= index, `${account} has paid for no more than there was`).to.equal(true);
    }
  }
  expect(leftBehind, "pools of removed clusters").to.equal(0n);
}

/** An account's rate = the sum of its streams' = the sum of its buckets'. */
function expectRatesAddUp({ accounts, streams, clusters, buckets }: State): void {
  const currencyOf = new Map(clusters.map(({ clusterId, currency }) => [clusterId, currency]));
  for (const { payer, clusterId, rate } of streams) {
    const own = buckets.filter((bucket) => bucket.owner === payer && bucket.clusterId === clusterId);
    const ofBuckets = sum(own, ({ ratePerMonth }) => ratePerMonth);
    expect(rate, `stream from ${payer} to ${clusterId}`).to.equal(ofBuckets);
  }
  for (const { account, currency, rate } of accounts) {
    const own = streams.filter(({ payer, clusterId }) => payer === account && currencyOf.get(clusterId) === currency);
    expect(rate, `rate of ${account} in ${currency}`).to.equal(sum(own, (stream) => stream.rate));
  }
}

/** What is reserved of a node <= its capacity, and = the sum over clusters of its vnodes there x resource per vnode. */
function expectNodesAddUp({ nodes, clusters }: State): void {
  const places = clusters.flatMap(({ members, resourcePerVnode }) => members.map((member) => ({ ...member, resourcePerVnode })));
  for (const { nodeId, capacity, reserved, clusters: inClusters } of nodes) {
    const own = places.filter((member) => member.nodeId === nodeId);
    expect(reserved, `reserved of node ${nodeId}`).to.equal(sum(own, ({ vnodes, resourcePerVnode }) => vnodes * resourcePerVnode));
    expect(reserved <= capacity, `capacity of node ${nodeId}`).to.equal(true);
    expect(inClusters, `clusters of node ${nodeId}`).to.equal(BigInt(own.length));
  }
}

/** What is used <= what is reserved, and = the sum of the buckets' resource; the weight = the sum of the vnodes' rents. */
function expectClusterAddsUp({ buckets }: State, cluster: ClusterState): void {
  const { clusterId, members, vnodes, vnodeCount, rentPerUnit, resourceUsed, resourcePerVnode } = cluster;
  const own = buckets.filter((bucket) => bucket.clusterId === clusterId);
  expect(resourceUsed, `used of cluster ${clusterId}`).to.equal(sum(own, ({ resource }) => resource));
  expect(resourceUsed <= resourcePerVnode, `reserved of cluster ${clusterId}`).to.equal(true);
  expect(vnodes.length, `vnodes of cluster ${clusterId}`).to.equal(Number(vnodeCount));
  for (const member of members) {
    const leadThere = vnodes.filter((nodeId) => nodeId === member.nodeId).length;
    expect(member.vnodes, `vnodes of node ${member.nodeId} in cluster ${clusterId}`).to.equal(BigInt(leadThere));
  }
  const rents = new Map(members.map(({ nodeId, rent }) => [nodeId, rent]));
  const weight = sum(vnodes, (nodeId) => rents.get(nodeId) ?? 0n);
  expect(rentPerUnit, `weight of cluster ${clusterId}`).to.equal(weight);
}
