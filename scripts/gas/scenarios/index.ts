import { type Meter } from "../meter";
import { type World } from "../world";
import { measureAccess } from "./access";
import { measureAccounts } from "./accounts";
import { measureBuckets } from "./buckets";
import { measureClusters } from "./clusters";
import { measureNodes } from "./nodes";
import { measurePrices } from "./prices";
import { measureStorageProofs } from "./storage-proofs";
import { measureTerms } from "./terms";

/** What is measured, each in a world of its own. */
export const SCENARIOS: readonly ((world: World, meter: Meter) => Promise<void>)[] = [
  measureAccounts,
  measurePrices,
  measureNodes,
  measureClusters,
  measureBuckets,
  measureAccess,
  measureTerms,
  measureStorageProofs,
];
