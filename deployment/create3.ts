import { getCreateAddress, id, isAddress, keccak256, type TransactionReceipt, ZeroHash, zeroPadValue } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import type { DeploymentSubmission } from "hardhat-deploy/types";

import type { Create3Deployer } from "../typechain-types";

import { plainError } from "./errors";
import { deployerAndAdmin } from "./people";

type Receipt = NonNullable<DeploymentSubmission["receipt"]>;

/** Where a contract of this deployment is, or will be. */
export async function addressOf(hre: HardhatRuntimeEnvironment, name: string): Promise<string> {
  const create3 = await savedCreate3Deployer(hre);
  return create3.addressOf(saltOf(name));
}

/**
 * Deploys a contract through Create3Deployer, unless the chain says that this was done before. The chain is the truth, the files
 * follow it: whether a run was killed before, during or after the transaction, the next one completes it.
 */
export async function deployOnce(
  hre: HardhatRuntimeEnvironment,
  name: string,
  args: readonly unknown[] = [],
  contract = name,
): Promise<void> {
  const create3 = await savedCreate3Deployer(hre);
  const salt = saltOf(name);
  const factory = await hre.ethers.getContractFactory(contract);
  const { data: initCode } = await factory.getDeployTransaction(...args);

  let receipt: TransactionReceipt | null = null;
  const deployedHash = await create3.initCodeHashOf(salt);
  if (deployedHash === ZeroHash) {
    receipt = await (await create3.deploy(salt, initCode)).wait();
  } else if (deployedHash !== keccak256(initCode)) {
    throw changed(hre, name);
  }

  const address = await create3.addressOf(salt);
  const saved = await hre.deployments.getOrNull(name);
  if (receipt === null && saved?.address === address && saved.bytecode === factory.bytecode) {
    return;
  }
  await save(hre, name, address, args, receipt ?? (await findReceipt(hre, create3, salt)), contract);
}

/** Whether the chain has a contract from this code and with these constructor arguments, as far as Create3Deployer says so. */
export async function isDeployedFrom(
  hre: HardhatRuntimeEnvironment,
  name: string,
  args: readonly unknown[],
  contract: string,
): Promise<boolean> {
  const create3 = await savedCreate3Deployer(hre);
  const factory = await hre.ethers.getContractFactory(contract);
  const { data: initCode } = await factory.getDeployTransaction(...args);
  return (await create3.initCodeHashOf(saltOf(name))) === keccak256(initCode);
}

/** Whether the code of Create3Deployer is the compiled one, with this deployer. All that it says follows from its code. */
export async function isCreate3DeployerGenuine(hre: HardhatRuntimeEnvironment): Promise<boolean> {
  const { deployer } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("Create3Deployer");
  const { deployedBytecode } = await hre.deployments.getArtifact("Create3Deployer");
  const code = await hre.ethers.provider.getCode(address);
  // The compiler leaves zeros where the constructor puts the deployer.
  return code.replaceAll(zeroPadValue(deployer, 32).slice(2).toLowerCase(), "0".repeat(64)) === deployedBytecode;
}

/**
 * Deploys Create3Deployer itself, from which all other addresses follow. Its own follows from the deployer's next transaction, and is
 * saved before that is sent, so that a run that is killed in between does not lose it.
 */
export async function deployCreate3Deployer(hre: HardhatRuntimeEnvironment): Promise<void> {
  const { deployer } = await deployerAndAdmin(hre);
  const factory = await hre.ethers.getContractFactory("Create3Deployer", await hre.ethers.getSigner(deployer));
  const saved = await hre.deployments.getOrNull("Create3Deployer");
  if (saved && (await isThere(hre, saved.address))) {
    if (saved.bytecode !== factory.bytecode) throw changed(hre, "Create3Deployer");
    return requireSameDeployer(hre, deployer);
  }
  const announced = saved && !saved.receipt && Object.keys(await hre.deployments.all()).length === 1;
  if (saved && !announced) await forgetChain(hre);

  const nonce = await hre.ethers.provider.getTransactionCount(deployer);
  const address = getCreateAddress({ from: deployer, nonce });
  await save(hre, "Create3Deployer", address, [], null);
  const contract = await factory.deploy({ nonce });
  const receipt = await contract.deploymentTransaction()?.wait();
  await save(hre, "Create3Deployer", address, [], receipt ?? null);
}

/** Whether a Create3Deployer is at an address; after an interruption another contract can be. */
async function isThere(hre: HardhatRuntimeEnvironment, address: string): Promise<boolean> {
  if ((await hre.ethers.provider.getCode(address)) === "0x") return false;
  const contract = await hre.ethers.getContractAt("Create3Deployer", address);
  return contract.DEPLOYER().then(isAddress, () => false);
}

async function savedCreate3Deployer(hre: HardhatRuntimeEnvironment): Promise<Create3Deployer> {
  const { deployer } = await deployerAndAdmin(hre);
  const { address } = await hre.deployments.get("Create3Deployer");
  return hre.ethers.getContractAt("Create3Deployer", address, await hre.ethers.getSigner(deployer));
}

function saltOf(name: string): string {
  return id(name);
}

async function requireSameDeployer(hre: HardhatRuntimeEnvironment, deployer: string): Promise<void> {
  const create3 = await savedCreate3Deployer(hre);
  const begunBy = await create3.DEPLOYER();
  if (begunBy !== deployer) {
    throw plainError(
      `The deployment to ${hre.network.name} was begun by ${begunBy}, and only with its key can it go on; the present key is that of ${deployer}.`,
    );
  }
}

/** Development chains are started anew all the time; a public one that has lost its contracts is the wrong chain. */
async function forgetChain(hre: HardhatRuntimeEnvironment): Promise<void> {
  if (hre.network.live) {
    throw plainError(
      `There is a deployment to ${hre.network.name} in ${hre.config.paths.deployments}, but its contracts are not there. Is the endpoint that of the right chain, and up to date?`,
    );
  }
  for (const name of Object.keys(await hre.deployments.all())) {
    await hre.deployments.delete(name);
  }
}

function changed(hre: HardhatRuntimeEnvironment, name: string): Error {
  return plainError(
    `${name} was deployed to ${hre.network.name} from other code, or with other constructor arguments, than it would be now. ` +
      `Contracts are never replaced: a new version is a new deployment. Check out the version that was deployed (and set DDC_ADMIN as it was then), ` +
      `or move ${hre.config.paths.deployments}/${hre.network.name} away to begin a new deployment.`,
  );
}

async function save(
  hre: HardhatRuntimeEnvironment,
  name: string,
  address: string,
  args: readonly unknown[],
  receipt: TransactionReceipt | null,
  contract = name,
): Promise<void> {
  // The sources, for block explorers, are worth reading only where there is one.
  const artifact = hre.network.live ? await hre.deployments.getExtendedArtifact(contract) : await hre.deployments.getArtifact(contract);
  await hre.deployments.save(name, {
    ...artifact,
    address,
    args: [...args],
    ...(receipt !== null && { transactionHash: receipt.hash, receipt: toSaved(receipt) }),
  });
  if (receipt !== null) hre.deployments.log(`${name} is deployed at ${address}`);
}

/** The receipt of a contract that an interrupted run deployed. Endpoints may refuse to search logs; it is then left out. */
async function findReceipt(hre: HardhatRuntimeEnvironment, create3: Create3Deployer, salt: string): Promise<TransactionReceipt | null> {
  const saved = await hre.deployments.get("Create3Deployer");
  try {
    const [event] = await create3.queryFilter(create3.filters.ContractDeployed(salt), saved.receipt?.blockNumber);
    return event === undefined ? null : await event.getTransactionReceipt();
  } catch {
    return null;
  }
}

function toSaved(receipt: TransactionReceipt): Receipt {
  return {
    from: receipt.from,
    to: receipt.to ?? undefined,
    transactionHash: receipt.hash,
    blockHash: receipt.blockHash,
    blockNumber: receipt.blockNumber,
    transactionIndex: receipt.index,
    cumulativeGasUsed: receipt.cumulativeGasUsed.toString(),
    gasUsed: receipt.gasUsed.toString(),
    status: receipt.status ?? undefined,
  };
}
