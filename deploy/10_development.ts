import type { DeployFunction } from "hardhat-deploy/types";

import { deployOnce } from "../deployment/create3";
import { answerOnce, listCurrencies, MOCK_FEED_ARGS } from "../deployment/development";
import { DEPLOYED_CONTRACTS } from "../src/contract-names";

const deploy: DeployFunction = async (hre) => {
  await deployOnce(hre, "TestUSD");
  await deployOnce(hre, "MockPriceFeed", MOCK_FEED_ARGS);
  await answerOnce(hre);
  await listCurrencies(hre);
};

deploy.tags = ["development"];
deploy.dependencies = [...DEPLOYED_CONTRACTS];
deploy.skip = ({ network }) => Promise.resolve(network.live);

export default deploy;
