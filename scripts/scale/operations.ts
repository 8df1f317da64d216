import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import { Meter, type Row } from "../gas/meter";
import { SCENARIOS } from "../gas/scenarios";
import { type World } from "../gas/world";
import { crowd } from "./populate";
import { BUCKETS_PER_CLUSTER, type Size } from "./size";

/** What the first user of a registry or of a currency pays. In a network that is in use they are all gone. */
const FIRST_EVER = /\bfirst of the (registry|currency)\b/;

/** Measures every operation in a filled world, by itself; the world is afterwards what it was. */
export async function measureOperations(world: World, { buckets }: Size): Promise<Row[]> {
  const rows: Row[] = [];
  const snapshot = await takeSnapshot();
  world.crowd = (clusterId) => crowd(world, clusterId, Math.min(buckets, BUCKETS_PER_CLUSTER));
  for (const measure of SCENARIOS) {
    await measure(world, new Meter(ethers.provider, await world.contracts(), rows));
    await snapshot.restore();
  }
  return rows.filter((row) => !FIRST_EVER.test(row.case));
}
