import { expect } from "chai";
import { deployments } from "hardhat";

import { testUsd } from "../fixtures";
import { FINE_TOKEN_ID, type Ledger, streamsOf, TEST_USD_ID, withLedger } from "../helpers/ledger";
import { at, passTo } from "../helpers/units";

const INDEX = 10n ** 18n;

const funded = deployments.createFixture(async (): Promise<Ledger & { ids: () => Promise<[bigint, bigint][]> }> => {
  const ledger = await withLedger();
  const { registry, payer, testUSD } = ledger;
  await registry.connect(payer).deposit(testUSD, testUsd("10"));
  const ids = async (): Promise<[bigint, bigint][]> =>
    (await registry.listStreams(payer, testUSD)).map(({ clusterId, ratePerMonth }) => [clusterId, ratePerMonth]);
  return { ...ledger, ids };
});

describe("AccountRegistry", () => {
  describe("listStreams", () => {
    it("refuses a currency that is not listed", async () => {
      const { registry, payer, stranger } = await withLedger();
      await expect(registry.listStreams(payer, stranger))
        .to.be.revertedWithCustomError(registry, "CurrencyNotListed")
        .withArgs(stranger.address);
    });

    it("is empty where nothing streams", async () => {
      const { registry, payer, stranger, testUSD } = await funded();
      expect(await registry.listStreams(payer, testUSD)).to.deep.equal([]);
      expect(await registry.listStreams(stranger, testUSD)).to.deep.equal([]);
    });

    it("lists the streams of one currency, in the order in which they started", async () => {
      const ledger = await funded();
      const { registry, payer, scaledToken, ids } = ledger;
      const { raise } = streamsOf(ledger);
      await raise(9n, 1n);
      await raise(4n, 2n);
      await raise(7n, 3n, payer, FINE_TOKEN_ID);
      await raise(2n ** 32n - 1n, 5n);
      expect(await ids()).to.deep.equal([
        [9n, 1n],
        [4n, 2n],
        [2n ** 32n - 1n, 5n],
      ]);
      expect(await registry.listStreams(payer, scaledToken)).to.deep.equal([[7n, 3n, 0n, 0n]]);
    });

    it("knows the rate of an only stream, whatever it was before, and of all once there are more", async () => {
      const ledger = await funded();
      const { ids } = ledger;
      const { raise, lower } = streamsOf(ledger);
      await raise(1n, 10n);
      await raise(1n, 5n);
      expect(await ids()).to.deep.equal([[1n, 15n]]);
      await lower(1n, 3n);
      expect(await ids()).to.deep.equal([[1n, 12n]]);
      await raise(2n, 100n);
      expect(await ids()).to.deep.equal([
        [1n, 12n],
        [2n, 100n],
      ]);
      await raise(1n, 1n);
      await raise(2n, 1n);
      expect(await ids()).to.deep.equal([
        [1n, 13n],
        [2n, 101n],
      ]);
      await lower(1n, 13n);
      expect(await ids()).to.deep.equal([[2n, 101n]]);
      await raise(2n, 7n);
      expect(await ids()).to.deep.equal([[2n, 108n]]);
      await raise(1n, 4n);
      expect(await ids()).to.deep.equal([
        [2n, 108n],
        [1n, 4n],
      ]);
    });

    it("moves the last stream to where another one ended", async () => {
      const ledger = await funded();
      const { ids } = ledger;
      const { raise, lower } = streamsOf(ledger);
      for (let clusterId = 1n; clusterId <= 5n; clusterId++) await raise(clusterId, 10n * clusterId);
      await lower(1n, 10n);
      expect((await ids()).map(([clusterId]) => clusterId)).to.deep.equal([5n, 2n, 3n, 4n]);
      await lower(3n, 30n);
      expect((await ids()).map(([clusterId]) => clusterId)).to.deep.equal([5n, 2n, 4n]);
      await lower(4n, 40n);
      expect(await ids()).to.deep.equal([
        [5n, 50n],
        [2n, 20n],
      ]);
      await lower(2n, 20n);
      await lower(5n, 50n);
      expect(await ids()).to.deep.equal([]);
    });

    it("says what each cluster does not know of yet, and would refund", async () => {
      const ledger = await funded();
      const { registry, clusters, payer, testUSD, listedAt } = ledger;
      const { raise } = streamsOf(ledger);
      await registry.connect(clusters).setUnservedShare(2, TEST_USD_ID, 2n ** 31n);
      // 446,400 seconds at 60 USD a month: 20 of them go to cluster 1, 40 to cluster 2.
      await at(listedAt + 1000n);
      await raise(1n, 20n * INDEX);
      await at(listedAt + 1001n);
      await raise(2n, 40n * INDEX);
      const { endIndex } = await registry.getAccount(payer, testUSD);
      await passTo(listedAt + 500_000n);
      const { paidIndex } = await registry.getAccount(payer, testUSD);
      const late = paidIndex - endIndex;
      expect(late > 0n).to.equal(true);
      expect(await registry.listStreams(payer, testUSD)).to.deep.equal([
        [1n, 20n * INDEX, 20n * INDEX * late, 0n],
        [2n, 40n * INDEX, 40n * INDEX * late, 20n * INDEX * (paidIndex - 1001n * INDEX)],
      ]);
    });
  });
});
