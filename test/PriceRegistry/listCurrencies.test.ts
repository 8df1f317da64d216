import { expect } from "chai";
import { ethers } from "hardhat";

import { NATIVE, usd } from "../fixtures";
import { deployRegistries, withLedger } from "../helpers/ledger";

const MAX_UINT32 = 2n ** 32n - 1n;

describe("PriceRegistry", () => {
  describe("listCurrencies", () => {
    it("pages by number, clamps, and never reverts", async () => {
      const { registry, prices } = await withLedger();
      const pages: [offset: bigint, limit: bigint, ids: bigint[]][] = [
        [1n, 2n, [1n, 2n]],
        [3n, 2n, [3n]],
        [2n, 1n, [2n]],
        [0n, 1n, []],
        [0n, 2n, [1n]],
        [0n, MAX_UINT32, [1n, 2n, 3n]],
        [1n, MAX_UINT32, [1n, 2n, 3n]],
        [1n, 0n, []],
        [4n, 10n, []],
        [5n, 10n, []],
        [MAX_UINT32, MAX_UINT32, []],
      ];
      for (const [offset, limit, ids] of pages) {
        const { items, lastId } = await prices.listCurrencies(offset, limit);
        expect(items.map(({ currencyId }) => currencyId)).to.deep.equal(ids);
        expect(lastId).to.equal(3n);
      }
    });

    it("says of each what getCurrency says", async () => {
      const { registry, prices, testUSD, scaledToken } = await withLedger();
      const { items } = await prices.listCurrencies(1, 3);
      const each = [await prices.getCurrency(testUSD), await prices.getCurrency(NATIVE), await prices.getCurrency(scaledToken)];
      expect(items.map((item) => [...item])).to.deep.equal(each.map((item) => [...item]));
      expect(items.map(({ currency }) => currency)).to.deep.equal([testUSD.target, NATIVE, scaledToken.target]);
      expect(items.map(({ decimals }) => decimals)).to.deep.equal([6n, 18n, 24n]);
    });

    it("is empty where nothing is listed", async () => {
      const { prices: empty } = await deployRegistries(await withLedger());
      expect(await empty.listCurrencies(1, 10)).to.deep.equal([[], 0n]);
      expect(await empty.listCurrencies(0, 0)).to.deep.equal([[], 0n]);
    });
  });

  for (const view of ["getCurrency", "currencyIdOf"] as const) {
    describe(view, () => {
      it("refuses a currency that is not listed", async () => {
        const { registry, stranger } = await withLedger();
        await expect(registry[view](stranger)).to.be.revertedWithCustomError(registry, "CurrencyNotListed").withArgs(stranger.address);
      });
    });
  }

  describe("currencyIdOf", () => {
    it("gives numbers in order from 1", async () => {
      const { registry, testUSD, scaledToken } = await withLedger();
      expect(await registry.currencyIdOf(testUSD)).to.equal(1n);
      expect(await registry.currencyIdOf(NATIVE)).to.equal(2n);
      expect(await registry.currencyIdOf(scaledToken)).to.equal(3n);
    });
  });

  describe("currencyOf", () => {
    it("gives the currency, its scaled units and the growth of its index", async () => {
      const { registry, prices, admin, testUSD, scaledToken } = await withLedger();
      await prices.connect(admin).setPrice(scaledToken, usd("2"));
      const month = 2_678_400n;
      expect(await registry.currencyOf(1)).to.deep.equal([testUSD.target, month * 10n ** 30n, 10n ** 18n]);
      expect(await registry.currencyOf(2)).to.deep.equal([NATIVE, month * 10n ** 18n, 10n ** 18n]);
      expect(await registry.currencyOf(3)).to.deep.equal([scaledToken.target, month * 10n ** 12n, 5n * 10n ** 17n]);
    });
  });
});
