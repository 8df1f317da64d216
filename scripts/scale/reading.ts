import { JsonRpcProvider } from "ethers";
import { performance } from "node:perf_hooks";

import { type Addresses, connectRegistries, readNetwork } from "../../src";
import { type List, pageCall } from "./pages";

/** What it takes to read every item of a network. */
export interface Reading {
  /** ItemStore in a page. */
  limit: number;
  calls: number;
  /** Until the node has answered, of all calls. */
  answering: number;
  /** Until ethers has decoded the answers, in addition. */
  decoding: number;
}

/** Reads all items of all lists, page by page, one call after the other. */
export async function readAll(provider: JsonRpcProvider, lists: readonly List[], limit: number): Promise<Reading> {
  const reading: Reading = { limit, calls: 0, answering: 0, decoding: 0 };
  for (const list of lists) {
    let found = 0;
    for (let offset = 1; offset <= list.count; offset += limit) {
      const asked = performance.now();
      const answer = (await provider.send("eth_call", [pageCall(list, offset, limit), "latest"])) as string;
      const answered = performance.now();
      const items = list.abi.decodeFunctionResult(list.name, answer).getValue("items") as unknown[];
      reading.calls++;
      reading.answering += (answered - asked) / 1_000;
      reading.decoding += (performance.now() - answered) / 1_000;
      found += items.length;
    }
    if (found !== list.count) throw new Error(`${list.name} has shown ${found} of ${list.count} items.`);
  }
  return reading;
}

/** Counts the calls that go through it. */
class CountingProvider extends JsonRpcProvider {
  public calls = 0;

  public override send(method: string, parameters: unknown[]): Promise<unknown> {
    if (method === "eth_call") this.calls++;
    return super.send(method, parameters) as Promise<unknown>;
  }
}

/** What it takes to read a network as a front end does, with its clusters' vnodes and everyone's accounts. */
export interface FrontEndReading {
  calls: number;
  seconds: number;
}

export async function readAsFrontEnd(url: string, addresses: Addresses): Promise<FrontEndReading> {
  const provider = new CountingProvider(url, undefined, { staticNetwork: true });
  const started = performance.now();
  await readNetwork(connectRegistries(addresses, provider));
  const seconds = (performance.now() - started) / 1_000;
  provider.destroy();
  return { calls: provider.calls, seconds };
}
