import { usd } from "../fixtures";
import { type Call, depositCall } from "../model/call";
import type { Cast } from "../model/market";
import { callOf, NO_LIMIT } from "./actions/draw";
import { DAY } from "./state/numbers";
import type { Witness } from "./witness";

const HOUR = 3_600n;
const NO_PERMIT = { deadline: 0n, v: 0n, r: `0x${"00".repeat(32)}`, s: `0x${"00".repeat(32)}` };
const LONG = `{"url":"https://${"node".repeat(10)}.example"}`;

/** A call, or a time that passes (seconds). */
type Step = Call | bigint;

/** By everyone, through all that the registries log, from where the market begins. */
export async function tour(witness: Witness, cast: Cast): Promise<void> {
  await witness.observe();
  for (const step of [...ofNodes(cast), ...ofPrices(cast), ...ofClusters(cast), ...ofSharing(cast), ...ofTerms(cast), ...ofEnds(cast)]) {
    if (typeof step === "bigint") {
      await witness.passTo(witness.now + step);
      continue;
    }
    const refused = await witness.send(step, witness.now + 1n);
    if (refused !== undefined) throw new Error(`The tour stops at ${step.method}(${step.args.join(", ")}): ${refused.error}.`);
  }
}

/** The nodes 7 and 8, at a rent lower than most. */
function ofNodes({ admin, providers }: Cast): Step[] {
  const [provider, otherProvider] = providers as [string, string];
  return [
    callOf(provider, "nodeRegistry", "trustManager", [admin]),
    callOf(provider, "nodeRegistry", "distrustManager", [admin]),
    callOf(provider, "nodeRegistry", "createNode", [usd("2"), 1_000n, LONG]),
    callOf(otherProvider, "nodeRegistry", "createNode", [usd("1"), 1_000n, ""]),
    callOf(provider, "nodeRegistry", "changeNodeParams", [7n, "{}"]),
    callOf(provider, "nodeRegistry", "changeNodeRent", [7n, usd("1")]),
    callOf(provider, "nodeRegistry", "changeNodeCapacity", [7n, 2_000n]),
    callOf(provider, "nodeRegistry", "createNode", [usd("2"), 1_000n, "{}"]),
    callOf(provider, "nodeRegistry", "removeNode", [9n]),
  ];
}

function ofPrices({ admin, currencies }: Cast): Step[] {
  const [, testUSD, , , fed] = currencies as [string, string, string, string, string];
  return [
    callOf(admin, "priceRegistry", "setPrice", [testUSD, usd("1.1")]),
    callOf(admin, "priceRegistry", "pauseCurrency", [testUSD, true]),
    callOf(admin, "priceRegistry", "pauseCurrency", [testUSD, false]),
    callOf(admin, "priceRegistry", "setFeed", [fed, `0x${"00".repeat(20)}`, 0n]),
  ];
}

/** Cluster 1, whose nodes fail and change. */
function ofClusters({ admin, currencies, managers, owners, providers }: Cast): Step[] {
  const [manager, otherManager] = managers as [string, string];
  const [provider] = providers as [string, string];
  const [owner] = owners as [string, string];
  const [, testUSD] = currencies as [string, string];
  const manage = (method: string, ...args: unknown[]): Call => callOf(manager, "clusterRegistry", method, args);
  return [
    manage("reserveResource", 1n, 5n),
    manage("releaseResource", 1n, 2n),
    manage("changeClusterParams", 1n, LONG),
    manage("lowerManagementFee", 1n, 500n),
    manage("closeCluster", 1n, true),
    manage("closeCluster", 1n, false),
    manage("offerManagement", 6n, otherManager),
    callOf(otherManager, "clusterRegistry", "acceptManagement", [6n]),
    callOf(manager, "termsRegistry", "reportQuality", [1n, 2n, 4_000n, 7n, "ref"]),
    HOUR,
    callOf(admin, "accountRegistry", "touchAccount", [owner, testUSD]),
    callOf(owner, "accountRegistry", "withdraw", [testUSD, 1n, owner]),
    callOf(admin, "clusterRegistry", "distributeRevenues", [1n]),
    callOf(admin, "clusterRegistry", "claimRevenues", [1n, 6n]),
    manage("replaceNode", 1n, 0n, 7n),
    callOf(provider, "nodeRegistry", "changeNodeRent", [6n, usd("3")]),
    manage("acceptRent", 1n, 6n, NO_LIMIT),
    manage("replaceNodes", 1n, 2n, 8n),
    callOf(provider, "termsRegistry", "announceExit", [1n, 7n]),
    7n * DAY,
    callOf(admin, "termsRegistry", "finishExit", [1n, 7n]),
    HOUR,
    callOf(manager, "termsRegistry", "fillVacancy", [1n, 0n, 4n, true]),
  ];
}

/** Buckets, and who may use them. */
function ofSharing({ currencies, owners }: Cast): Step[] {
  const [owner, otherOwner] = owners as [string, string];
  const [, testUSD] = currencies as [string, string];
  const own = (method: string, ...args: unknown[]): Call => callOf(owner, "bucketRegistry", method, args);
  return [
    own("setResourceCap", 1n, 9n, NO_LIMIT),
    own("release", 1n, 1n),
    own("changeBucketParams", 1n, "{}"),
    own("acceptBucket", 2n, NO_LIMIT),
    own("offerBucket", 1n, otherOwner),
    own("grantAccess", 5n, [otherOwner], 3n, 0n),
    own("publishKeys", 5n, 0n, [otherOwner], ["0xabcd"]),
    own("setPublic", 5n, true),
    own("setPublic", 5n, false),
    own("setGate", 5n, 1n, testUSD, 0n, 1_000n),
    own("revokeAccess", 5n, [otherOwner]),
  ];
}

/** Cluster 7, which has terms of its own: two bonds are posted, slashed, withheld and returned. */
function ofTerms({ admin, currencies, managers, owners, providers }: Cast): Step[] {
  const [manager] = managers as [string, string];
  const [provider, otherProvider] = providers as [string, string];
  const [owner, otherOwner] = owners as [string, string];
  const [, testUSD] = currencies as [string, string];
  const terms = { validator: otherOwner, bondPerVnode: 1_000n, maxSlashBps: 5_000n, leavingNotice: HOUR, validatorNotice: HOUR };
  const call = (sender: string, method: string, ...args: unknown[]): Call => callOf(sender, "termsRegistry", method, args);
  return [
    call(manager, "createClusterWithTerms", terms, testUSD, 2n, 100n, ""),
    depositCall(otherProvider, otherProvider, testUSD, 1_000_000n),
    call(otherProvider, "acceptTerms", 7n, 8n),
    call(otherProvider, "postBond", 7n, 8n, 2_000n),
    call(provider, "acceptTermsWithBond", 7n, 7n, 1_000n, { amount: 5_000n, ...NO_PERMIT }),
    call(manager, "fillCluster", 7n, [8n, 7n]),
    callOf(manager, "clusterRegistry", "reserveResource", [7n, 5n]),
    callOf(owner, "bucketRegistry", "openBucket", [7n, "", 1n, NO_LIMIT, { amount: 9_000_000n, ...NO_PERMIT }]),
    call(otherOwner, "slash", 7n, 7n, 500n, 7n, "ref"),
    7n * DAY,
    call(admin, "vacateUncovered", 7n, 7n),
    call(otherProvider, "withdrawBond", 7n, 8n, 500n),
    call(manager, "offerValidator", 7n, owner),
    HOUR,
    call(admin, "finishValidator", 7n),
    call(otherProvider, "announceExit", 7n, 8n),
    // Lets the node leave at once.
    call(owner, "reportQuality", 7n, 8n, 4_000n, 7n, "ref"),
    call(admin, "finishExit", 7n, 8n),
    HOUR,
    call(admin, "finishExit", 7n, 8n),
  ];
}

/** Buckets are ended and taken back, and cluster 6 is removed. */
function ofEnds({ admin, managers, owners }: Cast): Step[] {
  const [manager, otherManager] = managers as [string, string];
  const [owner] = owners as [string, string];
  const bucket = (sender: string, method: string, ...args: unknown[]): Call => callOf(sender, "bucketRegistry", method, args);
  return [
    // Of an account that has nothing in this currency.
    bucket(manager, "createBucket", 5n, ""),
    bucket(manager, "allocate", 8n, 1n, NO_LIMIT),
    bucket(manager, "endBucket", 1n),
    20n * DAY,
    bucket(admin, "reclaim", 8n),
    10n * DAY,
    bucket(admin, "reclaim", 8n),
    bucket(admin, "endBucket", 1n),
    bucket(owner, "closeBucket", 6n),
    HOUR,
    callOf(otherManager, "clusterRegistry", "removeCluster", [6n]),
    callOf(admin, "accountRegistry", "settleCluster", [5n, 2_000n]),
  ];
}
