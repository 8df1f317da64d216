import type { DeployFunction } from "hardhat-deploy/types";

import { deployRegistry } from "../deployment/plan";

const deploy: DeployFunction = (hre) => deployRegistry(hre, "StorageProofs");

deploy.tags = ["StorageProofs"];
deploy.dependencies = ["Create3Deployer"];

export default deploy;
