import { expect } from "chai";

import { NATIVE } from "../fixtures";
import { deployRegistries, withLedger } from "../helpers/ledger";

const MAX_UINT32 = 2n ** 32n - 1n;

describe("PriceRegistry", () => {
  describe("listCurrencies", () => {
    it("pages by number, clamps, and never reverts", async () => {
      const { prices } = await withLedger();
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
      const { prices, testUSD, scaledToken } = await withLedger();
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

  describe("getCurrency", () => {
    it("refuses a currency that is not listed", async () => {
      const { prices, stranger } = await withLedger();
      await expect(prices.getCurrency(stranger)).to.be.revertedWithCustomError(prices, "CurrencyNotListed").withArgs(stranger.address);
    });
  });
});
