import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { REGISTRIES } from "../../src";
import { NATIVE } from "../fixtures";
import { type Call, CALLED_BY, functionsOf, send, withEverything } from "../helpers/everyCall";
import { now } from "../helpers/units";

// The guardian pauses all currencies: all goes on as if nothing had happened, but for what starts or grows a stream, which
// BucketRegistry/pause.test.ts shows to be refused.

/** What a call changes as far as events tell, and what it costs. */
async function effects(call: Call, timestamp: bigint): Promise<{ logs: unknown[]; status: number | null }> {
  const { logs, status } = await send(call, timestamp);
  return { logs: logs.map(({ address, topics, data }) => ({ address, topics, data })), status };
}

describe("attacks by the guardian", () => {
  for (const registry of REGISTRIES) {
    it(`every function of ${registry} but those that start a stream does the same while all currencies are paused`, async () => {
      const fixture = await withEverything();
      const { priceRegistry, admin, calls, testUSD } = fixture;
      const known = [...calls[registry].map(({ name }) => name), ...Object.keys(CALLED_BY[registry])];
      expect(functionsOf(calls[registry][0]!.contract)).to.have.members(known);

      const timestamp = (await now()) + 1_000n;
      for (const call of calls[registry].filter(({ name }) => !["allocate", "openBucket"].includes(name))) {
        const snapshot = await takeSnapshot();
        const expected = await effects(call, timestamp);
        await snapshot.restore();
        for (const currency of [NATIVE, testUSD]) await priceRegistry.connect(admin).pauseCurrency(currency, true);
        expect(await effects(call, timestamp), call.name).to.deep.equal(expected);
        await snapshot.restore();
      }
    });
  }
});
