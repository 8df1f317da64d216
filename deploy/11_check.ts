import type { DeployFunction } from "hardhat-deploy/types";

import { check } from "../deployment/check";
import { DEPLOYED_CONTRACTS } from "../src/contract-names";

const deploy: DeployFunction = (hre) => check(hre);

deploy.tags = ["check"];
deploy.dependencies = [...DEPLOYED_CONTRACTS];
deploy.runAtTheEnd = true;

export default deploy;
