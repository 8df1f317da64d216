import { expect } from "chai";
import { ZeroHash, id } from "ethers";
import { deployments, ethers } from "hardhat";

import type { ProofRecordsHarness } from "../../cache/typechain-types";
import { fieldsOf } from "../helpers/fields";
import { now, passTo } from "../helpers/units";
import { State } from "../validators/world";

const EMPTY = {
  root: ZeroHash,
  leafCount: 0n,
  leftAt: 0n,
  commitmentDue: 0n,
  challenges: 0n,
  misses: 0n,
  answersInRow: 0n,
  slashDue: false,
  officeSince: 0n,
  challengeMisses: 0n,
  proposedRoot: ZeroHash,
  challengedRoot: ZeroHash,
  challengedLeafCount: 0n,
  proposedLeafCount: 0n,
  seedBlock: 0n,
  openedAt: 0n,
  state: State.Idle,
  seed: ZeroHash,
};
const COMMITMENTS = { root: id("root"), leafCount: 1n, proposedRoot: id("proposed"), proposedLeafCount: 2n };
/** Different in each field from an empty one. */
const FULL = {
  ...COMMITMENTS,
  leftAt: 3n,
  commitmentDue: 4n,
  challenges: 5n,
  misses: 6n,
  answersInRow: 7n,
  slashDue: true,
  officeSince: 8n,
  challengeMisses: 9n,
  challengedRoot: id("challenged"),
  challengedLeafCount: 10n,
  seedBlock: 11n,
  openedAt: 12n,
  state: State.Drawn,
  seed: id("seed"),
};

const fixture = deployments.createFixture(async (): Promise<ProofRecordsHarness> => ethers.deployContract("ProofRecordsHarness"));

describe("ProofRecords", () => {
  let harness: ProofRecordsHarness;
  beforeEach(async () => {
    harness = await fixture();
  });
  const stored = async () => fieldsOf(await harness.stored());

  it("begin anew with the number of challenges and the time of leaving alone", async () => {
    await harness.store(FULL);
    await harness.reset(77);
    expect(await stored()).to.deep.equal({ ...EMPTY, leftAt: 77n, challenges: 5n, officeSince: 8n });
  });

  it("keep commitments when the challenge and the misses are void", async () => {
    await harness.store(FULL);
    await harness.clear();
    expect(await stored()).to.deep.equal({ ...EMPTY, ...COMMITMENTS, leftAt: 3n, challenges: 5n, officeSince: 8n });
  });

  describe("isOfAnotherOffice", () => {
    it("is so when something was asked or counted in another office", async () => {
      for (const change of [{ commitmentDue: 1n }, { misses: 1n }, { openedAt: 1n }]) {
        await harness.store({ ...EMPTY, officeSince: 8n, ...change });
        expect(await harness.isOfAnotherOffice(8)).to.equal(false);
        expect(await harness.isOfAnotherOffice(9)).to.equal(true);
      }
    });

    it("is not so of commitments alone", async () => {
      await harness.store({ ...EMPTY, ...COMMITMENTS, officeSince: 8n, challenges: 3n });
      expect(await harness.isOfAnotherOffice(9)).to.equal(false);
    });
  });

  describe("countMiss", () => {
    it("counts missed challenges towards a slash, and missed commitments not", async () => {
      await harness.store({ ...EMPTY, answersInRow: 3n });
      await harness.countMiss(true);
      await harness.countMiss(false);
      const { misses, challengeMisses, answersInRow } = await harness.stored();
      expect([misses, challengeMisses, answersInRow]).to.deep.equal([2n, 1n, 0n]);
    });

    it("counts to 255, and stays there", async () => {
      await harness.store({ ...EMPTY, misses: 254n, challengeMisses: 254n });
      for (let i = 0; i < 2; i++) await harness.countMiss(true);
      const { misses, challengeMisses } = await harness.stored();
      expect([misses, challengeMisses]).to.deep.equal([255n, 255n]);
    });
  });

  describe("countAnswer", () => {
    const count = async (record: Partial<typeof EMPTY>, answersPerMiss: number): Promise<bigint[]> => {
      await harness.store({ ...EMPTY, ...record });
      await harness.countAnswer(answersPerMiss);
      const { misses, challengeMisses, answersInRow } = await harness.stored();
      return [misses, challengeMisses, answersInRow];
    };

    it("takes back a miss after enough answers", async () => {
      expect(await count({ misses: 3n, challengeMisses: 1n }, 2)).to.deep.equal([3n, 1n, 1n]);
      expect(await count({ misses: 3n, challengeMisses: 1n, answersInRow: 1n }, 2)).to.deep.equal([2n, 0n, 0n]);
      expect(await count({ misses: 3n, answersInRow: 1n }, 2)).to.deep.equal([2n, 0n, 0n]);
    });

    it("counts no answers without a miss", async () => {
      expect(await count({}, 2)).to.deep.equal([0n, 0n, 0n]);
    });

    it("takes back nothing while a commitment is overdue", async () => {
      const due = (await now()) + 1_000n;
      await harness.store({ ...EMPTY, misses: 3n, commitmentDue: due });
      await passTo(due - 1n);
      // In the second in which it is due.
      await harness.countAnswer(1);
      expect((await harness.stored()).misses).to.equal(2);
      await harness.countAnswer(1);
      expect((await harness.stored()).misses).to.equal(2);
    });
  });
});
