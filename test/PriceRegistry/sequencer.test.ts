import { expect } from "chai";
import { ethers } from "hardhat";

import { usd } from "../fixtures";
import { deployRegistries, MAX_AGE, withSequencer } from "../helpers/ledger";
import { at, now } from "../helpers/units";

describe("PriceRegistry", () => {
  describe("sequencer", () => {
    it("is known from the deployment on", async () => {
      const { prices, uptime } = await withSequencer();
      expect(await prices.SEQUENCER_FEED()).to.equal(uptime.target);
    });

    context("when it has been up for long", () => {
      it("takes the price", async () => {
        const { prices, token } = await withSequencer();
        await prices.syncPrice(token);
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("1.5"));
      });
    });

    context("when it is down", () => {
      it("refuses to take a price, or to list a currency by one", async () => {
        const { prices, admin, token, feed, uptime } = await withSequencer();
        await uptime.setAnswer(1);
        await expect(prices.syncPrice(token)).to.be.revertedWithCustomError(prices, "SequencerDown").withArgs();
        const other = await ethers.deployContract("StandardToken", [18]);
        await expect(prices.connect(admin).addCurrency(other, usd("1.5"), feed, MAX_AGE))
          .to.be.revertedWithCustomError(prices, "SequencerDown")
          .withArgs();
      });

      it("sets prices by hand, which does not depend on it", async () => {
        const { prices, admin, token, uptime } = await withSequencer();
        await uptime.setAnswer(1);
        await prices.connect(admin).setFeed(token, ethers.ZeroAddress, 0);
        await prices.connect(admin).setPrice(token, usd("2"));
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("2"));
      });
    });

    context("when it has never said since when it is up", () => {
      it("refuses to take a price", async () => {
        const { prices, token, uptime } = await withSequencer();
        await uptime.setRound(1, 0, 0, 0, 1);
        await expect(prices.syncPrice(token)).to.be.revertedWithCustomError(prices, "SequencerDown").withArgs();
      });
    });

    context("when it has just come up", () => {
      it("refuses for an hour, and takes the price then", async () => {
        const { prices, token, uptime } = await withSequencer();
        const up = (await now()) + 100n;
        await at(up);
        await uptime.setAnswer(0);
        for (const time of [up + 1n, up + 3599n]) {
          await at(time);
          await expect(prices.syncPrice(token))
            .to.be.revertedWithCustomError(prices, "SequencerJustUp")
            .withArgs(up + 3600n);
        }
        await at(up + 3600n);
        await prices.syncPrice(token);
        expect((await prices.getCurrency(token)).usdPerToken).to.equal(usd("1.5"));
      });
    });

    context("when its feed does not answer", () => {
      it("names the uptime feed", async () => {
        const fixture = await withSequencer();
        const { admin, feed, stranger, token } = fixture;
        const { prices } = await deployRegistries(fixture, stranger);
        await expect(prices.connect(admin).addCurrency(token, usd("1.5"), feed, MAX_AGE))
          .to.be.revertedWithCustomError(prices, "FeedUnavailable")
          .withArgs(stranger.address);
      });
    });
  });
});
