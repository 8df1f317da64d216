import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { MAX_UINT32 } from "../helpers/clusters";
import { REGISTRIES, type Registry } from "./items";

for (const [name, fixture] of Object.entries(REGISTRIES)) {
  describe(`Pages of ${name}`, () => {
    let registry: Registry;

    const page = async (offset: bigint, limit: bigint): Promise<{ ids: bigint[]; lastId: bigint }> => {
      const { ids, lastId } = await registry.list(offset, limit, ZeroAddress);
      return { ids, lastId };
    };

    beforeEach(async () => {
      registry = await fixture();
    });

    context("given no item", () => {
      for (const [offset, limit] of [
        [0n, 0n],
        [1n, 10n],
        [MAX_UINT32, MAX_UINT32],
      ] as const) {
        it(`finds nothing from ${offset} on, at most ${limit}`, async () => {
          expect(await page(offset, limit)).to.deep.equal({ ids: [], lastId: 0n });
        });
      }
    });

    context("given five items, two of them another's", () => {
      beforeEach(async () => {
        for (const owner of [0, 1, 0, 1, 0] as const) await registry.create("", owner);
      });

      const pages: [bigint, bigint, bigint[]][] = [
        [0n, 0n, []],
        // There is no item 0, but it counts as the first of the page.
        [0n, 1n, []],
        [0n, 2n, [1n]],
        [0n, 6n, [1n, 2n, 3n, 4n, 5n]],
        [1n, 0n, []],
        [1n, 1n, [1n]],
        [1n, 2n, [1n, 2n]],
        [3n, 2n, [3n, 4n]],
        [5n, 1n, [5n]],
        [5n, 2n, [5n]],
        [6n, 1n, []],
        [7n, 1n, []],
        [0n, MAX_UINT32, [1n, 2n, 3n, 4n, 5n]],
        [1n, MAX_UINT32, [1n, 2n, 3n, 4n, 5n]],
        [5n, MAX_UINT32, [5n]],
        [MAX_UINT32, MAX_UINT32, []],
      ];
      for (const [offset, limit, ids] of pages) {
        it(`finds [${ids.join(", ")}] from ${offset} on, at most ${limit}`, async () => {
          expect(await page(offset, limit)).to.deep.equal({ ids, lastId: 5n });
        });
      }

      it("shows each item once to those who page as they are told to", async () => {
        const seen: bigint[] = [];
        let [offset, lastId] = [1n, 1n];
        while (offset <= lastId) {
          const found = await page(offset, 2n);
          seen.push(...found.ids);
          [offset, lastId] = [offset + 2n, found.lastId];
        }
        expect(seen).to.deep.equal([1n, 2n, 3n, 4n, 5n]);
      });

      it("finds those of one owner, and the same highest id", async () => {
        const [first, second] = registry.owners;
        expect(await registry.list(1n, 5n, first)).to.deep.equal({ ids: [1n, 3n, 5n], params: ["", "", ""], lastId: 5n });
        expect(await registry.list(1n, 5n, second)).to.deep.equal({ ids: [2n, 4n], params: ["", ""], lastId: 5n });
        expect(await registry.list(2n, 2n, second)).to.deep.equal({ ids: [2n], params: [""], lastId: 5n });
      });

      it("finds nothing of somebody who has nothing", async () => {
        const nobody = ethers.Wallet.createRandom();
        expect(await registry.list(0n, MAX_UINT32, nobody.address)).to.deep.equal({ ids: [], params: [], lastId: 5n });
      });

      it("skips items that are gone, and counts their ids", async () => {
        await registry.remove(1);
        await registry.remove(5);
        expect(await page(0n, MAX_UINT32)).to.deep.equal({ ids: [2n, 3n, 4n], lastId: 5n });
        expect(await page(1n, 1n)).to.deep.equal({ ids: [], lastId: 5n });
        expect((await registry.list(1n, 5n, registry.owners[0])).ids).to.deep.equal([3n]);
      });
    });
  });
}
