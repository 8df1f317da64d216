import { expect } from "chai";
import { AbiCoder, MaxInt256, MaxUint256, MinInt256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { IPriceFeed__factory, type MockPriceFeed, type PriceFeedsHarness, type ScriptedContract } from "../../cache/typechain-types";
import { now, passTo } from "../helpers/units";

const MAX_AGE = 3600n;
const api = IPriceFeed__factory.createInterface();
const { selector: decimalsSelector } = api.getFunction("decimals");
const { selector: roundSelector } = api.getFunction("latestRoundData");
const words = (...values: bigint[]): string =>
  AbiCoder.defaultAbiCoder().encode(
    values.map(() => "int256"),
    values,
  );

/** It is `time` for views. */
const fixture = deployments.createFixture(
  async (): Promise<{ harness: PriceFeedsHarness; feed: MockPriceFeed; scripted: ScriptedContract; time: bigint }> => {
    const harness = await ethers.deployContract("PriceFeedsHarness");
    const feed = await ethers.deployContract("MockPriceFeed", [8]);
    const scripted = await ethers.deployContract("ScriptedContract");
    return { harness, feed, scripted, time: await now() };
  },
);

describe("PriceFeeds", () => {
  describe("read", () => {
    context("when the feed does not answer as a feed does", () => {
      it("names an address without code", async () => {
        const { harness } = await fixture();
        const nobody = ethers.Wallet.createRandom().address;
        await expect(harness.read(nobody, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(nobody);
      });

      it("names one that reverts", async () => {
        const { harness, scripted } = await fixture();
        await expect(harness.read(scripted, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(scripted);
      });

      it("names one whose round is too short", async () => {
        const { harness, scripted, time } = await fixture();
        const round = words(1n, 5n, time, time, 1n);
        for (const answer of ["0x", round.slice(0, -2)]) {
          await scripted.setAnswer(roundSelector, answer);
          await expect(harness.read(scripted, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(scripted);
        }
      });

      it("names one that has no decimals, or less than a word of them", async () => {
        const { harness, scripted, time } = await fixture();
        await scripted.setAnswer(roundSelector, words(1n, 5n, time, time, 1n));
        await expect(harness.read(scripted, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(scripted);
        await scripted.setAnswer(decimalsSelector, words(8n).slice(0, -2));
        await expect(harness.read(scripted, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(scripted);
        await scripted.setAnswer(decimalsSelector, words(8n));
        expect(await harness.read(scripted, MAX_AGE)).to.equal(5n * 10n ** 10n);
      });

      it("reads one that answers with more than a round", async () => {
        const { harness, scripted, time } = await fixture();
        await scripted.setAnswer(roundSelector, words(1n, 5n, time, time, 1n, 99n));
        await scripted.setAnswer(decimalsSelector, words(18n, 99n));
        expect(await harness.read(scripted, MAX_AGE)).to.equal(5n);
      });
    });

    context("when the answer is not positive", () => {
      for (const answer of [0n, -1n, MinInt256]) {
        it(`refuses ${answer}`, async () => {
          const { harness, feed, time } = await fixture();
          await feed.setRound(1, answer, time, time, 1);
          await expect(harness.read(feed, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedAnswerNotPositive").withArgs(feed, answer);
        });
      }
    });

    context("when the round is incomplete", () => {
      it("refuses an answer that was never computed", async () => {
        const { harness, feed, time } = await fixture();
        await feed.setRound(1, 5, time, 0, 1);
        await expect(harness.read(feed, MaxUint256)).to.be.revertedWithCustomError(harness, "FeedRoundIncomplete").withArgs(feed, 1, 1, 0);
      });

      it("refuses an answer of an earlier round", async () => {
        const { harness, feed, time } = await fixture();
        await feed.setRound(9, 5, time, time, 8);
        await expect(harness.read(feed, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedRoundIncomplete").withArgs(feed, 9, 8, time);
      });

      it("refuses an answer from the future", async () => {
        const { harness, feed, time } = await fixture();
        await feed.setRound(1, 5, time, time + 100n, 1);
        await passTo(time + 99n);
        await expect(harness.read(feed, MAX_AGE))
          .to.be.revertedWithCustomError(harness, "FeedRoundIncomplete")
          .withArgs(feed, 1, 1, time + 100n);
        await passTo(time + 100n);
        expect(await harness.read(feed, MAX_AGE)).to.equal(5n * 10n ** 10n);
      });

      it("refuses a time beyond all times", async () => {
        const { harness, scripted, time } = await fixture();
        await scripted.setAnswer(roundSelector, words(1n, 5n, time, -1n, 1n));
        await expect(harness.read(scripted, MAX_AGE))
          .to.be.revertedWithCustomError(harness, "FeedRoundIncomplete")
          .withArgs(scripted, 1, 1, MaxUint256);
      });

      it("takes an answer that a later round has confirmed", async () => {
        const { harness, feed, time } = await fixture();
        await feed.setRound(8, 5, time, time, 9);
        expect(await harness.read(feed, MAX_AGE)).to.equal(5n * 10n ** 10n);
      });
    });

    context("when the answer is old", () => {
      it("takes it up to the age that is allowed, and not beyond", async () => {
        const { harness, feed, time } = await fixture();
        await feed.setRound(1, 5, time, time, 1);
        await passTo(time + MAX_AGE);
        expect(await harness.read(feed, MAX_AGE)).to.equal(5n * 10n ** 10n);
        await passTo(time + MAX_AGE + 1n);
        await expect(harness.read(feed, MAX_AGE)).to.be.revertedWithCustomError(harness, "FeedAnswerStale").withArgs(feed, time, MAX_AGE);
      });
    });

    context("given decimals", () => {
      const cases: [decimals: bigint, answer: bigint, price: bigint][] = [
        [0n, 7n, 7n * 10n ** 18n],
        [8n, 123_456_789n, 1_234_567_890_000_000_000n],
        [17n, 7n, 70n],
        [18n, 7n, 7n],
        [19n, 79n, 7n],
        [19n, 9n, 0n],
        [36n, 7n * 10n ** 18n + 1n, 7n],
        [36n, MaxInt256, MaxInt256 / 10n ** 18n],
        [18n, MaxInt256, MaxInt256],
        // Beyond all numbers it stays at the largest.
        [0n, MaxInt256, MaxUint256],
      ];
      for (const [decimals, answer, price] of cases) {
        it(`scales ${answer} of ${decimals} decimals`, async () => {
          const { harness } = await fixture();
          const feed = await ethers.deployContract("MockPriceFeed", [decimals]);
          const time = await now();
          await feed.setRound(1, answer, time, time, 1);
          expect(await harness.read(feed, MAX_AGE)).to.equal(price);
        });
      }

      it("refuses more than can be scaled", async () => {
        const { harness, scripted, time } = await fixture();
        await scripted.setAnswer(roundSelector, words(1n, 5n, time, time, 1n));
        for (const [answer, decimals] of [
          [37n, 37n],
          [-1n, MaxUint256],
        ] as const) {
          await scripted.setAnswer(decimalsSelector, words(answer));
          await expect(harness.read(scripted, MAX_AGE))
            .to.be.revertedWithCustomError(harness, "FeedDecimalsTooMany")
            .withArgs(scripted, decimals, 36);
        }
      });
    });
  });

  describe("requireSequencerUp", () => {
    it("refuses one that is down", async () => {
      const { harness, feed, time } = await fixture();
      for (const answer of [1n, 2n, -1n]) {
        await feed.setRound(1, answer, time - 9999n, time, 1);
        await expect(harness.requireSequencerUp(feed)).to.be.revertedWithCustomError(harness, "SequencerDown").withArgs();
      }
    });

    it("refuses one whose round has not begun", async () => {
      const { harness, feed, time } = await fixture();
      await feed.setRound(1, 0, 0, time, 1);
      await expect(harness.requireSequencerUp(feed)).to.be.revertedWithCustomError(harness, "SequencerDown").withArgs();
    });

    it("refuses one that has been up for less than an hour, saying until when", async () => {
      const { harness, feed, time } = await fixture();
      await feed.setRound(1, 0, time, time, 1);
      await passTo(time + 3599n);
      await expect(harness.requireSequencerUp(feed))
        .to.be.revertedWithCustomError(harness, "SequencerJustUp")
        .withArgs(time + 3600n);
      await passTo(time + 3600n);
      await harness.requireSequencerUp(feed);
    });

    it("refuses one that comes up beyond all times", async () => {
      const { harness, feed, time } = await fixture();
      await feed.setRound(1, 0, MaxUint256, time, 1);
      await expect(harness.requireSequencerUp(feed)).to.be.revertedWithCustomError(harness, "SequencerJustUp").withArgs(MaxUint256);
    });

    it("names one that does not answer", async () => {
      const { harness, scripted } = await fixture();
      await expect(harness.requireSequencerUp(scripted)).to.be.revertedWithCustomError(harness, "FeedUnavailable").withArgs(scripted);
    });
  });
});
