import { ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { deployerAndAdmin } from "./people";

const ONE_DOLLAR = 10n ** 18n;
const FEED_DECIMALS = 8;

export const MOCK_FEED_ARGS = [FEED_DECIMALS] as const;

/** Lists the native currency and TestUSD at a hand-set price of 1 USD. */
export async function listCurrencies(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { admin } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("PriceRegistry");
  const registry = await hre.ethers.getContractAt("IPriceRegistry", address, await hre.ethers.getSigner(admin));
  const { address: testUSD } = await hre.deployments.get("TestUSD");

  const [items] = await registry.listCurrencies(1, 2 ** 16);
  const listed = items.map(({ currency }) => currency);
  for (const currency of [ZeroAddress, testUSD].filter((wanted) => !listed.includes(wanted))) {
    await (await registry.addCurrency(currency, ONE_DOLLAR, ZeroAddress, 0)).wait();
  }
}

/** Lets the mock feed say 1 USD, until a call sets another answer. */
export async function answerOnce(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { deployer } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("MockPriceFeed");
  const feed = await hre.ethers.getContractAt("MockPriceFeed", address, await hre.ethers.getSigner(deployer));
  const [roundId] = await feed.latestRoundData();
  if (roundId === 0n) {
    await (await feed.setAnswer(10n ** BigInt(FEED_DECIMALS))).wait();
  }
}
