import type { Logger } from "./log";
import type { State } from "./state";
import { canAccess, getAccess, grantOf, keyOf } from "./state/access";
import { coverageOf, getAccount, getStream, listStreams } from "./state/accounts";
import { bucketOf, bucketStatus } from "./state/buckets";
import {
  claimableBy,
  clusterOf,
  clusterStatus,
  getMembers,
  getVnodes,
  membershipOf,
  previewDistribution,
  previewOf,
  quote,
  rentPerUnit,
  weight,
} from "./state/clusters";
import { currencyById, getCurrency, getListing, requiredCurrency } from "./state/currencies";
import { newLine } from "./state/lines";
import { nodeOf, nodeStatus } from "./state/nodes";
import { BPS, known, NOBODY, scaleOf } from "./state/numbers";
import { agreementOf, founderOf, getAgreement, getTerms, officeOf, pendingOf, validatorOf } from "./state/terms";

/** What a view returns at a time (unix seconds). */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- The ABI says of which types the arguments are.
type View = (state: State, now: bigint, ...args: any[]) => unknown;

/** The items on a page that belong to somebody, zero: to anyone. */
function page<T extends { id: bigint }>(
  items: ReadonlyMap<bigint, T>,
  lastId: bigint,
  { offset, limit, owner }: { offset: bigint; limit: bigint; owner: string },
  { ownerOf, show }: { ownerOf: (item: T) => string; show: (item: T) => unknown },
): unknown {
  const found = [...items.values()]
    .filter(({ id }) => id >= offset && id < offset + limit)
    .filter((item) => owner === NOBODY || ownerOf(item) === owner)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { items: found.map(show), lastId };
}

/** Every view, by contract and name. */
export const VIEWS: Readonly<Record<Logger, Readonly<Record<string, View>>>> = {
  accountRegistry: {
    getAccount,
    getStream,
    listStreams,
    getLine: (state, now, clusterId: bigint) => {
      const { currencyId, rate, crossedTick, share, unservedSince } = state.lines.get(clusterId) ?? newLine();
      return {
        currencyId,
        ratePerMonth: rate,
        settledTick: crossedTick,
        ...previewOf(state, now, clusterId),
        unservedShare: share,
        unservedSince,
      };
    },
    endsAt: ({ lines }, _now, clusterId: bigint, tick: bigint) => lines.get(clusterId)?.ends.get(tick) ?? 0n,
    poolOf: (state, now, clusterId: bigint) => previewOf(state, now, clusterId).scaledRevenue,
    coverageOf,
    custody: ({ currencies }, _now, currency: string) => ({ owed: known(currencies, currency, "currency").owed }),
    getListing,
    currencyIdOf: ({ currencies }, _now, currency: string) => known(currencies, currency, "currency").id,
    currencyOf: (state, _now, currencyId: bigint) => {
      const { address, decimals, perSecond } = requiredCurrency(state, currencyId);
      return { currency: address, scale: scaleOf(decimals), indexPerSecond: perSecond };
    },
    lastCurrencyId: ({ currencies }) => BigInt(currencies.size),
  },
  priceRegistry: {
    authority: ({ authorities }) => authorities.get("priceRegistry"),
    getCurrency,
    listCurrencies: (state, now, offset: bigint, limit: bigint) => {
      const ids = [...state.currencies.values()].map(({ id }) => id).filter((id) => id >= offset && id < offset + limit);
      const items = ids.map((id) => getCurrency(state, now, currencyById(state, id)!.address));
      return { items, lastId: BigInt(state.currencies.size) };
    },
  },
  nodeRegistry: {
    getNode: (state, _now, nodeId: bigint) => nodeStatus(state, nodeOf(state, nodeId)),
    listNodes: (state, _now, offset: bigint, limit: bigint, owner: string) =>
      page(
        state.nodes,
        state.lastNodeId,
        { offset, limit, owner },
        { ownerOf: ({ provider }) => provider, show: (node) => nodeStatus(state, node) },
      ),
    isTrusted: ({ trust }, _now, provider: string, manager: string) => trust.has(`${provider}:${manager}`),
    providerOf: (state, _now, nodeId: bigint) => nodeOf(state, nodeId).provider,
    rentOf: (state, _now, nodeId: bigint) => nodeOf(state, nodeId).rent,
  },
  clusterRegistry: {
    authority: ({ authorities }) => authorities.get("clusterRegistry"),
    getCluster: (state, now, clusterId: bigint) => clusterStatus(state, now, clusterOf(state, clusterId)),
    listClusters: (state, now, offset: bigint, limit: bigint, owner: string) =>
      page(
        state.clusters,
        state.lastClusterId,
        { offset, limit, owner },
        { ownerOf: ({ manager }) => manager, show: (cluster) => clusterStatus(state, now, cluster) },
      ),
    getVnodes: (state, _now, clusterId: bigint, offset: bigint, limit: bigint) => getVnodes(state, clusterId, offset, limit),
    getMembers: (state, _now, clusterId: bigint) => getMembers(state, clusterId),
    claimable: (state, _now, clusterId: bigint, nodeId: bigint) => claimableBy(state, clusterId, nodeId).claimable,
    quote: (state, _now, clusterId: bigint, resource: bigint) => quote(state, clusterId, resource),
    previewDistribution,
    networkFee: ({ networkFee }) => networkFee,
    managerOf: (state, _now, clusterId: bigint) => clusterOf(state, clusterId).manager,
    partiesOf: (state, _now, clusterId: bigint) => ({
      manager: state.clusters.get(clusterId)?.manager ?? NOBODY,
      founder: founderOf(state, clusterId),
    }),
    hasManaged: ({ clusters, managedBefore }, _now, clusterId: bigint, account: string) =>
      clusters.get(clusterId)?.manager === account || (managedBefore.get(clusterId)?.has(account) ?? false),
    currencyIdOf: ({ clusters }, _now, clusterId: bigint) => clusters.get(clusterId)?.currencyId ?? 0n,
    membershipOf,
    servedOf: (state, _now, clusterId: bigint) => {
      const cluster = clusterOf(state, clusterId);
      return { served: weight(cluster), nominal: rentPerUnit(cluster) * BPS };
    },
    undistributedOf: ({ clusters }, _now, clusterId: bigint) => clusters.get(clusterId)?.undistributed ?? 0n,
  },
  bucketRegistry: {
    getBucket: (state, now, bucketId: bigint) => bucketStatus(state, now, bucketOf(state, bucketId)),
    listBuckets: (state, now, offset: bigint, limit: bigint, owner: string) =>
      page(
        state.buckets,
        state.lastBucketId,
        { offset, limit, owner },
        { ownerOf: (bucket) => bucket.owner, show: (bucket) => bucketStatus(state, now, bucket) },
      ),
    canAccess,
    canAccessMany: (state, now, queries: [bigint, string, bigint][]) =>
      queries.map(([bucketId, account, right]) => canAccess(state, now, bucketId, account, right)),
    getAccess: (state, _now, bucketId: bigint) => getAccess(state, bucketId),
    grantOf: (state, _now, bucketId: bigint, account: string) => grantOf(state, bucketId, account),
    keyOf: (state, _now, bucketId: bigint, reader: string) => keyOf(state, bucketId, reader),
  },
  termsRegistry: {
    getTerms: (state, _now, clusterId: bigint) => {
      clusterOf(state, clusterId);
      return getTerms(state, clusterId);
    },
    offeredValidator: ({ pendingValidators }, _now, clusterId: bigint) =>
      pendingValidators.get(clusterId) ?? { validator: NOBODY, effectiveAt: 0n },
    officeOf: (state, _now, clusterId: bigint, nodeId: bigint) => officeOf(state, clusterId, nodeId),
    validatorOf: (state, _now, clusterId: bigint, nodeId: bigint) => validatorOf(state, clusterId, nodeId),
    getAgreement,
    pendingOf,
    bondOf: (state, _now, clusterId: bigint, nodeId: bigint) => agreementOf(state, clusterId, nodeId).bond,
    qualityOf: (state, _now, clusterId: bigint, nodeId: bigint) => known(clusterOf(state, clusterId).members, nodeId, "member").qualityBps,
  },
};

/** Views that are not compared, and why. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "accountRegistry.PRICE_REGISTRY": "fixed in the bytecode",
  "accountRegistry.CLUSTER_REGISTRY": "fixed in the bytecode",
  "accountRegistry.BUCKET_REGISTRY": "fixed in the bytecode",
  "accountRegistry.TERMS_REGISTRY": "fixed in the bytecode",
  "priceRegistry.ACCOUNT_REGISTRY": "fixed in the bytecode",
  "priceRegistry.SEQUENCER_FEED": "fixed in the bytecode",
  "priceRegistry.isConsumingScheduledOp": "set only within a call of the access manager",
  "nodeRegistry.CLUSTER_REGISTRY": "fixed in the bytecode",
  "clusterRegistry.NODE_REGISTRY": "fixed in the bytecode",
  "clusterRegistry.ACCOUNT_REGISTRY": "fixed in the bytecode",
  "clusterRegistry.BUCKET_REGISTRY": "fixed in the bytecode",
  "clusterRegistry.TERMS_REGISTRY": "fixed in the bytecode",
  "clusterRegistry.isConsumingScheduledOp": "set only within a call of the access manager",
  "bucketRegistry.CLUSTER_REGISTRY": "fixed in the bytecode",
  "bucketRegistry.ACCOUNT_REGISTRY": "fixed in the bytecode",
  "bucketRegistry.GATE_GAS": "fixed in the bytecode",
  "termsRegistry.CLUSTER_REGISTRY": "fixed in the bytecode",
  "termsRegistry.NODE_REGISTRY": "fixed in the bytecode",
  "termsRegistry.ACCOUNT_REGISTRY": "fixed in the bytecode",
};

/** Fields of answers that are not compared, and why. */
export const UNCOMPARED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  // What a token says that the registry has: the token's state.
  "accountRegistry.custody": ["held"],
};
