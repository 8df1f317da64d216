import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { Interface, type JsonFragment, ZeroAddress } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

const ARTIFACTS = "@safe-global/safe-smart-account/build/artifacts/contracts";

/** What Safe publishes of each contract; the one that all Safes are proxies of, what makes them, and what answers for them. */
const CONTRACTS = {
  Safe: "Safe.sol/Safe.json",
  SafeProxyFactory: "proxies/SafeProxyFactory.sol/SafeProxyFactory.json",
  CompatibilityFallbackHandler: "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json",
} as const;

interface Artifact {
  abi: JsonFragment[];
  bytecode: string;
}

/** Creates a Safe on a development chain, as Safe's own deployment and its app do, and returns its address. */
export async function createSafe(hre: HardhatRuntimeEnvironment, owners: readonly string[], threshold: bigint): Promise<string> {
  const singleton = await deploy(hre, "Safe");
  const factory = await deploy(hre, "SafeProxyFactory");
  const handler = await deploy(hre, "CompatibilityFallbackHandler");
  const setup = new Interface(artifactOf("Safe").abi).encodeFunctionData("setup", [
    owners,
    threshold,
    ZeroAddress,
    "0x",
    handler,
    ZeroAddress,
    0,
    ZeroAddress,
  ]);
  const { deployer } = await hre.getNamedAccounts();
  const signer = await hre.ethers.getSigner(deployer ?? "");
  const abi = new Interface(artifactOf("SafeProxyFactory").abi);
  // Another number for each, so that the same owners can have several.
  const data = abi.encodeFunctionData("createProxyWithNonce", [singleton, setup, await signer.getNonce()]);
  const receipt = await (await signer.sendTransaction({ to: factory, data })).wait();
  const created = receipt?.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === "ProxyCreation");
  return String(created?.args.proxy);
}

/** Deploys a contract where Safe has it on every network that has Safe's deployer, unless it is there. */
async function deploy(hre: HardhatRuntimeEnvironment, name: keyof typeof CONTRACTS): Promise<string> {
  const { deployer } = await hre.getNamedAccounts();
  const { abi, bytecode } = artifactOf(name);
  const { address } = await hre.deployments.deploy(name, {
    from: deployer ?? "",
    contract: { abi, bytecode },
    deterministicDeployment: true,
  });
  return address;
}

function artifactOf(name: keyof typeof CONTRACTS): Artifact {
  const path = createRequire(__filename).resolve(`${ARTIFACTS}/${CONTRACTS[name]}`);
  return JSON.parse(readFileSync(path, "utf8")) as Artifact;
}
