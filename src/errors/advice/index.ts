import { accountAdvice } from "./account";
import { administrationAdvice } from "./administration";
import type { AdviceTable } from "./advice";
import { bucketAdvice } from "./bucket";
import { clusterAdvice } from "./cluster";
import { governanceAdvice } from "./governance";
import { librariesAdvice } from "./libraries";
import { nodeAdvice } from "./node";
import { priceAdvice } from "./price";
import { sharedAdvice } from "./shared";
import { sharingAdvice } from "./sharing";
import { storageProofsAdvice } from "./storage-proofs";
import { termsAdvice } from "./terms";

export { SAFE_CODES } from "./governance";
export type { Advice, AdviceTable } from "./advice";

/** Advice for every error that can reach people, by its name; by its signature where two errors share a name. */
export const ADVICE: AdviceTable = {
  ...administrationAdvice,
  ...librariesAdvice,
  ...governanceAdvice,
  ...sharedAdvice,
  ...accountAdvice,
  ...priceAdvice,
  ...nodeAdvice,
  ...clusterAdvice,
  ...bucketAdvice,
  ...sharingAdvice,
  ...termsAdvice,
  ...storageProofsAdvice,
};
