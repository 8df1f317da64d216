import { ZeroAddress } from "ethers";
import { ethers } from "hardhat";
import { time } from "@nomicfoundation/hardhat-network-helpers";

import { type Meter } from "../meter";
import { DAY, DOLLAR, type World } from "../world";

export async function measurePrices({ prices, token, feed, people: { admin, deployer } }: World, meter: Meter): Promise<void> {
  const managed = prices.connect(admin);
  const TestUSD = await ethers.getContractFactory("TestUSD", deployer);
  const byHand = await TestUSD.deploy();
  const byFeed = await TestUSD.deploy();
  await meter.record("price set by hand", managed.addCurrency(byHand, DOLLAR, ZeroAddress, 0));
  await feed.setAnswer(100_000_000n);
  await meter.record("price from a feed", managed.addCurrency(byFeed, DOLLAR, feed, DAY));

  await time.increase(2 * DAY);
  await meter.record("", managed.setPrice(token, (DOLLAR * 11n) / 10n));
  await feed.setAnswer(110_000_000n);
  await meter.record("", managed.syncPrice(byFeed));
  await meter.record("to another age", managed.setFeed(byFeed, feed, 2 * DAY));
  await meter.record("from the feed to hand", managed.setFeed(byFeed, ZeroAddress, 0));
  await meter.record("from hand to a feed", managed.setFeed(byFeed, feed, DAY));
  await meter.record("paused", managed.pauseCurrency(token, true));
  await meter.record("resumed", managed.pauseCurrency(token, false));
}
