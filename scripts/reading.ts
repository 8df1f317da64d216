import { cpus, loadavg } from "node:os";
import { performance } from "node:perf_hooks";

import Table from "cli-table3";
import { type JsonRpcPayload, type JsonRpcResult } from "ethers";
import { artifacts, config, run } from "hardhat";

import { type Addresses, BatchProvider, BatchRunner, MULTICALL3, connectRegistries, readBuckets, readNetwork } from "../src";
import { World } from "./gas/world";
import { Copy } from "./scale/copy";
import { populate } from "./scale/populate";
import { progress } from "./scale/progress";
import { type Size, sizeOf } from "./scale/size";

const BUCKETS = Number(process.env.DDC_BUCKETS ?? 10_000);
const TIMES = 2;

/** Counts what goes over the wire. */
class CountingProvider extends BatchProvider {
  requests = 0;
  calls = 0;

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    this.requests++;
    this.calls += [payload].flat().filter(({ method }) => method === "eth_call").length;
    return super._send(payload);
  }
}

interface Way {
  name: string;
  multicall: boolean;
  /** How many requests go into a batch. */
  batchMaxCount: number;
}

const WAYS: readonly Way[] = [
  { name: "each call by itself", multicall: false, batchMaxCount: 1 },
  { name: "batches of JSON-RPC", multicall: false, batchMaxCount: 100 },
  { name: "Multicall3", multicall: true, batchMaxCount: 100 },
];

/** The quickest of some readings. */
async function measure(url: string, addresses: Addresses, way: Way, what: "buckets" | "network"): Promise<string[]> {
  let [best, bestCpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let counts: string[] = [];
  for (let time = 0; time < TIMES; time++) {
    const provider = new CountingProvider(url, undefined, { staticNetwork: true, batchMaxCount: way.batchMaxCount });
    const registries = connectRegistries(addresses, new BatchRunner(provider, { multicall: way.multicall }));
    const [started, cpuBefore] = [performance.now(), process.cpuUsage()];
    if (what === "buckets") await readBuckets(registries);
    else await readNetwork(registries);
    best = Math.min(best, (performance.now() - started) / 1_000);
    const { user, system } = process.cpuUsage(cpuBefore);
    bestCpu = Math.min(bestCpu, (user + system) / 1e6);
    counts = [provider.requests, provider.calls].map((count) => count.toLocaleString("en"));
    provider.destroy();
  }
  return [what === "buckets" ? "all buckets" : "the whole network", way.name, ...counts, best.toFixed(1), bestCpu.toFixed(1)];
}

async function measureAll(copy: Copy, addresses: Addresses, { buckets, clusters, nodes, owners }: Size): Promise<void> {
  const { deployedBytecode } = await artifacts.readArtifact("MockMulticall3");
  await copy.provider.send("anvil_setCode", [MULTICALL3, deployedBytecode]);
  const table = new Table({ head: ["what", "way", "HTTP requests", "calls", "seconds", "of the reader's CPU"], style: { head: [] } });
  for (const what of ["buckets", "network"] as const) {
    for (const way of WAYS) {
      progress(`reading ${what}: ${way.name}`);
      table.push(await measure(copy.url, addresses, way, what));
    }
  }
  console.log(
    `${buckets} buckets of ${owners} owners in ${clusters} clusters over ${nodes} nodes, from anvil; the quickest of ${TIMES} readings.`,
  );
  console.log(`${cpus().length} cores with a load of ${loadavg()[0]?.toFixed(1) ?? "?"}, Node.js ${process.versions.node}.`);
  console.log(table.toString());
}

async function main(): Promise<void> {
  config.networks.hardhat.initialDate = "2030-01-01T00:00:00Z";
  await run("compile", { quiet: true });
  const world = await World.create();
  const size = sizeOf(BUCKETS);
  progress(`filling a network of ${size.buckets} buckets`);
  await populate(world, size);
  const copy = await Copy.start();
  try {
    progress("copying it to anvil");
    await copy.catchUp();
    await measureAll(copy, await world.addresses(), size);
  } finally {
    await copy.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
