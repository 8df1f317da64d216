import type { DeployFunction } from "hardhat-deploy/types";

import { deployRegistry } from "../deployment/plan";

const deploy: DeployFunction = (hre) => deployRegistry(hre, "ClusterRegistry");

deploy.tags = ["ClusterRegistry"];
deploy.dependencies = ["Create3Deployer"];

export default deploy;
