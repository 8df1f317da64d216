import fc from "fast-check";
import { MaxUint256 } from "ethers";

import { call, depositCall, permitDepositCall } from "../call";
import { baseUnitOf } from "../model/accounts";
import { usd } from "../model/rounding";
import { MANY_TICKS } from "../model/limits";
import { payableOf } from "../model/lines";
import { type Address, type Bucket, type Currency, exitKey, NOBODY, type State } from "../model/state";
import { accountOf, costPerSecond, isDry, rateOf } from "../model/streams";
import { nodesOf } from "../model/vnodes";
import { command, type Weighted, type World } from "./command";
import { bucketFor, chosen, clusterFor, NO_ID, pick } from "./draw";

const HOUR = 3_600n;
const DAY = 24n * HOUR;

/** Base units, or what covers somebody for so many seconds. */
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(1n, 61n, HOUR, DAY, 10n * DAY, 500n * DAY).map((seconds) => ({ units: 1n, seconds })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0n, 1n, 10n ** 18n, 10n ** 24n, 10n ** 30n, 2n ** 127n).map((units) => ({ units, seconds: 0n })),
  },
);

function worth(state: State, currency: Currency, account: Address, { units, seconds }: { units: bigint; seconds: bigint }): bigint {
  const tokens = costPerSecond(currency)
    .times(usd(rateOf(state, currency, account)))
    .times(seconds);
  return units + tokens.over(baseUnitOf(currency)).floor();
}

/** Somebody to deposit for, and in what: mostly an account that pays. */
function payerFor(world: World, picked: number): { account: Address; currency: Currency } {
  const { model, cast } = world;
  const bucket = bucketFor(world, picked, ({ rate }) => rate !== 0n);
  const cluster = bucket && model.state.clusters.get(bucket.clusterId);
  if (bucket !== undefined && cluster !== undefined) return { account: bucket.owner, currency: cluster.currency };
  return { account: chosen(cast.owners, picked)!, currency: model.state.currencies.get(chosen(cast.currencies, picked)!)! };
}

function isReclaimable({ model: { state } }: World, { clusterId, owner, rate, resource }: Bucket): boolean {
  const cluster = state.clusters.get(clusterId);
  return cluster !== undefined && resource !== 0n && rate !== 0n && isDry(state, cluster.currency, owner);
}

/** What anyone does: brings and takes money, and moves on what others have. */
export const ANYONE_COMMANDS: Weighted[] = [
  [
    12,
    command("deposit", { payer: pick, amount, by: pick }, ({ payer, amount: wanted, by }, world) => {
      const { account, currency } = payerFor(world, payer);
      const sender = by % 5 === 4 ? chosen(world.cast.everyone, by)! : account;
      return depositCall(sender, account, currency.address, worth(world.model.state, currency, account, wanted));
    }),
  ],
  [
    1,
    command("depositWithPermit", { payer: pick, amount }, ({ payer, amount: wanted }, world) => {
      const { account, currency } = payerFor(world, payer);
      const units = worth(world.model.state, currency, account, wanted);
      return permitDepositCall(account, account, currency.address, units);
    }),
  ],
  [
    8,
    command(
      "withdraw",
      { by: pick, currency: pick, part: fc.constantFrom("all", "one", "half", "half", "too much"), to: pick },
      (drawn, world) => {
        const holders = [...world.model.state.currencies.values()].flatMap((currency) =>
          [...currency.accounts]
            .filter(([, { balance }]) => !balance.isBelow(baseUnitOf(currency)))
            .map(([holder]) => ({ holder, currency })),
        );
        const found = chosen(holders, drawn.by);
        if (found === undefined) return undefined;
        const { holder, currency } = found;
        const available = accountOf(currency, holder).balance.over(baseUnitOf(currency)).floor();
        const amounts: Record<string, bigint> = { all: MaxUint256, one: 1n, half: available / 2n, "too much": available + 1n };
        const to = drawn.to === 99 ? NOBODY : chosen(world.cast.everyone, drawn.to)!;
        return call(holder, "accountRegistry", "withdraw", [currency.address, amounts[drawn.part]!, to]);
      },
    ),
  ],
  [
    3,
    command("syncPrice", { by: pick, currency: pick }, ({ by, currency }, { cast, model }) => {
      const fed = [...model.state.currencies.values()].find(({ feed }) => feed !== undefined)!;
      const address = currency % 10 === 9 ? chosen(cast.currencies, currency)! : fed.address;
      return call(chosen(cast.everyone, by)!, "priceRegistry", "syncPrice", [address]);
    }),
  ],
  [
    8,
    command("settlePayment", { bucket: pick, by: pick }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(world, picked, ({ rate }) => rate !== 0n);
      return call(chosen(world.cast.everyone, by)!, "bucketRegistry", "settlePayment", [bucket?.id ?? NO_ID]);
    }),
  ],
  [
    4,
    command("settlePayments", { buckets: fc.array(pick, { maxLength: 5 }), by: pick }, ({ buckets, by }, world) => {
      const ids = buckets.map((picked) => (picked === 99 ? NO_ID : (bucketFor(world, picked)?.id ?? 0n)));
      return call(chosen(world.cast.everyone, by)!, "bucketRegistry", "settlePayments", [ids]);
    }),
  ],
  [
    4,
    command("settlePayment (account)", { payer: pick, cluster: pick, by: pick }, ({ payer, cluster: picked, by }, world) => {
      const { account } = payerFor(world, payer);
      const id = clusterFor(world, picked)?.id ?? NO_ID;
      return call(chosen(world.cast.everyone, by)!, "accountRegistry", "settlePayment", [account, id]);
    }),
  ],
  [
    8,
    command("touchAccount", { payer: pick, by: pick }, ({ payer, by }, world) => {
      const { account, currency } = payerFor(world, payer);
      return call(chosen(world.cast.everyone, by)!, "accountRegistry", "touchAccount", [account, currency.address]);
    }),
  ],
  [
    5,
    command(
      "settleCluster",
      { cluster: pick, maxTicks: fc.constantFrom(0n, 1n, 2n, MANY_TICKS), by: pick },
      ({ cluster: picked, maxTicks, by }, world) => {
        const id = clusterFor(world, picked)?.id ?? NO_ID;
        return call(chosen(world.cast.everyone, by)!, "accountRegistry", "settleCluster", [id, maxTicks]);
      },
    ),
  ],
  [
    3,
    command("finishExit", { cluster: pick, node: pick, by: pick }, ({ cluster: picked, node, by }, world) => {
      const { exits } = world.model.state;
      const cluster = clusterFor(world, picked, ({ id, rents }) => [...rents.keys()].some((nodeId) => exits.has(exitKey(id, nodeId))));
      if (cluster === undefined) return undefined;
      const leaving = nodesOf(cluster).filter((nodeId) => exits.has(exitKey(cluster.id, nodeId)));
      const nodeId = chosen(leaving, node) ?? chosen(nodesOf(cluster), node) ?? NO_ID;
      return call(chosen(world.cast.everyone, by)!, "termsRegistry", "finishExit", [cluster.id, nodeId]);
    }),
  ],
  [
    8,
    command("distributeRevenues", { cluster: pick, by: pick }, ({ cluster: picked, by }, world) => {
      const cluster = clusterFor(world, picked, (candidate) => !payableOf(candidate).isZero);
      return cluster && call(chosen(world.cast.everyone, by)!, "clusterRegistry", "distributeRevenues", [cluster.id]);
    }),
  ],
  [
    6,
    command("claimRevenues", { cluster: pick, node: pick, by: pick }, ({ cluster: picked, node, by }, world) => {
      const cluster = clusterFor(world, picked, ({ earned }) => earned.size !== 0);
      const nodeId = cluster && chosen(nodesOf(cluster), node);
      if (nodeId === undefined) return undefined;
      return call(chosen(world.cast.everyone, by)!, "clusterRegistry", "claimRevenues", [cluster!.id, node % 20 === 19 ? NO_ID : nodeId]);
    }),
  ],
  [
    10,
    command("reclaim", { bucket: pick, by: pick }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(world, picked, (candidate) => isReclaimable(world, candidate));
      return bucket && call(chosen(world.cast.everyone, by)!, "bucketRegistry", "reclaim", [bucket.id]);
    }),
  ],
  [
    3,
    command("endBucket (anyone)", { bucket: pick, by: pick }, ({ bucket: picked, by }, world) => {
      const bucket = bucketFor(
        world,
        picked,
        ({ endsAt, resource }) => endsAt !== undefined && endsAt <= world.model.state.now && resource !== 0n,
      );
      return bucket && call(chosen(world.cast.everyone, by)!, "bucketRegistry", "endBucket", [bucket.id]);
    }),
  ],
];
