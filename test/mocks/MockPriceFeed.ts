import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

describe("MockPriceFeed", function () {
  it("has no answer at first", async function () {
    const feed = await ethers.deployContract("MockPriceFeed", [8]);
    expect(await feed.decimals()).to.equal(8n);
    expect(await feed.latestRoundData()).to.deep.equal([0n, 0n, 0n, 0n, 0n]);
  });

  it("counts a round up with each answer", async function () {
    const feed = await ethers.deployContract("MockPriceFeed", [8]);
    await feed.setAnswer(100_000_000n);
    await feed.setAnswer(-5n);
    const now = BigInt(await time.latest());
    expect(await feed.latestRoundData()).to.deep.equal([2n, -5n, now, now, 2n]);
  });

  it("answers with any round that it is given", async function () {
    const feed = await ethers.deployContract("MockPriceFeed", [8]);
    await feed.setRound(7, 100_000_000n, 1, 2, 6);
    expect(await feed.latestRoundData()).to.deep.equal([7n, 100_000_000n, 1n, 2n, 6n]);
  });
});
