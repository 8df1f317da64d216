/** Which task makes which call: one for every function that people call. A test compares it with the contracts. */
export const TASK_OF_FUNCTION = {
  AccountRegistry: {
    deposit: "account:deposit",
    depositFor: "account:deposit",
    depositWithPermit: "account:deposit",
    withdraw: "account:withdraw",
    addCurrency: "currency:add",
    setFeed: "currency:set-feed",
    setPrice: "currency:set-price",
    syncPrice: "currency:sync-price",
    pauseCurrency: "currency:pause",
  },
  NodeRegistry: {
    createNode: "node:create",
    changeNodeParams: "node:change-params",
    changeNodeRent: "node:change-rent",
    changeNodeCapacity: "node:change-capacity",
    removeNode: "node:remove",
    trustManager: "node:trust-manager",
    distrustManager: "node:distrust-manager",
  },
  ClusterRegistry: {
    createCluster: "cluster:create",
    reserveResource: "cluster:reserve-resource",
    releaseResource: "cluster:release-resource",
    closeCluster: "cluster:close",
    replaceNode: "cluster:replace-node",
    replaceNodes: "cluster:replace-nodes",
    acceptRent: "cluster:accept-rent",
    distributeRevenues: "cluster:distribute-revenues",
    claimRevenues: "cluster:claim-revenues",
    changeClusterParams: "cluster:change-params",
    lowerManagementFee: "cluster:lower-management-fee",
    offerManagement: "cluster:offer-management",
    acceptManagement: "cluster:accept-management",
    removeCluster: "cluster:remove",
    setNetworkFee: "cluster:set-network-fee",
  },
  BucketRegistry: {
    createBucket: "bucket:create",
    allocate: "bucket:allocate",
    release: "bucket:release",
    setResourceCap: "bucket:set-resource-cap",
    reclaim: "bucket:reclaim",
    endBucket: "bucket:end",
    settlePayment: "bucket:settle-payment",
    settlePayments: "bucket:settle-payment",
    changeBucketParams: "bucket:change-params",
    offerBucket: "bucket:offer",
    acceptBucket: "bucket:accept",
    closeBucket: "bucket:close",
  },
} as const satisfies Record<string, Record<string, string>>;

/** Functions without a task: registries call them, or programs that put several calls into one. */
export const FUNCTIONS_WITHOUT_TASK = {
  AccountRegistry: ["raiseRate", "lowerRate", "settle", "takePool", "credit", "multicall", "setAuthority"],
  NodeRegistry: ["join", "reserve", "release", "handOver", "multicall"],
  ClusterRegistry: ["allocate", "release", "multicall", "setAuthority"],
  BucketRegistry: ["multicall"],
} as const satisfies Record<keyof typeof TASK_OF_FUNCTION, readonly string[]>;

/** Which task shows what a view returns. */
export const TASK_OF_VIEW = {
  AccountRegistry: {
    getAccount: "account:show",
    getCurrency: "currency:list",
    listCurrencies: "currency:list",
    custody: "account:custody",
    getStream: "account:custody",
    poolOf: "account:custody",
  },
  NodeRegistry: { getNode: "node:show", listNodes: "node:list", isTrusted: "node:is-trusted" },
  ClusterRegistry: {
    getCluster: "cluster:show",
    getMembers: "cluster:show",
    claimable: "cluster:show",
    listClusters: "cluster:list",
    getVnodes: "cluster:vnodes",
    quote: "cluster:quote",
    networkFee: "cluster:network-fee",
    undividedOf: "account:custody",
  },
  BucketRegistry: { getBucket: "bucket:show", listBuckets: "bucket:list" },
} as const satisfies Record<keyof typeof TASK_OF_FUNCTION, Record<string, string>>;
