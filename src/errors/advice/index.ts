import { accountAdvice } from "./account";
import type { AdviceTable } from "./advice";
import { bucketAdvice } from "./bucket";
import { clusterAdvice } from "./cluster";
import { librariesAdvice } from "./libraries";
import { nodeAdvice } from "./node";
import { sharedAdvice } from "./shared";
import { sharingAdvice } from "./sharing";

export type { Advice, AdviceTable } from "./advice";

/** What every error that can reach people says to them, by its name. */
export const ADVICE: AdviceTable = {
  ...librariesAdvice,
  ...sharedAdvice,
  ...accountAdvice,
  ...nodeAdvice,
  ...clusterAdvice,
  ...bucketAdvice,
  ...sharingAdvice,
};
