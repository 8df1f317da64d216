import { FetchRequest, Network } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { BatchProvider, BatchRunner, type ReadOptions } from "../../src";
import { progress } from "./report";

const MILLISECONDS_BETWEEN = 1_000;

/** The provider that tasks read through. Hardhat's own provider sends one request at a time, which suits the embedded chain only. */
export function readingRunner({ ethers, network }: HardhatRuntimeEnvironment, chainId: number): BatchRunner {
  const { config } = network;
  if (!("url" in config)) return new BatchRunner(ethers.provider);
  const request = new FetchRequest(config.url);
  for (const [name, value] of Object.entries(config.httpHeaders)) request.setHeader(name, value);
  const known = Network.from(chainId);
  return new BatchRunner(new BatchProvider(request, known, { staticNetwork: known }));
}

/** Tells how far reading is, once a second: nothing at all where it takes no longer. */
export function readingProgress(): NonNullable<ReadOptions["onProgress"]> {
  let last = Date.now();
  return (what, read, total) => {
    if (Date.now() - last < MILLISECONDS_BETWEEN) return;
    last = Date.now();
    progress(`Reading ${what}: ${read} of ${total} …`);
  };
}
