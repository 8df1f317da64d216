import { expect } from "chai";
import { ethers } from "hardhat";

import { base } from "../fixtures";

describe("TestUSD", function () {
  it("has six decimals, and anyone may mint it", async function () {
    const { testUSD: token, manager: minter, stranger: receiver } = await base();
    expect([await token.name(), await token.symbol(), await token.decimals()]).to.deep.equal(["Test USD", "TestUSD", 6n]);
    await expect(token.connect(minter).mint(receiver, 25_500_000n))
      .to.emit(token, "Transfer")
      .withArgs(ethers.ZeroAddress, receiver, 25_500_000n);
    expect(await token.balanceOf(receiver)).to.equal(25_500_000n);
  });
});
