import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { toBeHex } from "ethers";

import { askAccess, type AccessQuestion, explain, NATIVE, RIGHT_BITS } from "../../src";
import type { BucketRegistry } from "../../typechain-types";
import { BURNS_GAS, contractOf, returns, uses } from "../helpers/code";
import { accountNumber, BOTH, READ, withSharing, WRITE } from "../helpers/sharing";
import { at, now } from "../helpers/units";

const YES = returns(toBeHex(1, 32));

describe("askAccess", function () {
  this.timeout(120_000);

  /** A bucket whose tokens use all the gas that they get: 200,000 for a question about both rights. */
  async function withBurningGates() {
    const fixture = await withSharing();
    await fixture.mine.setGate(fixture.bucketId, READ, await contractOf(uses(99_000)), 0, 1);
    const burning = await contractOf(YES);
    await fixture.mine.setGate(fixture.bucketId, WRITE, burning, 0, 1);
    await setCode(burning, BURNS_GAS);
    return { ...fixture, registries: { bucketRegistry: fixture.mine } };
  }

  /** The registry, and how many questions each call to it had. */
  function counted(bucketRegistry: BucketRegistry, gasLimit: bigint): { bucketRegistry: BucketRegistry; calls: number[] } {
    const calls: number[] = [];
    const canAccessMany = async (queries: unknown[], overrides: object): Promise<unknown> => {
      calls.push(queries.length);
      return bucketRegistry.canAccessMany(queries as never, { ...overrides, gasLimit });
    };
    return { bucketRegistry: { runner: bucketRegistry.runner, canAccessMany } as unknown as BucketRegistry, calls };
  }

  const questionsOf = (bucketId: bigint, count: number): AccessQuestion[] =>
    Array.from({ length: count }, (_, i) => ({ bucketId, account: accountNumber(i), right: RIGHT_BITS.both }));

  it("answers in the order of the questions, and none with nothing", async () => {
    const { mine, bucketId, owner, friend } = await withSharing();
    await mine.grantAccess(bucketId, [friend], READ, 0);
    const answers = await askAccess({ bucketRegistry: mine }, [
      { bucketId, account: friend.address, right: RIGHT_BITS.read },
      { bucketId, account: friend.address, right: RIGHT_BITS.write },
      { bucketId: 9n, account: owner.address, right: RIGHT_BITS.read },
      { bucketId, account: NATIVE, right: RIGHT_BITS.read },
    ]);
    expect(answers.map(({ allowed, funded }) => [allowed, funded])).to.deep.equal([
      [true, true],
      [false, true],
      [false, false],
      [false, true],
    ]);
    expect(await askAccess({ bucketRegistry: mine }, [])).to.deep.equal([]);
  });

  it("asks 50 questions in a call, which tokens that use all their gas cannot spoil", async () => {
    const { mine, bucketId, owner } = await withBurningGates();
    const { bucketRegistry, calls } = counted(mine, 2n ** 24n);
    const questions = [...questionsOf(bucketId, 120), { bucketId, account: owner.address, right: RIGHT_BITS.both }];
    const answers = await askAccess({ bucketRegistry }, questions);
    expect(answers.map(({ allowed }) => allowed)).to.deep.equal(questions.map((_, i) => i === 120));
    expect(calls).to.deep.equal([50, 50, 21]);
  });

  it("splits by halves where a call has less gas", async () => {
    const { mine, bucketId, owner } = await withBurningGates();
    const { bucketRegistry, calls } = counted(mine, 2_000_000n);
    const questions = [...questionsOf(bucketId, 20), { bucketId, account: owner.address, right: RIGHT_BITS.both }];
    const answers = await askAccess({ bucketRegistry }, questions);
    expect(answers.map(({ allowed }) => allowed)).to.deep.equal(questions.map((_, i) => i === 20));
    expect(calls).to.deep.equal([21, 11, 6, 5, 10]);
  });

  it("asks all at one block, the newest or the one that is given", async () => {
    const { mine, bucketId, friend } = await withSharing();
    const before = await mine.runner?.provider?.getBlockNumber();
    await at((await now()) + 5n);
    await mine.grantAccess(bucketId, [friend], BOTH, 0);
    const question = { bucketId, account: friend.address, right: RIGHT_BITS.both };
    const [then] = await askAccess({ bucketRegistry: mine }, [question], { blockTag: before! });
    const [since] = await askAccess({ bucketRegistry: mine }, [question]);
    expect([then?.allowed, since?.allowed]).to.deep.equal([false, true]);
  });

  it("passes on what the registry refuses, without asking again, and a question that fails alone", async () => {
    const { mine, bucketId, owner } = await withBurningGates();
    const refusing = counted(mine, 2n ** 24n);
    const wrong = { bucketId, account: owner.address, right: 4n };
    const error = await askAccess(refusing, [...questionsOf(bucketId, 2), wrong]).catch((thrown: unknown) => thrown);
    expect(explain(error).name).to.equal("RightsInvalid");
    expect(refusing.calls).to.deep.equal([3]);
    const starved = counted(mine, 150_000n);
    const lacking = await askAccess(starved, questionsOf(bucketId, 2)).catch((thrown: unknown) => thrown);
    expect(explain(lacking).name).to.equal("GateGasTooLow");
    expect(starved.calls).to.deep.equal([2, 1]);
  });
});
