import { readAllLogs } from "../network";
import type { Registries } from "../registries";

/** Reads the managers that each provider trusts, in order of time. Only the events list them. */
export async function readTrusted(
  { nodeRegistry }: Registries,
  { fromBlock, toBlock }: { fromBlock: number; toBlock: number },
): Promise<Map<string, string[]>> {
  const { ManagerTrusted, ManagerDistrusted } = nodeRegistry.filters;
  const began = await readAllLogs((from, to) => nodeRegistry.queryFilter(ManagerTrusted(), from, to), fromBlock, toBlock);
  const ended = await readAllLogs((from, to) => nodeRegistry.queryFilter(ManagerDistrusted(), from, to), fromBlock, toBlock);
  const changes = [
    ...began.map((log) => ({ ...positionOf(log), trusts: true, ...parties(log.args) })),
    ...ended.map((log) => ({ ...positionOf(log), trusts: false, ...parties(log.args) })),
  ].sort((one, other) => one.blockNumber - other.blockNumber || one.index - other.index);
  const trusted = new Map<string, string[]>();
  for (const { provider, manager, trusts } of changes) {
    const others = (trusted.get(provider) ?? []).filter((known) => known !== manager);
    trusted.set(provider, trusts ? [...others, manager] : others);
  }
  return trusted;
}

function positionOf({ blockNumber, index }: { blockNumber: number; index: number }): { blockNumber: number; index: number } {
  return { blockNumber, index };
}

function parties({ provider, manager }: { provider: string; manager: string }): { provider: string; manager: string } {
  return { provider, manager };
}
