import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { findRevertData } from "../../src";
import { Random } from "../helpers/random";
import { at, now } from "../helpers/units";
import { expectInvariants, expectProgress } from "./checks";
import { chooseMove, type Move, pastime } from "./moves";
import { readState, type State } from "./state";
import { createWorld, type World } from "./world";

const DEFAULT_SEED = 20_240_229;
const SEED = Number(process.env.SEED ?? DEFAULT_SEED);
const STEPS = Number(process.env.STEPS ?? 250);

/** Whether the move was made. Refusing it is fine, if the contract says why in words of its own. */
async function attempt({ name, api, send }: Move): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    const reason = api.parseError(findRevertData(error) ?? "0x");
    // `parseError` knows the panics and strings of the compiler, too.
    if (reason === null || ["Panic", "Error"].includes(reason.name)) {
      throw new Error(`${name} was refused without an error of its own.`, { cause: error });
    }
    return false;
  }
}

/** Everyone ends what they have, whatever the walk came to, and withdraws. */
async function leave(world: World): Promise<void> {
  const { accountRegistry, nodeRegistry, clusterRegistry, bucketRegistry, actors } = world;
  const { buckets, clusters, nodes } = await readState(world);
  for (const { bucketId, owner } of buckets) await bucketRegistry.connect(actors.get(owner)).closeBucket(bucketId);
  for (const { clusterId, manager } of clusters) await clusterRegistry.connect(actors.get(manager)).removeCluster(clusterId);
  for (const { nodeId, provider } of nodes) await nodeRegistry.connect(actors.get(provider)).removeNode(nodeId);
  const { accounts } = await readState(world);
  for (const { account, currency, balance } of accounts) {
    if (balance !== 0n) await accountRegistry.connect(actors.get(account)).withdraw(currency, MaxUint256, account);
  }
}

/** What is still owed is what everyone has less than a base unit of. */
function expectDust({ currencies, accounts, clusters, buckets, nodes }: State): void {
  expect([clusters.length, buckets.length, nodes.length]).to.deep.equal([0, 0, 0]);
  for (const { currency, owed, held, finePerBaseUnit } of currencies) {
    const own = accounts.filter((account) => account.currency === currency);
    const dust = own.reduce((sum, { fineBalance }) => sum + fineBalance, 0n);
    expect(owed * finePerBaseUnit, `dust of ${currency}`).to.equal(dust);
    expect(held).to.equal(owed);
    for (const { account, fineBalance, rate } of own) {
      expect(fineBalance < finePerBaseUnit, `dust of ${account}`).to.equal(true);
      expect(rate).to.equal(0n);
    }
  }
}

describe("Invariants: a random walk over all public functions", () => {
  it(`keeps every sum exact for ${STEPS} steps (SEED=${SEED})`, async function () {
    this.timeout(120_000);
    const world = await createWorld();
    const random = new Random(SEED);
    const made = new Map<string, number>();
    const refused = new Map<string, number>();
    let state = await readState(world);
    for (let step = 1; step <= STEPS; ++step) {
      const move = chooseMove(world, state, random);
      await at((await now()) + pastime(random));
      try {
        const counts = (await attempt(move)) ? made : refused;
        counts.set(move.name, (counts.get(move.name) ?? 0) + 1);
        const after = await readState(world);
        expectInvariants(after);
        expectProgress(state, after, move.name);
        state = after;
      } catch (error) {
        throw new Error(`Step ${step} (${move.name}) of SEED=${SEED}: ${String(error)}`, { cause: error });
      }
    }
    if (process.env.SHOW_WALK !== undefined) console.log({ made, refused });
    // A walk on which little happens shows little.
    const happened = [...made.values()].reduce((sum, count) => sum + count, 0);
    expect(happened * 2, "moves made").to.be.greaterThan(STEPS);

    await leave(world);
    const end = await readState(world);
    expectInvariants(end);
    expectDust(end);
  });
});
