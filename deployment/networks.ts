import { getAddress, isAddress, ZeroAddress } from "ethers";
import { vars } from "hardhat/config";
import type { NetworksUserConfig } from "hardhat/types";

import { plainError } from "./errors";

/** The key that signs on public networks; a person needs no other. */
const KEY_VARIABLE = "DDC_DEPLOYER_KEY";
/** Who administers the contracts on public networks: a multisig, in production. */
const ADMIN_VARIABLE = "DDC_ADMIN";

interface PublicNetwork {
  chainId: number;
  /** The variable with the JSON-RPC endpoint. */
  endpoint: string;
  /** Chainlink's uptime feed of the chain's sequencer; zero: prices are taken without asking it. */
  sequencerFeed: string;
}

// Chainlink publishes uptime feeds for the main networks of rollups alone (https://docs.chain.link/data-feeds/l2-sequencer-feeds),
// so the feed of every test network is zero. On a main network it must not be.
const PUBLIC_NETWORKS: Record<string, PublicNetwork> = {
  sepolia: { chainId: 11_155_111, endpoint: "DDC_SEPOLIA_URL", sequencerFeed: ZeroAddress },
  baseSepolia: { chainId: 84_532, endpoint: "DDC_BASE_SEPOLIA_URL", sequencerFeed: ZeroAddress },
  arbitrumSepolia: { chainId: 421_614, endpoint: "DDC_ARBITRUM_SEPOLIA_URL", sequencerFeed: ZeroAddress },
  optimismSepolia: { chainId: 11_155_420, endpoint: "DDC_OPTIMISM_SEPOLIA_URL", sequencerFeed: ZeroAddress },
  polygonAmoy: { chainId: 80_002, endpoint: "DDC_POLYGON_AMOY_URL", sequencerFeed: ZeroAddress },
  filecoinCalibration: { chainId: 314_159, endpoint: "DDC_FILECOIN_CALIBRATION_URL", sequencerFeed: ZeroAddress },
};

/** What Hardhat is told about the networks. Nothing here fails: variables matter only to the network that is used. */
export function networks(): NetworksUserConfig {
  const key = variable(KEY_VARIABLE);
  const accounts = key !== undefined && isKey(key) ? [key] : [];
  const configured: NetworksUserConfig = {
    hardhat: { allowUnlimitedContractSize: false },
    // The chain id keeps a real chain behind a local endpoint from being taken for a development chain.
    localhost: { chainId: 31_337, url: variable("DDC_LOCALHOST_URL") ?? "http://127.0.0.1:8545" },
  };
  for (const [name, { chainId, endpoint }] of Object.entries(PUBLIC_NETWORKS)) {
    const url = variable(endpoint);
    configured[name] = { chainId, url: url !== undefined && isUrl(url) ? url : "http://unset.invalid", accounts };
  }
  return configured;
}

/** On development chains the admin is an account of the node, elsewhere the configured address. */
export function adminAccount(): Record<string, number | string | null> {
  const admin = variable(ADMIN_VARIABLE);
  const address = admin !== undefined && isAdmin(admin) ? getAddress(admin) : null;
  return { default: 1, ...Object.fromEntries(Object.keys(PUBLIC_NETWORKS).map((name) => [name, address])) };
}

/** The uptime feed of the network's sequencer; zero where there is none. */
export function sequencerFeedOf(network: string): string {
  return PUBLIC_NETWORKS[network]?.sequencerFeed ?? ZeroAddress;
}

/** Refuses, saying what to do, if there is no endpoint for the network. */
export function requireEndpoint(network: string): void {
  const endpoint = PUBLIC_NETWORKS[network]?.endpoint;
  if (endpoint !== undefined) {
    requireVariable(network, endpoint, "the URL of a JSON-RPC endpoint (http:// or https://)", isUrl);
  }
}

/** Refuses, saying what to do, if there is no key to sign with on the network. */
export function requireKey(network: string): void {
  if (network in PUBLIC_NETWORKS) {
    requireVariable(network, KEY_VARIABLE, "the private key to sign with (64 hexadecimal digits)", isKey);
  }
}

/** Refuses, saying what to do, if it is not known who is to administer the contracts on the network. */
export function requireAdmin(network: string): void {
  if (network in PUBLIC_NETWORKS) {
    requireVariable(network, ADMIN_VARIABLE, "the address that will administer the contracts", isAdmin);
  }
}

function requireVariable(network: string, name: string, meaning: string, isValid: (value: string) => boolean): void {
  const value = variable(name);
  if (value === undefined || !isValid(value)) {
    const problem = value === undefined ? "is not set" : "is not valid";
    throw plainError(
      `The variable ${name} ${problem}. Network "${network}" needs it: ${meaning}. Set it with\n\n    npx hardhat vars set ${name}\n`,
    );
  }
}

function variable(name: string): string | undefined {
  return vars.has(name) ? vars.get(name).trim() : undefined;
}

function isAdmin(value: string): boolean {
  return isAddress(value) && getAddress(value) !== ZeroAddress;
}

function isKey(value: string): boolean {
  return /^(0x)?[0-9a-fA-F]{64}$/.test(value);
}

function isUrl(value: string): boolean {
  return /^https?:\/\//.test(value) && URL.canParse(value);
}
