import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";

import { DAY, type World } from "../gas/world";
import { TRANSACTION_GAS, inChunks } from "./crowd";
import { largest } from "./largest";
import { type Size, type Standing, standings } from "./size";

/** As many buckets as are settled together for the first time, which costs more. */
const FIRST_TOGETHER = 250;

/** Buckets that were settled in one transaction. */
export interface Settlement {
  description: string;
  buckets: number;
  payers: number;
  /** Pairs of a payer and a cluster: siblings are settled with the first of them. */
  streams: number;
  gas: bigint;
}

type Chosen = readonly (Standing & { bucketId: number })[];

/** Settles many buckets, which all have been settled before and owe for a day, in one transaction; the world is afterwards what it was. */
export async function measureSettlements(world: World, size: Size, together: number): Promise<Settlement[]> {
  const byId = standings(size).map((standing, index) => ({ ...standing, bucketId: index + 1 }));
  const byOwner = [...byId].sort((one, other) => one.owner - other.owner || one.bucketId - other.bucketId);
  const snapshot = await takeSnapshot();
  for (const chosen of [byId.slice(0, size.owners), byOwner.slice(0, together)]) {
    await inChunks(chosen, FIRST_TOGETHER, (chunk) => settle(world, chunk).then(() => undefined));
  }
  await time.increase(DAY);
  const most = await largest((count) => fits(world, byId.slice(0, count)), size.owners);
  const settlements = [
    await measure(world, "all of different payers", byId.slice(0, together)),
    await measure(world, "ten of each payer, in five clusters", byOwner.slice(0, together)),
    await measure(world, "all of different payers, the most that fit a transaction", byId.slice(0, most)),
  ];
  await snapshot.restore();
  return settlements;
}

async function measure(world: World, description: string, chosen: Chosen): Promise<Settlement> {
  const snapshot = await takeSnapshot();
  const gas = await settle(world, chosen);
  await snapshot.restore();
  const payers = new Set(chosen.map(({ owner }) => owner)).size;
  const streams = new Set(chosen.map(({ owner, cluster }) => `${owner} ${cluster}`)).size;
  return { description, buckets: chosen.length, payers, streams, gas };
}

/** Settles buckets, and returns the gas that it took. */
async function settle({ buckets }: World, chosen: Chosen): Promise<bigint> {
  const transaction = await buckets.settlePayments(
    chosen.map(({ bucketId }) => bucketId),
    { gasLimit: TRANSACTION_GAS },
  );
  return (await transaction.wait())?.gasUsed ?? 0n;
}

/** Whether a transaction can settle so many. */
async function fits({ buckets }: World, chosen: Chosen): Promise<boolean> {
  const ids = chosen.map(({ bucketId }) => bucketId);
  try {
    await buckets.settlePayments.staticCall(ids, { gasLimit: TRANSACTION_GAS });
    return true;
  } catch (error) {
    // A call that runs out of gas in another contract reverts there, and leaves too little to say why.
    if (/out of gas|without a reason/i.test(String(error))) return false;
    throw error;
  }
}
