import { usd } from "../fixtures";
import { type Call, call, depositCall } from "./call";
import type { Cast } from "./setup";
import { MAX_RESOURCE } from "./model/limits";

const NO_LIMIT = 2n ** 128n - 1n;

/** Something to begin with: nodes of several rents, a cluster in each currency, and a bucket that pays in each cluster. */
export function seed({ admin, currencies, managers, owners, providers }: Cast): Call[] {
  const [manager, otherManager] = managers as [string, string];
  const [provider, otherProvider] = providers as [string, string];
  const [owner, otherOwner] = owners as [string, string];
  const [ether, testUSD, whole, finest, fed] = currencies as [string, string, string, string, string];

  const trust = providers.flatMap((by) => managers.map((trusted) => call(by, "nodeRegistry", "trustManager", [trusted])));
  const nodes = [
    call(provider, "nodeRegistry", "createNode", [usd("7"), 10_000n, ""]),
    call(otherProvider, "nodeRegistry", "createNode", [usd("7"), 10_000n, ""]),
    call(provider, "nodeRegistry", "createNode", [333_333_333_333_333_333n, 10_000n, ""]),
    call(otherProvider, "nodeRegistry", "createNode", [1n, 10_000n, ""]),
    call(provider, "nodeRegistry", "createNode", [usd("10000000"), MAX_RESOURCE, ""]),
  ];
  const clusters = [
    call(manager, "clusterRegistry", "createCluster", [testUSD, 5n, [1n, 2n], 777n, ""]),
    call(otherManager, "clusterRegistry", "createCluster", [ether, 7n, [3n, 2n, 1n], 3_000n, ""]),
    call(manager, "clusterRegistry", "createCluster", [whole, 1n, [5n], 0n, ""]),
    call(otherManager, "clusterRegistry", "createCluster", [finest, 3n, [4n, 3n], 1n, ""]),
    call(manager, "clusterRegistry", "createCluster", [fed, 300n, [3n, 4n], 333n, ""]),
    // A step from a weight of nearly nothing.
    call(manager, "clusterRegistry", "createCluster", [testUSD, 2n, [2n, 4n], 333n, ""]),
  ];
  const clusterIds = clusters.map((_, i) => BigInt(i + 1));
  return [
    call(admin, "priceFeed", "setAnswer", [100_000_000n]),
    call(admin, "clusterRegistry", "setNetworkFee", [137n, admin]),
    ...trust,
    ...nodes,
    ...clusters,
    ...clusterIds.map((id) => call(id === 2n || id === 4n ? otherManager : manager, "clusterRegistry", "reserveResource", [id, 20n])),
    ...clusterIds.map((id) => call(id === 2n ? otherOwner : owner, "bucketRegistry", "createBucket", [id, ""])),
    ...clusterIds.map((id) => call(id === 2n ? otherOwner : owner, "bucketRegistry", "allocate", [id, 1n, NO_LIMIT])),
    // A second unit at another rent: a rate that does not divide by what it is for.
    call(provider, "nodeRegistry", "createNode", [usd("7") - 1n, 10_000n, ""]),
    call(manager, "clusterRegistry", "replaceNodes", [1n, 1n, 6n]),
    call(owner, "bucketRegistry", "allocate", [1n, 1n, NO_LIMIT]),
    call(owner, "bucketRegistry", "setResourceCap", [1n, 8n, NO_LIMIT]),
    call(otherOwner, "bucketRegistry", "setResourceCap", [2n, 8n, NO_LIMIT]),
    call(owner, "bucketRegistry", "setResourceCap", [3n, 8n, NO_LIMIT]),
    call(otherOwner, "bucketRegistry", "offerBucket", [2n, owner]),
    // What covers days, or months.
    depositCall(owner, owner, testUSD, 10_000_000n),
    depositCall(otherOwner, otherOwner, ether, 10n ** 19n),
    depositCall(owner, owner, whole, 3n),
    depositCall(owner, owner, finest, 10n ** 32n),
    depositCall(owner, owner, fed, 10n ** 19n),
  ];
}
