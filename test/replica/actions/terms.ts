import { MaxUint256 } from "ethers";

import { NOBODY } from "../state/numbers";
import { agreementOf, validatorOf } from "../state/terms";
import { isVacant } from "../state/clusters";
import { funding } from "./buckets";
import { aNodeAsCheapAs } from "./clusters";
import {
  type Action,
  aCluster,
  aMember,
  anAgreement,
  aNode,
  aTermsCluster,
  callerOf,
  callOf,
  type Draw,
  type Pair,
  providerOf,
  someText,
  type Weighted,
} from "./draw";

const call = (sender: string, method: string, args: unknown[], value = 0n) => callOf(sender, "termsRegistry", method, args, value);

const hasAccepted =
  (draw: Draw) =>
  ({ clusterId, nodeId }: Pair): boolean =>
    agreementOf(draw.state, clusterId, nodeId).provider !== NOBODY;

function ofProvider(method: string, rest: (draw: Draw, pair: Pair) => unknown[]): Action {
  return (draw) => {
    const pair = anAgreement(draw, hasAccepted(draw));
    return pair && call(callerOf(draw, providerOf(draw, pair.nodeId)), method, [pair.clusterId, pair.nodeId, ...rest(draw, pair)]);
  };
}

/** A node that has not accepted the terms of a cluster. */
function newPair(draw: Draw): Pair | undefined {
  const cluster = aTermsCluster(draw);
  const node = cluster && aNode(draw, ({ id }) => !hasAccepted(draw)({ clusterId: cluster.id, nodeId: id }));
  return cluster && node && { clusterId: cluster.id, nodeId: node.id };
}

function fillCluster(draw: Draw): ReturnType<Action> {
  const { random, state } = draw;
  const cluster = aTermsCluster(draw, ({ places }) => places === undefined);
  if (cluster === undefined) return undefined;
  const bondPerVnode = state.terms.get(cluster.id)!.bondPerVnode;
  const ready = [...state.nodes.values()].filter(({ id, provider }) => {
    const { provider: accepted, bond } = agreementOf(state, cluster.id, id);
    return accepted !== NOBODY && bond >= bondPerVnode && state.trust.has(`${provider}:${cluster.manager}`);
  });
  if (ready.length === 0) return undefined;
  const nodeIds = random.shuffled(ready.map(({ id }) => id)).slice(0, Number(cluster.vnodeCount));
  return call(callerOf(draw, cluster.manager), "fillCluster", [cluster.id, nodeIds]);
}

function fillVacancy(draw: Draw): ReturnType<Action> {
  const cluster = aCluster(draw, ({ members }) => [...members.keys()].some(isVacant));
  if (cluster?.places === undefined) return undefined;
  const { places } = cluster;
  const indices = Array.from({ length: Number(cluster.vnodeCount) }, (_, i) => BigInt(i)).filter((i) => isVacant(places.nodeOf(i)));
  const index = draw.random.pick(indices);
  const { rent } = cluster.members.get(places.nodeOf(index))!;
  const isAll = draw.random.chance(50);
  const node = aNodeAsCheapAs(draw, cluster, rent, ({ id }) => !isAll || !cluster.members.has(id));
  return node && call(callerOf(draw, cluster.manager), "fillVacancy", [cluster.id, index, node.id, isAll]);
}

function reportQuality(draw: Draw): ReturnType<Action> {
  const cluster = aCluster(draw);
  const nodeId = cluster && aMember(draw, cluster);
  if (nodeId === undefined) return undefined;
  const quality = BigInt(draw.random.pick([0, 1, 3_333, 4_999, 5_000, 9_999, 10_000]));
  return call(callerOf(draw, validatorOf(draw.state, cluster!.id, nodeId)), "reportQuality", [cluster!.id, nodeId, quality, 7n, "ref"]);
}

function slash(draw: Draw): ReturnType<Action> {
  const pair = anAgreement(draw, ({ clusterId, nodeId }) => agreementOf(draw.state, clusterId, nodeId).bond !== 0n);
  if (pair === undefined) return undefined;
  const { bond, slashableLeft, renewsAt } = agreementOf(draw.state, pair.clusterId, pair.nodeId);
  const most = draw.now < renewsAt ? slashableLeft : (bond * draw.state.terms.get(pair.clusterId)!.maxSlashBps) / 10_000n;
  const amount = (most * BigInt(draw.random.between(1, 10))) / 10n;
  const validator = validatorOf(draw.state, pair.clusterId, pair.nodeId);
  return call(callerOf(draw, validator), "slash", [pair.clusterId, pair.nodeId, amount, 7n, "ref"]);
}

function announceExit(draw: Draw): ReturnType<Action> {
  const cluster = aCluster(draw);
  const nodeId = cluster && aMember(draw, cluster);
  const accepted = anAgreement(draw, hasAccepted(draw));
  const pair = draw.random.chance(50) || nodeId === undefined ? accepted : { clusterId: cluster!.id, nodeId };
  return pair && call(callerOf(draw, providerOf(draw, pair.nodeId)), "announceExit", [pair.clusterId, pair.nodeId]);
}

/** What the parties of a cluster do by its terms. */
export const TERMS_ACTIONS: Weighted[] = [
  [
    2,
    (draw) => {
      const { random, cast } = draw;
      const terms = {
        validator: random.pick([NOBODY, ...cast.owners]),
        bondPerVnode: BigInt(random.pick([0, 1_000, 1_000, 12_345])),
        maxSlashBps: BigInt(random.pick([2_000, 5_000, 10_000])),
        leavingNotice: BigInt(random.pick([3_600, 86_400, 864_000])),
        validatorNotice: BigInt(random.pick([3_600, 86_400])),
      };
      const args = [terms, random.pick(cast.currencies), BigInt(random.between(1, 4)), BigInt(random.between(0, 3_000)), someText(draw)];
      return call(random.pick(cast.managers), "createClusterWithTerms", args);
    },
  ],
  [6, fillCluster],
  [8, fillVacancy],
  [
    5,
    (draw) => {
      const pair = newPair(draw);
      return pair && call(callerOf(draw, providerOf(draw, pair.nodeId)), "acceptTerms", [pair.clusterId, pair.nodeId]);
    },
  ],
  [
    7,
    (draw) => {
      const pair = newPair(draw);
      if (pair === undefined) return undefined;
      const sender = providerOf(draw, pair.nodeId);
      const { argument, value } = funding(draw, draw.state.terms.get(pair.clusterId)!.currencyId, sender);
      const bond = BigInt(draw.random.between(1, 50_000));
      return call(sender, "acceptTermsWithBond", [pair.clusterId, pair.nodeId, bond, argument], value);
    },
  ],
  [6, ofProvider("postBond", ({ random }) => [BigInt(random.between(1, 20_000))])],
  [4, ofProvider("withdrawBond", ({ random }) => [random.pick([1n, 1_000n, MaxUint256])])],
  [8, reportQuality],
  [6, slash],
  [
    2,
    (draw) => {
      const pair = anAgreement(draw, ({ clusterId, nodeId }) => agreementOf(draw.state, clusterId, nodeId).shortSince !== 0n);
      return pair && call(draw.cast.admin, "vacateUncovered", [pair.clusterId, pair.nodeId]);
    },
  ],
  [5, announceExit],
  [
    7,
    (draw) => {
      const pair = anAgreement(draw, ({ clusterId, nodeId }) => agreementOf(draw.state, clusterId, nodeId).exitAnnouncedAt !== 0n);
      return pair && call(draw.cast.admin, "finishExit", [pair.clusterId, pair.nodeId]);
    },
  ],
  [
    2,
    (draw) => {
      const cluster = aCluster(draw);
      return (
        cluster && call(callerOf(draw, cluster.manager), "offerValidator", [cluster.id, draw.random.pick([NOBODY, ...draw.cast.owners])])
      );
    },
  ],
  [
    4,
    (draw) => {
      const cluster = aCluster(draw, ({ id }) => {
        const pending = draw.state.pendingValidators.get(id);
        return pending !== undefined && pending.effectiveAt !== 0n && pending.effectiveAt <= draw.now;
      });
      return cluster && call(draw.cast.admin, "finishValidator", [cluster.id]);
    },
  ],
];
