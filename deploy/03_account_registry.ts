import type { DeployFunction } from "hardhat-deploy/types";

import { deployRegistry } from "../deployment/plan";

const deploy: DeployFunction = (hre) => deployRegistry(hre, "AccountRegistry");

deploy.tags = ["AccountRegistry"];
deploy.dependencies = ["Create3Deployer"];

export default deploy;
