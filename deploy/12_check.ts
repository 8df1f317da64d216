import type { DeployFunction } from "hardhat-deploy/types";

import { check } from "../deployment/check";

const deploy: DeployFunction = check;

deploy.tags = ["check"];
deploy.dependencies = ["AccountRegistry", "NodeRegistry", "BucketRegistry", "TermsRegistry", "StorageProofs", "roles"];
deploy.runAtTheEnd = true;

export default deploy;
