import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";

import { personOf } from "../gas/people";
import { DAY, TOKEN, World } from "../gas/world";
import { crowd } from "./populate";
import { progress } from "./progress";

const MONTH_DAYS = 31;
/** As many payers as are asked what their deposit costs. */
const SAMPLE = 50;

/** What the first version of the contracts (0.1.0, docs/GAS.md at commit e8ed438) used, which settled payer by payer. */
const BEFORE = { firstPayer: 48_598n, furtherPayer: 17_928n, distribution: 58_095n, deposit: 64_486n };

/** A cluster for a month. */
export interface Payouts {
  payers: number;
  payouts: number;
  /** What all payouts used together. */
  distributed: bigint;
  /** What one deposit of each payer used. */
  deposited: bigint;
  /** The same with the first version. */
  distributedBefore: bigint;
  depositedBefore: bigint;
}

/** What a month of daily, weekly and one payouts costs a cluster and its payers, each of whom deposits once. */
export async function measurePayouts(counts: readonly number[]): Promise<Payouts[]> {
  const results: Payouts[] = [];
  for (const payers of counts) {
    progress(`measuring a month with ${payers} payers`);
    const world = await World.create();
    const clusterId = await world.createCluster(await world.createNodes(3), 6, 1);
    await crowd(world, clusterId, payers, spread);
    // What is written for the first time costs more.
    await time.increase(DAY);
    await world.clusters.distributeRevenues(clusterId);
    const deposited = (await averageDeposit(world, payers)) * BigInt(payers);
    for (const payouts of [MONTH_DAYS, 4, 1]) {
      const snapshot = await takeSnapshot();
      const distributed = await payOut(world, clusterId, payouts);
      await snapshot.restore();
      const { firstPayer, furtherPayer, distribution, deposit } = BEFORE;
      results.push({
        ...{ payers, payouts, distributed, deposited },
        distributedBefore: BigInt(payouts) * (firstPayer + furtherPayer * BigInt(payers - 1) + distribution),
        depositedBefore: deposit * BigInt(payers),
      });
    }
  }
  return results;
}

/** Enough for 20 to 45 days, at 60 USD a month: some run out in the month that is measured. */
function spread(index: number): bigint {
  return ((60n * TOKEN) / 31n) * BigInt(20 + (index % 25)) + BigInt(index) * 1_000n;
}

async function payOut({ clusters }: World, clusterId: bigint, payouts: number): Promise<bigint> {
  let gas = 0n;
  for (let payout = 0; payout < payouts; payout++) {
    await time.increase(Math.floor((MONTH_DAYS * DAY) / payouts));
    gas += (await (await clusters.distributeRevenues(clusterId)).wait())?.gasUsed ?? 0n;
  }
  return gas;
}

/** What a deposit for a month uses, on average, while a stream is paid. */
async function averageDeposit({ accounts, people, token }: World, payers: number): Promise<bigint> {
  const sample = Math.min(payers, SAMPLE);
  const snapshot = await takeSnapshot();
  let gas = 0n;
  for (let i = 0; i < sample; i++) {
    const payer = personOf("payer", Math.floor((i * payers) / sample));
    gas += (await (await accounts.connect(people.owner).depositFor(payer, token, 60n * TOKEN)).wait())?.gasUsed ?? 0n;
  }
  await snapshot.restore();
  return gas / BigInt(sample);
}
