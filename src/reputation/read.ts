import type { Interface, Log, Provider } from "ethers";

import { IClusterRegistry__factory, INodeRegistry__factory, ITermsRegistry__factory } from "../bindings";
import { type RangeOptions, mapLimited, plainArgs, readAllLogs } from "../network";
import type { Addresses } from "../registries";
import { type Reputations, computeReputations } from "./ledger";
import type { ReputationEvent, ReputationFacts } from "./types";

/** Which contract emits which of the events. */
const SOURCES: readonly {
  at: "nodeRegistry" | "clusterRegistry" | "termsRegistry";
  abi: Interface;
  names: readonly (keyof ReputationFacts)[];
}[] = [
  { at: "nodeRegistry", abi: INodeRegistry__factory.createInterface(), names: ["NodeCreated"] },
  {
    at: "clusterRegistry",
    abi: IClusterRegistry__factory.createInterface(),
    names: ["ClusterCreated", "ClusterFilled", "VnodeReplaced", "NodeReplaced", "VacancyFilled", "NodeVacated", "ClusterRemoved", "RevenuesClaimed"],
  },
  { at: "termsRegistry", abi: ITermsRegistry__factory.createInterface(), names: ["QualityReported", "NodeSlashed", "ExitAnnounced"] },
];

/** Reads the events of a network, block range by block range, and computes what its nodes and providers have done. */
export async function readReputations(
  provider: Provider,
  addresses: Addresses,
  range: { fromBlock: number; toBlock: number },
  options: Pick<RangeOptions, "onProgress"> = {},
): Promise<Reputations> {
  const filter = {
    address: SOURCES.map(({ at }) => addresses[at]),
    topics: [SOURCES.flatMap(({ abi, names }) => names.map((name) => topicOf(abi, name)))],
  };
  const query = (fromBlock: number, toBlock: number): Promise<Log[]> => provider.getLogs({ ...filter, fromBlock, toBlock });
  const logs = await readAllLogs(query, range.fromBlock, range.toBlock, options);
  const times = await timesOf(provider, [...logs.map(({ blockNumber }) => blockNumber), range.toBlock]);
  const events = logs.map((log) => eventOf(log, times.get(log.blockNumber) ?? 0n));
  return computeReputations(events, times.get(range.toBlock) ?? 0n);
}

/** A log as the event that it is. */
export function eventOf(log: Pick<Log, "topics" | "data">, time: bigint): ReputationEvent {
  for (const { abi, names } of SOURCES) {
    const parsed = abi.parseLog(log);
    if (parsed === null) continue;
    const name = names.find((candidate) => candidate === parsed.name);
    // Other fields of the event are kept.
    if (name !== undefined) return { name, time, args: plainArgs(parsed) } as unknown as ReputationEvent;
  }
  throw new Error(`no event of a reputation: ${log.topics[0] ?? "anonymous"}`);
}

function topicOf(abi: Interface, name: string): string {
  const event = abi.getEvent(name);
  if (event === null) throw new Error(`there is no event ${name}`);
  return event.topicHash;
}

/** When blocks were (unix seconds): logs do not say. */
async function timesOf(provider: Provider, blockNumbers: readonly number[]): Promise<Map<number, bigint>> {
  const times = await mapLimited([...new Set(blockNumbers)], async (blockNumber): Promise<[number, bigint]> => {
    const block = await provider.getBlock(blockNumber);
    if (block === null) throw new Error(`the node does not have block ${blockNumber}`);
    return [blockNumber, BigInt(block.timestamp)];
  });
  return new Map(times);
}
