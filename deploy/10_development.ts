import type { DeployFunction } from "hardhat-deploy/types";

import { deployOnce } from "../deployment/create3";
import { answerOnce, listCurrencies, MOCK_FEED_ARGS } from "../deployment/development";

const deploy: DeployFunction = async (hre) => {
  await deployOnce(hre, "TestUSD");
  await deployOnce(hre, "MockPriceFeed", MOCK_FEED_ARGS);
  await answerOnce(hre);
  await listCurrencies(hre);
};

deploy.tags = ["development"];
deploy.dependencies = [
  "AccessManager",
  "AccountRegistry",
  "PriceRegistry",
  "NodeRegistry",
  "ClusterRegistry",
  "BucketRegistry",
  "TermsRegistry",
  "StorageProofs",
];
deploy.skip = ({ network }) => Promise.resolve(network.live);

export default deploy;
