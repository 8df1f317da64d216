import { getAddress, isAddress, ZeroAddress } from "ethers";
import { vars } from "hardhat/config";
import type { HardhatRuntimeEnvironment, NetworksUserConfig } from "hardhat/types";

import { plainError } from "./errors";

/** The key that signs on public networks; a person needs no other. */
const KEY_VARIABLE = "DDC_DEPLOYER_KEY";
/** Who administers the contracts on public networks: a multisig, in production. */
const ADMIN_VARIABLE = "DDC_ADMIN";
/** The admin's address once more, if it is that of a plain key and not of a contract. */
const ADMIN_IS_KEY_VARIABLE = "DDC_ADMIN_IS_KEY";

interface PublicNetwork {
  chainId: number;
  /** The variable with the JSON-RPC endpoint. */
  endpoint: string;
  /** Whether a sequencer orders the chain's transactions. */
  rollup: boolean;
  /** Chainlink's uptime feed of the chain's sequencer; zero: prices are taken without asking it. */
  sequencerFeed: string;
  /** Chainlink publishes no uptime feed for this test network. */
  testnetWithoutSequencerFeed?: true;
  /** The gas with which bucket gates ask a token; {@link GATE_GAS} unless the network counts gas in another unit. */
  gateGas?: bigint;
}

/** The gas with which bucket gates ask a token where gas is Ethereum's: `balanceOf` of a token behind a proxy needs some 10,000. */
const GATE_GAS = 100_000n;
/**
 * The same where gas is Filecoin's. Filecoin prices the interpreter and not each instruction, and says that its gas is to Ethereum's about
 * as 444 to 1: https://docs.filecoin.io/smart-contracts/filecoin-evm-runtime/difference-with-ethereum
 * A network upgrade can change these prices, and the registry cannot change its gas. So this is more than 444 times as much; a call may
 * still use 10,000,000,000 there.
 */
const FILECOIN_GATE_GAS = 50_000_000n;

const NO_ROLLUP = { rollup: false, sequencerFeed: ZeroAddress } as const;
const TEST_ROLLUP = { rollup: true, sequencerFeed: ZeroAddress, testnetWithoutSequencerFeed: true } as const;

const UPTIME_FEEDS = "https://docs.chain.link/data-feeds/l2-sequencer-feeds";

// Chainlink publishes uptime feeds for the main networks of rollups alone (see UPTIME_FEEDS).
const PUBLIC_NETWORKS: Record<string, PublicNetwork> = {
  sepolia: { chainId: 11_155_111, endpoint: "DDC_SEPOLIA_URL", ...NO_ROLLUP },
  baseSepolia: { chainId: 84_532, endpoint: "DDC_BASE_SEPOLIA_URL", ...TEST_ROLLUP },
  arbitrumSepolia: { chainId: 421_614, endpoint: "DDC_ARBITRUM_SEPOLIA_URL", ...TEST_ROLLUP },
  optimismSepolia: { chainId: 11_155_420, endpoint: "DDC_OPTIMISM_SEPOLIA_URL", ...TEST_ROLLUP },
  polygonAmoy: { chainId: 80_002, endpoint: "DDC_POLYGON_AMOY_URL", ...NO_ROLLUP },
  filecoinCalibration: { chainId: 314_159, endpoint: "DDC_FILECOIN_CALIBRATION_URL", ...NO_ROLLUP, gateGas: FILECOIN_GATE_GAS },
};

/** Main networks that are rollups whatever a table says: OP Mainnet, Base, Arbitrum One. */
const MAIN_ROLLUPS: readonly number[] = [10, 8_453, 42_161];

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

/** The uptime feed of the network's sequencer; zero where there is none. Refuses a public network of which that is not known. */
export function sequencerFeedOf({ network }: Pick<HardhatRuntimeEnvironment, "network">): string {
  const known = PUBLIC_NETWORKS[network.name];
  if (known !== undefined) return requireSequencerFeed(network.name, known);
  if (network.live) throw unknownNetwork(network.name);
  return ZeroAddress;
}

/** The gas with which bucket gates ask a token on the network. Refuses a public network of which that is not known. */
export function gateGasOf({ network }: Pick<HardhatRuntimeEnvironment, "network">): bigint {
  const known = PUBLIC_NETWORKS[network.name];
  if (known === undefined && network.live) throw unknownNetwork(network.name);
  return known?.gateGas ?? GATE_GAS;
}

/** Refuses, saying what to do, if prices on a rollup would be taken without asking whether its sequencer was down. */
export function requireSequencerFeed(name: string, network: Omit<PublicNetwork, "endpoint">): string {
  const { chainId, rollup, sequencerFeed, testnetWithoutSequencerFeed = false } = network;
  const main = MAIN_ROLLUPS.includes(chainId);
  if (sequencerFeed === ZeroAddress && (main || (rollup && !testnetWithoutSequencerFeed))) {
    throw plainError(
      `Network "${name}" is a rollup and has no sequencerFeed in deployment/networks.ts. Without it, feeds that stood still with the ` +
        `sequencer would set prices as soon as it is back. Set it to Chainlink's uptime feed: ${UPTIME_FEEDS}` +
        (main ? "" : "\nIf this is a test network for which there is none, set testnetWithoutSequencerFeed there."),
    );
  }
  return sequencerFeed;
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

/** Whether the operator said that this admin is a plain key. */
export function isAdminDeclaredKey(admin: string): boolean {
  const declared = variable(ADMIN_IS_KEY_VARIABLE);
  return declared !== undefined && isAdmin(declared) && getAddress(declared) === admin;
}

function unknownNetwork(name: string): Error {
  return plainError(`Network "${name}" is not in deployment/networks.ts. Add it there.`);
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
