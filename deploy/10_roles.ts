import type { DeployFunction } from "hardhat-deploy/types";

import { handOver } from "../deployment/roles";

const deploy: DeployFunction = handOver;

deploy.tags = ["roles"];
deploy.dependencies = ["AccessManager", "PriceRegistry", "ClusterRegistry"];

export default deploy;
