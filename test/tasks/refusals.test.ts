import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Outcome, PATIENCE } from "../helpers/processes";
import { Terminal } from "../helpers/terminal";

/** What is wrong, the command, its words that have spaces or none, and what the refusal says. */
type Refusal = readonly [given: string, command: string, words: readonly string[], ...reasons: string[]];

const STRANGER = "0x00000000000000000000000000000000DeaDBeef";

const ARGUMENTS: readonly Refusal[] = [
  [
    "an amount with a comma",
    "account:deposit --amount 12,5 --currency TestUSD",
    [],
    'The amount "12,5" is not a number. Use a point for decimals and nothing between thousands.',
  ],
  [
    "an amount that is none",
    "account:withdraw --amount lots --currency TestUSD",
    [],
    'The amount "lots" is not a number.',
    "For example 25.5.",
  ],
  [
    "more decimals than the token has",
    "account:deposit --amount 0.1234567 --currency TestUSD",
    [],
    "The amount 0.1234567 is too fine: it has at most 6 decimals. For example 25.5.",
  ],
  ["a negative rent", "node:create --rent -1 --capacity 10", [], 'The rent "-1" is not a number. It cannot be negative.'],
  [
    "a capacity with an exponent",
    "node:create --rent 1 --capacity 1e3",
    [],
    'The capacity "1e3" is not a whole number. Type digits only, for example 100.',
  ],
  [
    "a capacity beyond 32 bits",
    "node:create --rent 1 --capacity 4294967296",
    [],
    "The capacity 4294967296 is too large: at most 4294967295.",
  ],
  ["no vnodes", "cluster:create --currency TestUSD --vnodes 0 --nodes 1", [], "The number of vnodes has to be at least 1."],
  ["a fee of more than the whole", "cluster:lower-management-fee --cluster 1 --fee 101", [], "The fee 101 is more than 100 %."],
  ["a fee that is too fine", "cluster:set-network-fee --fee 0.125 --account admin", [], "0.125 is too fine: it has at most 2 decimals."],
  ["id 0", "node:show --node 0", [], "There is no node 0: ids start at 1."],
  ["an id that is none", "bucket:close --bucket first", [], 'The bucket id "first" is not a whole number.'],
  ["the same id twice", "cluster:create --currency TestUSD --vnodes 4 --nodes 1,2,1", [], "The node 1 is listed twice: list each once."],
  [
    "a signer of no name",
    "node:remove --node 1 --as carol",
    [],
    'The name "carol" is unknown on this network.',
    "deployer, admin, provider1",
    "below 10",
  ],
  ["a signer of no index", "node:remove --node 1 --as 10", [], 'The name "10" is unknown on this network.'],
  ["a signer without a key", `node:remove --node 1 --as ${STRANGER}`, [], `No key for ${STRANGER}`],
  [
    "a mistyped address",
    "account:show --account 0x70997970C51812dc3A010C7d01b50e0d17dc79C9",
    [],
    "Nobody is called",
    "an address (with its checksum, if it has capitals)",
  ],
  [
    "a currency of no name",
    "account:deposit --amount 1 --currency DAI",
    [],
    'No currency is called "DAI". Give one of native, TestUSD, ETH, or the address of a token.',
  ],
  [
    "a currency that is no token",
    `account:deposit --amount 1 --currency ${STRANGER}`,
    [],
    `There is no token at ${STRANGER} on this network.`,
  ],
  [
    "a permit for ether",
    "account:deposit --amount 1 --currency native --permit",
    [],
    "The native currency knows no permits: leave --permit out.",
  ],
  [
    "more than the depositor has",
    "account:deposit --amount 1 --currency TestUSD --as 9",
    [],
    "has 0 TestUSD, which is not enough to deposit 1 TestUSD",
  ],
  ["ether to mint", "currency:mint --amount 1 --currency native", [], "The native currency cannot be minted"],
  ["arguments that are missing", "bucket:allocate --as owner", [], "--bucket: The bucket's id", "--resource: Units per vnode to add"],
  ["an argument that nobody knows", "bucket:show --bucket 1 --color red", [], "Unrecognized param --color"],
  ["a task that nobody knows", "bucket:paint", [], "Unrecognized task 'bucket:paint'"],
];

const node = "node:create --rent 0.02 --capacity 10 --params";
const cluster = "cluster:create --currency TestUSD --vnodes 4 --nodes 1 --as manager --params";
const bucket = "bucket:create --cluster 1 --params";
const PARAMS: readonly Refusal[] = [
  [
    "node params that are not JSON",
    node,
    ["https://node.example"],
    "have to be a JSON object, for example",
    '{"url":"https://node.example"}',
  ],
  ["node params that are no object", node, ["[1]"], "The params of a node do not match its schema"],
  ["a node without a URL", node, ['{"region":"eu"}'], '"url" is missing'],
  ["a URL without a host", node, ['{"url":"node.example"}'], '"url" has to be a URL with a host'],
  [
    "a field that nodes do not have",
    node,
    ['{"url":"https://node.example","color":"red"}'],
    '"color" is not a field (the fields are url, engine, region, publicKey, metadata; anything else goes into metadata)',
  ],
  ["an engine without a version", node, ['{"url":"https://node.example","engine":{"name":"cdn"}}'], '"engine.version" is missing'],
  ["a file that is not there", node, ["@nowhere.json"], "There is no file nowhere.json to take the params from."],
  ["a replication of the wrong kind", cluster, ['{"replication":"3"}'], '"replication"'],
  ["fewer ring tokens than vnodes", cluster, ['{"ringTokens":[1,2,3]}'], "with 4 vnodes need 4 ringTokens, one per vnode; there are 3."],
  ["a ring token twice", cluster, ['{"ringTokens":[1,2,3,"3"]}'], "no two vnodes may have the same position"],
  ["a ring token beyond 64 bits", cluster, ['{"ringTokens":["18446744073709551616",1,2,3]}'], '"ringTokens'],
  ["more copies than vnodes", cluster, ['{"replication":5}'], "A cluster with 4 vnodes cannot keep 5 copies"],
  [
    "ring tokens that do not fit a cluster",
    "cluster:change-params --cluster 1 --as manager --params",
    ['{"ringTokens":[1]}'],
    "need 4 ringTokens",
  ],
  ["a bucket of no copies", bucket, ['{"replication":0}'], '"replication"'],
  ["an encryption without a name", bucket, ['{"encryption":""}'], '"encryption"'],
  [
    "a field that buckets do not have",
    "bucket:change-params --bucket 1 --as owner --params",
    ['{"url":"https://a.example"}'],
    '"url" is not a field',
  ],
];

const CONTRACTS: readonly Refusal[] = [
  ["a node that is not there", "node:show --node 99", [], "NodeUnknown: There is no node 99. List the nodes to see which there are."],
  ["a cluster that is not there", "cluster:quote --cluster 99 --resource 1", [], "ClusterUnknown: There is no cluster 99."],
  ["a bucket that is not there", "bucket:settle-payment --bucket 99", [], "BucketUnknown: There is no bucket 99, or it is closed."],
  [
    "a withdrawal of more than there is",
    "account:withdraw --amount 250.5 --currency TestUSD --as owner",
    [],
    "InsufficientBalance:",
    "100 TestUSD",
    "250.5 TestUSD",
  ],
  [
    "more than a cluster has left",
    "bucket:allocate --bucket 1 --resource 11 --as owner",
    [],
    "ClusterResourceExceeded: Cluster 1 has 10 units left per vnode, and 11 are needed.",
  ],
  [
    "a rent above the agreed one",
    "bucket:allocate --bucket 1 --resource 1 --max-rent 0.05 --as owner",
    [],
    "RentAboveMaximum: A unit of cluster 1 costs 0.08 USD per month, above the agreed 0.05 USD.",
  ],
  [
    "the wrong caller",
    "bucket:release --bucket 1 --resource 1 --as provider2",
    [],
    "CallerNotOwner: Bucket 1 belongs to owner",
    "and provider2",
  ],
  [
    "a manager whom a provider does not trust",
    "cluster:create --currency TestUSD --vnodes 2 --nodes 1 --as owner",
    [],
    "ManagerNotTrusted: provider1",
    "who provides node 1, does not trust the manager owner",
  ],
  [
    "a management fee above the cap",
    "cluster:create --currency TestUSD --vnodes 2 --nodes 1 --management-fee 30.01 --as manager",
    [],
    "ManagementFeeTooHigh: A management fee of 30.01 % is above the cap of 30 %. Ask a lower fee.",
  ],
  [
    "a price that moves too far",
    "currency:set-price --currency TestUSD --price 2.01",
    [],
    "PriceMoveTooLarge:",
    "0.5 USD",
    "2 USD",
    "2.01 USD",
  ],
  ["a price where there is a feed to be asked", "currency:sync-price --currency TestUSD", [], "CurrencyHasNoFeed"],
];

describe("what tasks refuse", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  before(async function () {
    terminal = await Terminal.open();
    await terminal.write("node:create --rent 0.02 --capacity 100 --as provider1");
    await terminal.write("node:trust-manager --manager manager --as provider1");
    await terminal.write("cluster:create --currency TestUSD --vnodes 4 --nodes 1 --as manager");
    await terminal.write("cluster:reserve-resource --cluster 1 --resource 10 --as manager");
    await terminal.write("bucket:create --cluster 1 --as owner");
    await terminal.write("currency:mint --currency TestUSD --amount 100 --as owner");
    await terminal.write("account:deposit --currency TestUSD --amount 100 --as owner");
  });
  after(() => terminal.close());

  /** Begins all of them at once, and waits for each in a test of its own. */
  function refuses(what: string, refusals: readonly Refusal[]): void {
    context(`given ${what}`, function () {
      let outcomes: Promise<Outcome>[];
      before(function () {
        outcomes = refusals.map(([, command, words, ...reasons]) => terminal.refused(command, words, ...reasons));
        for (const outcome of outcomes) outcome.catch(() => "The test that waits for it fails.");
      });
      refusals.forEach(([given], index) => {
        it(given, async function () {
          expect((await outcomes[index]!).stdout.trim()).to.equal("");
        });
      });
    });
  }

  refuses("arguments that are wrong", ARGUMENTS);
  refuses("params that do not match their schema", PARAMS);
  refuses("calls that the contracts refuse", CONTRACTS);

  context("given params that are too long", function () {
    it("says how long they are and may be", async function () {
      const file = join(terminal.path, "params.json");
      // With what is around them, the params are one byte longer than what is kept.
      const around = '{"url":"https://node.example","region":""}'.length;
      writeFileSync(file, `{"url":"https://node.example","region":"${"r".repeat(24_001 - around)}"}`);
      const reason = "The params of a node are 24001 bytes long; at most 24000 can be kept.";
      await terminal.refused("node:create --rent 1 --capacity 1 --params", [`@${file}`], reason);
    });
  });

  context("given --json", function () {
    it("prints the reason as one JSON document, too", async function () {
      const words = ["--json"];
      const [refused, mistyped] = await Promise.all([
        terminal.refused("account:withdraw --amount 100.000001 --currency TestUSD --as owner", words, "InsufficientBalance"),
        terminal.refused("node:show --node one", words, "is not a whole number"),
      ]);
      expect(JSON.parse(refused.stdout)).to.deep.equal({
        error: {
          name: "InsufficientBalance",
          message:
            "InsufficientBalance: 100 TestUSD is there, and 100.000001 TestUSD is asked for. Ask for no more than there is, or deposit first.",
          values: { available: "100000000", needed: "100000001" },
        },
      });
      expect(JSON.parse(mistyped.stdout)).to.deep.equal({
        error: { name: "UserError", message: 'The node id "one" is not a whole number. Type digits only, for example 100.', values: {} },
      });
    });
  });
});
