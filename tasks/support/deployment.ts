import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { type Addresses, DEPLOYED_CONTRACTS, UserError } from "../../src";

/** hardhat-deploy's record of a network. */
export interface Deployment {
  chainId: number;
  addresses: Addresses;
  /** The block from which on there are events. */
  fromBlock: number;
  /** Deployed tokens by their names. */
  tokens: ReadonlyMap<string, string>;
  /** Names of the contracts, by address. */
  names: ReadonlyMap<string, string>;
}

const TOKEN_FUNCTION = "transferFrom";

export async function findDeployment(hre: HardhatRuntimeEnvironment): Promise<Deployment> {
  // Fails, saying so, if the network does not answer.
  const chainId = Number(await hre.network.provider.send("eth_chainId"));
  const deployments = await hre.deployments.all();
  const missing = DEPLOYED_CONTRACTS.filter((name) => deployments[name] === undefined);
  if (missing.length > 0) throw new UserError(`${notDeployed(hre.network.name)} (Missing: ${missing.join(", ")}.)`);

  const addressOf = (name: (typeof DEPLOYED_CONTRACTS)[number]): string => deployments[name]?.address ?? "";
  const code = await hre.ethers.provider.getCode(addressOf("AccountRegistry"));
  if (code === "0x") {
    throw new UserError(
      `The deployment in deployments/${hre.network.name} is not on this chain. ` +
        (hre.network.live
          ? "Is the endpoint that of the right chain, and up to date?"
          : `It may have been started afresh: deploy again with npx hardhat deploy --network ${hre.network.name}.`),
    );
  }
  const entries = Object.entries(deployments);
  const isToken = ([, { abi }]: (typeof entries)[number]): boolean => abi.some((item: { name?: string }) => item.name === TOKEN_FUNCTION);
  return {
    chainId,
    addresses: {
      accountRegistry: addressOf("AccountRegistry"),
      priceRegistry: addressOf("PriceRegistry"),
      nodeRegistry: addressOf("NodeRegistry"),
      clusterRegistry: addressOf("ClusterRegistry"),
      bucketRegistry: addressOf("BucketRegistry"),
      termsRegistry: addressOf("TermsRegistry"),
      storageProofs: addressOf("StorageProofs"),
      accessManager: addressOf("AccessManager"),
    },
    fromBlock: Math.max(0, deployments.AccountRegistry?.receipt?.blockNumber ?? 0),
    tokens: new Map(entries.filter(isToken).map(([name, { address }]) => [name, address])),
    names: new Map(entries.map(([name, { address }]) => [address, name])),
  };
}

function notDeployed(network: string): string {
  if (network === "hardhat") {
    return (
      "The embedded chain starts empty with every command. Start one that stays with: npx hardhat node, " +
      "and add --network localhost to this command."
    );
  }
  return `The registries are not deployed on ${network}. Deploy them with: npx hardhat deploy --network ${network}.`;
}
