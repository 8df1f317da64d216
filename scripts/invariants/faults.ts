/** A fault that is sown into the contracts: the text `find`, which has to be there once, becomes `replace`. */
export interface Fault {
  name: string;
  file: string;
  find: string;
  replace: string;
}

const ACCOUNTS = "contracts/libraries/Accounts.sol";
const ACCOUNT_REGISTRY = "contracts/AccountRegistry.sol";
const BUCKET_REGISTRY = "contracts/BucketRegistry.sol";
const CLUSTER_REGISTRY = "contracts/ClusterRegistry.sol";
const NODE_REGISTRY = "contracts/NodeRegistry.sol";
const CURRENCIES = "contracts/prices/Currencies.sol";
const CURRENCY_INDEXES = "contracts/libraries/CurrencyIndexes.sol";
const MEMBERSHIPS = "contracts/clusters/Memberships.sol";
const REVENUES = "contracts/clusters/Revenues.sol";

export const FAULTS: readonly Fault[] = [
  {
    name: "accumulator cut to 136 bits",
    file: REVENUES,
    find: "cluster.revenuePerWeight = revenuePerWeight;",
    replace: "cluster.revenuePerWeight = uint136(revenuePerWeight);",
  },
  {
    name: "what a node was paid cut to 136 bits",
    file: REVENUES,
    find: "member.revenuePaid = revenuePerWeight;",
    replace: "member.revenuePaid = uint136(revenuePerWeight);",
  },
  {
    name: "a dry account's streams go on",
    file: ACCOUNTS,
    find: "result.skipped += passed - paid;",
    replace: "result.skipped += 0;",
  },
  {
    name: "a dry account forgets what it cannot pay for a whole step of the index",
    file: ACCOUNTS,
    find: "result.balance -= paid * result.rate;",
    replace: "result.balance = 0;",
  },
  {
    name: "a credit pays for time before it",
    file: ACCOUNT_REGISTRY,
    find: "Touched memory touched = account.touchedBalance(_indexes[currencyId]);\n        touched.balance += fineAmount;",
    replace:
      "Touched memory touched = account.touchedBalance(_indexes[currencyId]);\n        touched.index = account.index;\n        touched.balance = account.balance + fineAmount;",
  },
];
