import { ZeroAddress } from "ethers";

import { type Meter } from "../meter";
import { RENT, type World, params } from "../world";

const CAPACITY = 1_000;
/** The longest params that a registry keeps. */
const LONGEST = 24_000;

export async function measureNodes({ nodes, people }: World, meter: Meter): Promise<void> {
  const { provider, stranger, newcomer } = people;
  const own = nodes.connect(provider);
  const first = (await nodes.listNodes(1, 0, ZeroAddress)).lastId + 1n;
  const [second, fourth, fifth] = [first + 1n, first + 3n, first + 4n];

  await meter.record("first of the registry, no params", own.createNode(RENT, CAPACITY, ""));
  await meter.record("no params", own.createNode(RENT, CAPACITY, ""));
  await meter.record("params of 31 bytes", own.createNode(RENT, CAPACITY, params(31)));
  await meter.record("params of 120 bytes", own.createNode(RENT, CAPACITY, params(120)), 143_000);
  await meter.record("params of 300 bytes", own.createNode(RENT, CAPACITY, params(300)), 186_000);
  await meter.record("params of 24,000 bytes, the most", own.createNode(RENT, CAPACITY, params(LONGEST)));

  await meter.record("none to 31 bytes", own.changeNodeParams(first, params(31)));
  await meter.record("31 bytes to 31 others", own.changeNodeParams(first, params(31).toUpperCase()));
  await meter.record("120 bytes to 300", own.changeNodeParams(fourth, params(300)));
  await meter.record("300 bytes to none", own.changeNodeParams(fourth, ""));
  await meter.record("", own.changeNodeRent(first, 2n * RENT));
  await meter.record("", own.changeNodeCapacity(first, 2 * CAPACITY));
  await meter.record("no params", own.removeNode(second));
  await meter.record("params of 300 bytes", own.removeNode(fifth));

  await meter.record("", own.trustManager(stranger), 48_000);
  await meter.record("", own.distrustManager(stranger));
  await meter.record("again, after distrust", own.trustManager(stranger));
  await meter.record("first of another provider", nodes.connect(newcomer).trustManager(stranger), 48_000);
}
