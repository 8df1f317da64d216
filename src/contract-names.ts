/** The registries of a network, in the order in which they are deployed. */
export const REGISTRIES = [
  "AccountRegistry",
  "PriceRegistry",
  "NodeRegistry",
  "ClusterRegistry",
  "BucketRegistry",
  "TermsRegistry",
] as const;

export type RegistryName = (typeof REGISTRIES)[number];

/** The contracts of a network that people and engines call: the registries, and the validator that any cluster can name. */
export const NETWORK_CONTRACTS = [...REGISTRIES, "StorageProofs"] as const;

/** All contracts of a deployment, but for what creates them. */
export const DEPLOYED_CONTRACTS = ["AccessManager", ...NETWORK_CONTRACTS] as const;
