import type { EventArgs, Handlers } from "../log";
import type { State } from ".";
import { currencyById, indexOf, requiredCurrency } from "./currencies";
import { newLine, previewLine, type Preview } from "./lines";
import { BPS, got, insist, insistEqual, known, MONTH, NOBODY, scaleOf } from "./numbers";
import { placesOf, Places } from "./places";

export interface Member {
  rent: bigint;
  place: number;
  vnodes: bigint;
  qualityBps: bigint;
  revenuePaid: bigint;
}

/** What is kept of a node in a cluster also when it has left. */
export interface Service {
  covered: bigint;
  leftAt: bigint;
  liableVnodes: bigint;
  reducedAt: bigint;
}

export interface Cluster {
  readonly id: bigint;
  readonly currencyId: bigint;
  readonly vnodeCount: bigint;
  manager: string;
  offeredTo: string;
  managementFeeBps: bigint;
  params: string;
  closed: boolean;
  resourcePerVnode: bigint;
  places: Places | undefined;
  /** By node; vacancies under the ids of their stand-ins. */
  members: Map<bigint, Member>;
  revenuePerWeight: bigint;
  undistributed: bigint;
}

/** The stand-in for the node that left a place: one of the largest 256 ids. */
const FIRST_VACANCY = 2n ** 32n - 256n;
const vacancyAt = (place: number): bigint => FIRST_VACANCY + BigInt(place) - 1n;
export const isVacant = (nodeId: bigint): boolean => nodeId >= FIRST_VACANCY;

export function clusterOf({ clusters }: State, clusterId: bigint): Cluster {
  return known(clusters, clusterId, "cluster");
}

function memberOf({ members }: Cluster, nodeId: bigint): Member {
  return known(members, nodeId, "a member of a cluster, node");
}

const NO_SERVICE: Readonly<Service> = { covered: 0n, leftAt: 0n, liableVnodes: 0n, reducedAt: 0n };

export function serviceOf({ services }: State, clusterId: bigint, nodeId: bigint): Readonly<Service> {
  return services.get(`${clusterId}:${nodeId}`) ?? NO_SERVICE;
}

export function changeService({ services }: State, clusterId: bigint, nodeId: bigint, changes: Partial<Service>): void {
  Object.assign(
    got(services, `${clusterId}:${nodeId}`, () => ({ ...NO_SERVICE })),
    changes,
  );
}

export function vnodesOn({ clusters }: State, clusterId: bigint, nodeId: bigint): bigint {
  return clusters.get(clusterId)?.members.get(nodeId)?.vnodes ?? 0n;
}

/** How long the bond of a node answers for vnodes that it serves no more; 0 with default terms, and of a cluster that is gone. */
function noticeOf({ clusters, terms }: State, clusterId: bigint): bigint {
  return clusters.has(clusterId) ? (terms.get(clusterId)?.leavingNotice ?? 0n) : 0n;
}

export function liableVnodes(state: State, now: bigint, clusterId: bigint, nodeId: bigint): bigint {
  const { liableVnodes: earlier, reducedAt } = serviceOf(state, clusterId, nodeId);
  const vnodes = vnodesOn(state, clusterId, nodeId);
  return earlier > vnodes && now < reducedAt + noticeOf(state, clusterId) ? earlier : vnodes;
}

/** Notes how many vnodes a node's bond answers for, before the node serves fewer. */
function noteReduction(state: State, now: bigint, clusterId: bigint, nodeId: bigint): void {
  if (noticeOf(state, clusterId) === 0n) return;
  const liable = liableVnodes(state, now, clusterId, nodeId);
  changeService(state, clusterId, nodeId, { liableVnodes: liable, reducedAt: now });
}

function leave(state: State, now: bigint, cluster: Cluster, nodeId: bigint): void {
  if (!isVacant(nodeId)) {
    noteReduction(state, now, cluster.id, nodeId);
    changeService(state, cluster.id, nodeId, { leftAt: now });
  }
  cluster.members.delete(nodeId);
}

function enter(cluster: Cluster, nodeId: bigint, { rent, place, vnodes }: Pick<Member, "rent" | "place" | "vnodes">): void {
  cluster.members.set(nodeId, { rent, place, vnodes, qualityBps: BPS, revenuePaid: cluster.revenuePerWeight });
  placesOf(cluster).set(place, nodeId);
}

export function rentPerUnit({ members }: Cluster): bigint {
  return [...members.values()].reduce((sum, { rent, vnodes }) => sum + rent * vnodes, 0n);
}

export const weightOf = ({ rent, vnodes, qualityBps }: Member): bigint => rent * vnodes * qualityBps;

export function weight({ members }: Cluster): bigint {
  return [...members.values()].reduce((sum, member) => sum + weightOf(member), 0n);
}

function fill(cluster: Cluster, nodeIds: bigint[], rents: bigint[]): void {
  const count = BigInt(nodeIds.length);
  cluster.places = new Places(nodeIds.length);
  for (const [i, nodeId] of nodeIds.entries()) {
    const vnodes = cluster.vnodeCount / count + (BigInt(i) < cluster.vnodeCount % count ? 1n : 0n);
    enter(cluster, nodeId, { rent: rents[i]!, place: i + 1, vnodes });
    cluster.members.get(nodeId)!.revenuePaid = 0n;
  }
}

/** The event has the vacancy that is filled once the cluster registry logs it. */
type NodeReplaced = EventArgs<"clusterRegistry", "NodeReplaced"> & { vacantNodeId?: bigint };

/** The node that an event of a replacement means by `oldNodeId`, which is 0 for a vacancy. */
function checkedOld(found: bigint, oldNodeId: bigint): bigint {
  insistEqual(oldNodeId, isVacant(found) ? 0n : found, "The node that is replaced");
  return found;
}

function vacancyOf({ members }: Cluster, { vacantNodeId, vnodes }: NodeReplaced): bigint {
  if (vacantNodeId !== undefined) return vacantNodeId;
  const vacant = [...members].filter(([nodeId, member]) => isVacant(nodeId) && member.vnodes === vnodes);
  insist(vacant.length === 1, "The log does not say which vacancy is filled.");
  return vacant[0]![0];
}

function replaceVnode(state: State, args: EventArgs<"clusterRegistry", "VnodeReplaced">, now: bigint): void {
  const { clusterId, newNodeId, vnodeIndex, rentPerMonth } = args;
  const cluster = clusterOf(state, clusterId);
  const places = placesOf(cluster);
  const oldNodeId = checkedOld(places.nodeOf(vnodeIndex), args.oldNodeId);
  const [from, to] = [memberOf(cluster, oldNodeId), cluster.members.get(newNodeId)];
  from.revenuePaid = cluster.revenuePerWeight;
  if (to !== undefined) {
    insistEqual(rentPerMonth, to.rent, "The rent of a node");
    to.revenuePaid = cluster.revenuePerWeight;
  }
  const entering = { rent: rentPerMonth, vnodes: 1n };
  if (from.vnodes === 1n) {
    leave(state, now, cluster, oldNodeId);
    if (to === undefined) {
      enter(cluster, newNodeId, { ...entering, place: from.place });
      return;
    }
    places.free(from.place);
  } else {
    if (!isVacant(oldNodeId)) noteReduction(state, now, cluster.id, oldNodeId);
    from.vnodes -= 1n;
  }
  if (to === undefined) enter(cluster, newNodeId, { ...entering, place: places.take() });
  else to.vnodes += 1n;
  places.move(vnodeIndex, memberOf(cluster, newNodeId).place);
}

function replaceNode(state: State, args: NodeReplaced, now: bigint): void {
  const cluster = clusterOf(state, args.clusterId);
  const oldNodeId = args.oldNodeId === 0n ? vacancyOf(cluster, args) : args.oldNodeId;
  const { place, vnodes } = memberOf(cluster, oldNodeId);
  insistEqual(args.vnodes, vnodes, "How many vnodes move");
  enter(cluster, args.newNodeId, { rent: args.rentPerMonth, place, vnodes });
  leave(state, now, cluster, oldNodeId);
}

function vacate(state: State, { clusterId, nodeId, vnodes }: EventArgs<"clusterRegistry", "NodeVacated">, now: bigint): void {
  const cluster = clusterOf(state, clusterId);
  const member = memberOf(cluster, nodeId);
  insistEqual(vnodes, member.vnodes, "How many vnodes become vacant");
  leave(state, now, cluster, nodeId);
  enter(cluster, vacancyAt(member.place), member);
  memberOf(cluster, vacancyAt(member.place)).qualityBps = 0n;
}

function distribute(state: State, args: EventArgs<"clusterRegistry", "RevenuesDistributed">): void {
  const cluster = clusterOf(state, args.clusterId);
  const { networkFee, managementFee, shares, revenuePerWeight, manager } = args;
  insistEqual(manager, cluster.manager, "The manager of a cluster");
  known(state.lines, cluster.id, "line").base -= networkFee + managementFee + shares;
  const toShare = shares + cluster.undistributed;
  const divisor = weight(cluster);
  insist(divisor !== 0n, "A cluster without weight shares something.");
  insistEqual(revenuePerWeight, cluster.revenuePerWeight + toShare / divisor, "What a unit of weight has earned");
  cluster.revenuePerWeight = revenuePerWeight;
  cluster.undistributed = toShare % divisor;
}

function remove(state: State, { clusterId, leftover }: EventArgs<"clusterRegistry", "ClusterRemoved">, now: bigint): void {
  const cluster = clusterOf(state, clusterId);
  const line = state.lines.get(clusterId);
  if (line !== undefined) line.base -= leftover - cluster.undistributed;
  for (const nodeId of [...cluster.members.keys()]) leave(state, now, cluster, nodeId);
  got(state.managedBefore, clusterId, () => new Set()).add(cluster.manager);
  state.clusters.delete(clusterId);
}

/** What the cluster registry logs. */
export const CLUSTER_HANDLERS: Handlers = {
  clusterRegistry: {
    AuthorityUpdated: (state, { authority }) => {
      state.authorities.set("clusterRegistry", authority);
    },
    NetworkFeeChanged: (state, { networkFeeBps, networkAccount }) => {
      state.networkFee = { networkFeeBps, networkAccount };
    },
    ClusterCreated: (state, { clusterId, manager, currency, vnodeCount, managementFeeBps, nodeIds, rents, params }) => {
      insistEqual(clusterId, ++state.lastClusterId, "The id of a cluster");
      const cluster: Cluster = {
        id: clusterId,
        currencyId: known(state.currencies, currency, "currency").id,
        vnodeCount,
        manager,
        offeredTo: NOBODY,
        managementFeeBps,
        params,
        closed: false,
        resourcePerVnode: 0n,
        places: undefined,
        members: new Map(),
        revenuePerWeight: 0n,
        undistributed: 0n,
      };
      state.clusters.set(clusterId, cluster);
      if (nodeIds.length !== 0) fill(cluster, nodeIds, rents);
    },
    ClusterFilled: (state, { clusterId, nodeIds, rents, rentPerUnit: rent }) => {
      const cluster = clusterOf(state, clusterId);
      fill(cluster, nodeIds, rents);
      insistEqual(rent, rentPerUnit(cluster), "The rent per unit of a cluster");
    },
    ResourceReserved: (state, { clusterId, resourcePerVnode }) => {
      clusterOf(state, clusterId).resourcePerVnode = resourcePerVnode;
    },
    ResourceReleased: (state, { clusterId, resourcePerVnode }) => {
      clusterOf(state, clusterId).resourcePerVnode = resourcePerVnode;
    },
    VnodeReplaced: withRent(replaceVnode),
    NodeReplaced: withRent(replaceNode),
    NodeVacated: vacate,
    VnodesCovered: (state, { clusterId, nodeId, vnodes }) => {
      changeService(state, clusterId, nodeId, { covered: vnodes });
    },
    QualityChanged: (state, { clusterId, nodeId, qualityBps }) => {
      const cluster = clusterOf(state, clusterId);
      Object.assign(memberOf(cluster, nodeId), { qualityBps, revenuePaid: cluster.revenuePerWeight });
    },
    RentAccepted: withRent((state, { clusterId, nodeId, rentPerMonth }: EventArgs<"clusterRegistry", "RentAccepted">) => {
      const cluster = clusterOf(state, clusterId);
      Object.assign(memberOf(cluster, nodeId), { rent: rentPerMonth, revenuePaid: cluster.revenuePerWeight });
    }),
    RevenuesDistributed: distribute,
    RevenuesClaimed: (state, { clusterId, nodeId, scaledAmount }) => {
      const cluster = clusterOf(state, clusterId);
      const member = memberOf(cluster, nodeId);
      const owed = weightOf(member) * (cluster.revenuePerWeight - member.revenuePaid);
      // A node that leaves with its cluster, and whose quality was set back just before, counts as paid.
      if (owed !== 0n) insistEqual(scaledAmount, owed, "What a node claims");
      member.revenuePaid = cluster.revenuePerWeight;
    },
    ClusterClosureChanged: (state, { clusterId, closed }) => {
      clusterOf(state, clusterId).closed = closed;
    },
    ClusterParamsChanged: (state, { clusterId, params }) => {
      clusterOf(state, clusterId).params = params;
    },
    ManagementFeeLowered: (state, { clusterId, managementFeeBps }) => {
      clusterOf(state, clusterId).managementFeeBps = managementFeeBps;
    },
    ManagementOffered: (state, { clusterId, offeredTo }) => {
      clusterOf(state, clusterId).offeredTo = offeredTo;
    },
    ManagementAccepted: (state, { clusterId, oldManager, newManager }) => {
      const cluster = clusterOf(state, clusterId);
      insistEqual(oldManager, cluster.manager, "The manager of a cluster");
      Object.assign(cluster, { manager: newManager, offeredTo: NOBODY });
      got(state.managedBefore, clusterId, () => new Set<string>()).add(oldManager);
      if (!state.founders.has(clusterId)) state.founders.set(clusterId, oldManager);
    },
    ClusterRemoved: remove,
  },
};

/** Of a change that logs the cluster's new rent per unit: that it is the sum of its nodes' rents. */
function withRent<Args extends { clusterId: bigint; rentPerUnit: bigint }>(
  change: (state: State, args: Args, now: bigint) => void,
): (state: State, args: Args, now: bigint) => void {
  return (state, args, now) => {
    change(state, args, now);
    insistEqual(args.rentPerUnit, rentPerUnit(clusterOf(state, args.clusterId)), "The rent per unit of a cluster");
  };
}

// ------------------------------------------------------------ views

export function previewOf(state: State, now: bigint, clusterId: bigint): Preview {
  const line = state.lines.get(clusterId) ?? newLine();
  const currency = currencyById(state, line.currencyId);
  return previewLine(line, indexOf(currency, now), currency?.tickBits ?? 0n);
}

export function clusterStatus(state: State, now: bigint, cluster: Cluster): unknown {
  const currency = requiredCurrency(state, cluster.currencyId);
  const buckets = [...state.buckets.values()].filter(({ clusterId }) => clusterId === cluster.id);
  return {
    clusterId: cluster.id,
    manager: cluster.manager,
    offeredTo: cluster.offeredTo,
    currency: currency.address,
    vnodeCount: cluster.vnodeCount,
    nodeCount: BigInt([...cluster.members.keys()].filter((nodeId) => !isVacant(nodeId)).length),
    resourcePerVnode: cluster.resourcePerVnode,
    resourceUsed: buckets.reduce((sum, { resource }) => sum + resource, 0n),
    rentPerUnit: rentPerUnit(cluster),
    revenues: (previewOf(state, now, cluster.id).scaledRevenue + cluster.undistributed) / scaleOf(currency.decimals),
    closed: cluster.closed,
    managementFeeBps: cluster.managementFeeBps,
    params: cluster.params,
  };
}

export function claimableBy(state: State, clusterId: bigint, nodeId: bigint): { claimable: bigint; scaledClaimable: bigint } {
  const cluster = clusterOf(state, clusterId);
  const member = memberOf(cluster, nodeId);
  const scaledClaimable = weightOf(member) * (cluster.revenuePerWeight - member.revenuePaid);
  return { claimable: scaledClaimable / scaleOf(requiredCurrency(state, cluster.currencyId).decimals), scaledClaimable };
}

export function getMembers(state: State, clusterId: bigint): unknown {
  const cluster = clusterOf(state, clusterId);
  return [...cluster.members]
    .filter(([nodeId]) => !isVacant(nodeId))
    .sort(([, a], [, b]) => a.place - b.place)
    .map(([nodeId, { vnodes, rent, qualityBps }]) => ({
      nodeId,
      vnodes,
      rentPerMonth: rent,
      qualityBps,
      ...claimableBy(state, clusterId, nodeId),
    }));
}

export function getVnodes(state: State, clusterId: bigint, offset: bigint, limit: bigint): unknown {
  const { places, vnodeCount } = clusterOf(state, clusterId);
  const end = offset + limit < vnodeCount ? offset + limit : vnodeCount;
  return Array.from({ length: end > offset ? Number(end - offset) : 0 }, (_, i) => {
    const nodeId = places?.nodeOf(offset + BigInt(i)) ?? 0n;
    return isVacant(nodeId) ? 0n : nodeId;
  });
}

export function membershipOf(state: State, now: bigint, clusterId: bigint, nodeId: bigint): unknown {
  const member = state.clusters.get(clusterId)?.members.get(nodeId);
  const { covered, leftAt } = serviceOf(state, clusterId, nodeId);
  return {
    rentPerMonth: member?.rent ?? 0n,
    vnodes: member?.vnodes ?? 0n,
    qualityBps: member?.qualityBps ?? BPS,
    coveredVnodes: covered,
    leftAt,
    liableVnodes: liableVnodes(state, now, clusterId, nodeId),
  };
}

export function quote(state: State, clusterId: bigint, resource: bigint): unknown {
  const cluster = clusterOf(state, clusterId);
  const { decimals, perSecond } = requiredCurrency(state, cluster.currencyId);
  const usdPerMonth = rentPerUnit(cluster) * resource;
  return { usdPerMonth, tokensPerMonth: (usdPerMonth * perSecond * MONTH) / scaleOf(decimals) };
}
