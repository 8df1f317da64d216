import type { HardhatRuntimeEnvironment } from "hardhat/types";

import type { DEPLOYED_CONTRACTS } from "../src/contract-names";
import { addressOf, deployOnce } from "./create3";
import { gateGasOf, sequencerFeedOf } from "./networks";
import { deployerAndAdmin } from "./people";
import { roleSetups, functionSetups } from "./roles";

/** What a contract is told when it is created: first what it keeps in immutables, by the names of their getters, then the rest. */
interface Construction {
  /** Its name in the sources, if it is deployed under another. */
  contract?: string;
  fixed: Record<string, string | bigint>;
  initial: readonly unknown[];
}

export type Planned = (typeof DEPLOYED_CONTRACTS)[number];

/** The access manager, the registries and the validator that stands on them, and how each knows the others before they exist. */
export async function plan(hre: HardhatRuntimeEnvironment): Promise<Record<Planned, Construction>> {
  const { admin } = await deployerAndAdmin(hre);
  const authority = await addressOf(hre, "AccessManager");
  const ACCOUNT_REGISTRY = await addressOf(hre, "AccountRegistry");
  const PRICE_REGISTRY = await addressOf(hre, "PriceRegistry");
  const NODE_REGISTRY = await addressOf(hre, "NodeRegistry");
  const CLUSTER_REGISTRY = await addressOf(hre, "ClusterRegistry");
  const BUCKET_REGISTRY = await addressOf(hre, "BucketRegistry");
  const TERMS_REGISTRY = await addressOf(hre, "TermsRegistry");
  const SEQUENCER_FEED = sequencerFeedOf(hre);
  const GATE_GAS = gateGasOf(hre);
  return {
    AccessManager: { contract: "Administration", fixed: {}, initial: [admin, roleSetups(hre), await functionSetups(hre)] },
    AccountRegistry: { fixed: { PRICE_REGISTRY, CLUSTER_REGISTRY, BUCKET_REGISTRY, TERMS_REGISTRY }, initial: [] },
    PriceRegistry: { fixed: { authority, ACCOUNT_REGISTRY, SEQUENCER_FEED }, initial: [] },
    NodeRegistry: { fixed: { CLUSTER_REGISTRY }, initial: [] },
    // The network fee, zero at first, goes to the admin until the fee manager says otherwise.
    ClusterRegistry: { fixed: { authority, NODE_REGISTRY, ACCOUNT_REGISTRY, BUCKET_REGISTRY, TERMS_REGISTRY }, initial: [admin] },
    BucketRegistry: { fixed: { CLUSTER_REGISTRY, ACCOUNT_REGISTRY, GATE_GAS }, initial: [] },
    TermsRegistry: { fixed: { CLUSTER_REGISTRY, NODE_REGISTRY, ACCOUNT_REGISTRY }, initial: [] },
    StorageProofs: { fixed: { TERMS_REGISTRY, CLUSTER_REGISTRY, NODE_REGISTRY }, initial: [] },
  };
}

export async function deployPlanned(hre: HardhatRuntimeEnvironment, name: Planned): Promise<void> {
  const { contract = name, fixed, initial } = (await plan(hre))[name];
  await deployOnce(hre, name, [...Object.values(fixed), ...initial], contract);
}
