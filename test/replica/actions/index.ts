import { ACCOUNT_ACTIONS } from "./accounts";
import { BUCKET_ACTIONS } from "./buckets";
import { CLUSTER_ACTIONS } from "./clusters";
import type { Action, Weighted } from "./draw";
import { TERMS_ACTIONS } from "./terms";

const ALL: Weighted[] = [...ACCOUNT_ACTIONS, ...CLUSTER_ACTIONS, ...BUCKET_ACTIONS, ...TERMS_ACTIONS];

/** Each action as often as its weight says. */
export const ACTIONS: Action[] = ALL.flatMap(([weight, action]) => Array<Action>(weight).fill(action));
