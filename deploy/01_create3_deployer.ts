import type { DeployFunction } from "hardhat-deploy/types";

import { deployCreate3Deployer } from "../deployment/create3";

const deploy: DeployFunction = deployCreate3Deployer;

deploy.tags = ["Create3Deployer"];

export default deploy;
