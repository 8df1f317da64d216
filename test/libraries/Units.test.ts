import { expect } from "chai";
import { ethers } from "hardhat";

describe("Units", () => {
  it("counts a whole token as 10^36 times the seconds of a month, whatever its decimals", async () => {
    const units = await ethers.deployContract("UnitsHarness");
    const whole = 2_678_400n * 10n ** 36n;
    expect(await units.wholeToken()).to.equal(whole);
    for (let decimals = 0n; decimals <= 24n; decimals++) {
      expect((await units.scale(decimals)) * 10n ** decimals).to.equal(whole);
    }
  });

  it("bounds custody by both widths: 224 bits of scaled units, 128 bits of base units", async () => {
    const units = await ethers.deployContract("UnitsHarness");
    for (let decimals = 0n; decimals <= 24n; decimals++) {
      const fits = (2n ** 224n - 1n) / (2_678_400n * 10n ** (36n - decimals));
      const widest = 2n ** 128n - 1n;
      expect(await units.maxCustody(decimals)).to.equal(fits < widest ? fits : widest);
    }
    // The last one that scaled units bound, and the first that base units do.
    expect(await units.maxCustody(13)).to.equal(100_656_909_599_576_761_479_491_543_783_675_443_076n);
    expect(await units.maxCustody(14)).to.equal(2n ** 128n - 1n);
  });
});
