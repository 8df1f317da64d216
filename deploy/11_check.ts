import type { DeployFunction } from "hardhat-deploy/types";

import { check } from "../deployment/check";

const deploy: DeployFunction = (hre) => check(hre);

deploy.tags = ["check"];
deploy.dependencies = [
  "AccessManager",
  "AccountRegistry",
  "PriceRegistry",
  "NodeRegistry",
  "ClusterRegistry",
  "BucketRegistry",
  "TermsRegistry",
  "StorageProofs",
];
deploy.runAtTheEnd = true;

export default deploy;
