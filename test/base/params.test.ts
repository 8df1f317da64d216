import { expect } from "chai";
import { getCreateAddress } from "ethers";
import { ethers } from "hardhat";

import { REGISTRIES, type Registry } from "./items";

// Up to 31 bytes are kept in a slot, more as the code of a contract: every length at which that changes, and both ends.
const LENGTHS = [0, 1, 30, 31, 32, 33, 24_000];

/** A text of so many bytes, that is different in each. */
const text = (length: number): string => Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7 + length) % 90))).join("");

for (const [name, fixture] of Object.entries(REGISTRIES)) {
  describe(`Params of ${name}`, () => {
    let registry: Registry;

    beforeEach(async () => {
      registry = await fixture();
    });

    /** How many contracts have been created to hold params. */
    const contractsCreated = async (): Promise<number> => {
      const { target } = registry.contract;
      const nonce = await ethers.provider.getTransactionCount(target);
      return nonce - 1;
    };

    context("when there are more than 24,000 bytes", () => {
      it("refuses them in a new item", async () => {
        await expect(registry.create(text(24_001)))
          .to.be.revertedWithCustomError(registry.contract, "ParamsTooLong")
          .withArgs(24_001, 24_000);
      });

      it("refuses them in an item that there is, and keeps the old ones", async () => {
        await registry.create("old");
        await expect(registry.change(1, text(24_001)))
          .to.be.revertedWithCustomError(registry.contract, "ParamsTooLong")
          .withArgs(24_001, 24_000);
        expect(await registry.paramsOf(1)).to.equal("old");
      });

      it("counts bytes, not characters", async () => {
        // Two bytes each in UTF-8.
        await expect(registry.create("é".repeat(12_001)))
          .to.be.revertedWithCustomError(registry.contract, "ParamsTooLong")
          .withArgs(24_002, 24_000);
        await registry.create("é".repeat(12_000));
        expect(await registry.paramsOf(1)).to.equal("é".repeat(12_000));
      });
    });

    for (const length of LENGTHS) {
      it(`keeps ${length} bytes of a new item, in ${length > 31 ? "a contract" : "storage"}`, async () => {
        await registry.create(text(length));
        expect(await registry.paramsOf(1)).to.equal(text(length));
        expect(await contractsCreated()).to.equal(length > 31 ? 1 : 0);
      });
    }

    it("creates contracts that hold the params behind an instruction to stop, so that nobody can run them", async () => {
      await registry.create("x".repeat(32));
      const holder = getCreateAddress({ from: await registry.contract.getAddress(), nonce: 1 });
      expect(await ethers.provider.getCode(holder)).to.equal(`0x00${"78".repeat(32)}`);
    });

    it("keeps bytes of zero at both ends", async () => {
      for (const params of ["\0", "\0a\0", "\0".repeat(31), "\0".repeat(32)]) await registry.create(params);
      expect(await Promise.all([1, 2, 3, 4].map((id) => registry.paramsOf(id)))).to.deep.equal([
        "\0",
        "\0a\0",
        "\0".repeat(31),
        "\0".repeat(32),
      ]);
    });

    it("changes from each length to each", async () => {
      await registry.create("");
      const lengths = [0, 1, 31, 32, 100];
      for (const from of lengths) {
        for (const to of lengths) {
          await registry.change(1, text(from));
          await registry.change(1, text(to));
          expect(await registry.paramsOf(1)).to.equal(text(to), `from ${from} to ${to} bytes`);
        }
      }
    });

    it("keeps those of several items apart, whatever fails in between", async () => {
      const [a, b, c, d] = ["a", "b", "c", "d"].map((letter) => letter.repeat(40)) as [string, string, string, string];
      await registry.create(a);
      // The first of these creates a contract, which the failure of the second takes back.
      await expect(registry.multicall([registry.encodeCreate("z".repeat(50)), registry.encodeCreate(text(24_001))]))
        .to.be.revertedWithCustomError(registry.contract, "ParamsTooLong")
        .withArgs(24_001, 24_000);
      await registry.create("short");
      await registry.multicall([registry.encodeCreate(b), registry.encodeCreate(c)]);
      await registry.change(1, d);
      expect(await Promise.all([1, 2, 3, 4].map((id) => registry.paramsOf(id)))).to.deep.equal([d, "short", b, c]);
      expect(await contractsCreated()).to.equal(4);
      expect((await registry.list(1n, 4n, ethers.ZeroAddress)).params).to.deep.equal([d, "short", b, c]);
    });

    for (const length of [0, 5, 40]) {
      it(`forgets ${length} bytes with the item, and leaves the next item's alone`, async () => {
        await registry.create(text(length));
        await registry.remove(1);
        await registry.create("next");
        await expect(registry.paramsOf(1)).to.be.revertedWithCustomError(registry.contract, registry.unknownError).withArgs(1);
        expect(await registry.paramsOf(2)).to.equal("next");
      });
    }
  });
}
