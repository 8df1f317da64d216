import type { DeployFunction } from "hardhat-deploy/types";

import { deployOnce } from "../deployment/create3";
import { deployerAndAdmin } from "../deployment/people";

// The deployer administers until 10_roles hands everything over.
const deploy: DeployFunction = async (hre) => {
  const { deployer } = await deployerAndAdmin(hre);
  await deployOnce(hre, "AccessManager", [deployer]);
};

deploy.tags = ["AccessManager"];
deploy.dependencies = ["Create3Deployer"];

export default deploy;
