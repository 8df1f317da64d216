import type { DeployFunction } from "hardhat-deploy/types";

import { deployPlanned } from "../deployment/plan";

const deploy: DeployFunction = (hre) => deployPlanned(hre, "ClusterRegistry");

deploy.tags = ["ClusterRegistry"];
deploy.dependencies = ["Create3Deployer"];

export default deploy;
