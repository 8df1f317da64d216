import { expect } from "chai";

import { NodeRegistry__factory } from "../../cache/typechain-types";
import { type Outcome, PATIENCE } from "../helpers/processes";
import { Terminal } from "../helpers/terminal";

const DAY = 86_400;
const TRANSACTION = /^Transaction 0x[0-9a-f]{64} in block [0-9]+, [0-9]+ gas\.$/;

/** The cells of all tables that a task printed, row by row. */
const rowsOf = ({ stdout }: Outcome): string[][] =>
  stdout
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** What a task printed beside tables. */
const linesOf = ({ stdout }: Outcome): string[] => stdout.split("\n").filter((line) => line !== "" && !/^[┌├└│]/.test(line));

const utc = (time: number): string => new Date(time * 1_000).toISOString().replace("T", " ").replace(".000Z", " UTC");

// A small network, on which the last thing that happened is a deposit at a known time.
describe("what tasks print for people", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  let start: number;
  before(async function () {
    terminal = await Terminal.open();
  });
  after(() => terminal.close());

  /** A task that sends: what it does on stderr; a title, what changed and the transaction on stdout. */
  async function expectWritten(command: string, words: string[], doing: string, title: string, rows: string[][]): Promise<void> {
    const outcome = await terminal.runOk(command, ...words);
    expect(outcome.stderr.trim().split("\n")).to.deep.equal([doing]);
    const [first, transaction, ...rest] = linesOf(outcome);
    expect(first).to.equal(title);
    expect(transaction).to.match(TRANSACTION);
    expect(rest).to.be.empty;
    expect(rowsOf(outcome)).to.deep.equal(rows);
  }

  describe("when something is written", function () {
    it("shows a new node as a card", async function () {
      await expectWritten(
        "node:create --rent 0.02 --capacity 1000 --as provider1",
        ["--params", '{"url":"https://node1.example"}'],
        "As provider1: create a node of 1000 units at 0.02 USD per unit, per vnode, per month …",
        "Node 1 is created.",
        [
          ["Node", "1"],
          ["Provider", "provider1"],
          ["Rent", "0.02 USD per unit, per vnode, per month"],
          ["Capacity", "1000 units, 0 reserved by 0 cluster(s)"],
          ["Params", '{"url":"https://node1.example"}'],
        ],
      );
      await terminal.runOk("node:create --rent 0.01 --capacity 1000 --as provider2");
    });

    it("names people", async function () {
      const trusted = await terminal.runOk("node:trust-manager --manager manager --as provider1");
      await terminal.runOk("node:trust-manager --manager manager --as provider2");
      expect(linesOf(trusted)[0]).to.equal("manager may now use the nodes of the signer.");
      expect(trusted.stderr.trim()).to.equal("As provider1: let manager use the caller's nodes …");
    });

    it("shows a new cluster with its nodes", async function () {
      await expectWritten(
        "cluster:create --currency TestUSD --vnodes 4 --nodes 1,2 --management-fee 2.5 --as manager",
        [],
        "As manager: create a cluster of 4 vnodes on nodes 1, 2 …",
        "Cluster 1 is created.",
        [
          ["Cluster", "1"],
          ["Manager", "manager"],
          ["Vnodes", "4 on 2 node(s)"],
          ["Resource per vnode", "0 reserved, 0 used"],
          ["Rent", "0.06 USD per unit, per month"],
          ["Revenues", "0 TestUSD to distribute"],
          ["Management fee", "2.5 %"],
          ["Params", "none"],
          ["Node", "Vnodes", "Rent (USD)", "Quality", "To claim"],
          ["1", "2", "0.02", "100 %", "0 TestUSD"],
          ["2", "2", "0.01", "100 %", "0 TestUSD"],
        ],
      );
      await terminal.runOk("cluster:reserve-resource --cluster 1 --resource 500 --as manager");
    });

    it("shows the approval that a deposit needs first", async function () {
      const minted = await terminal.runOk("currency:mint --currency TestUSD --amount 125.5 --as owner");
      expect(linesOf(minted)[0]).to.equal("owner has 125.5 TestUSD, not deposited.");
      const deposited = await terminal.runOk("account:deposit --amount 25.5 --currency TestUSD --as owner");
      const [approving, approved, depositing, ...rest] = deposited.stderr.trim().split("\n");
      expect(approving).to.equal("First: let AccountRegistry take 25500000 base units of token TestUSD …");
      expect(approved).to.match(/^Transaction 0x[0-9a-f]{64}, [0-9]+ gas\.$/);
      expect(depositing).to.equal("As owner: deposit 25500000 base units of token TestUSD …");
      expect(rest).to.be.empty;
      expect(linesOf(deposited)[0]).to.equal("Deposited 25.5 TestUSD for owner.");
      expect(rowsOf(deposited)).to.deep.equal([
        ["Account", "Balance", "Pays (USD/month)", "Covered until"],
        ["owner", "25.5 TestUSD", "0", "owes nothing"],
      ]);
      const withdrawn = await terminal.runOk("account:withdraw --amount all --currency TestUSD --to manager --as owner");
      expect(linesOf(withdrawn)[0]).to.equal("Withdrew 25.5 TestUSD of owner to manager.");
    });

    it("says so when there was nothing to do", async function () {
      await terminal.runOk("bucket:create --cluster 1 --as owner");
      const settled = await terminal.runOk("bucket:settle-payment --bucket 1 --as 8");
      const distributed = await terminal.runOk("cluster:distribute-revenues --cluster 1 --as 9");
      const claimed = await terminal.runOk("cluster:claim-revenues --cluster 1 --node 2");
      expect([settled, distributed, claimed].map((outcome) => linesOf(outcome)[0])).to.deep.equal([
        "There was nothing to settle.",
        "There was nothing to distribute.",
        "There was nothing to claim.",
      ]);
    });

    it("shows a bucket, and until when it is covered", async function () {
      await terminal.runOk("bucket:allocate --bucket 1 --resource 400 --as owner");
      start = (await terminal.now()) + 1_800;
      await terminal.nextBlockAt(start);
      await terminal.runOk("account:deposit --amount 100 --currency TestUSD --permit --as owner");
      expect(await terminal.now()).to.equal(start);
    });
  });

  // 100 tokens at 24 USD a month.
  const covered = (): string => `${utc(start + 129 * DAY + 4 * 3_600)} (129 days 4 hours)`;
  const ACCOUNTS = ["Account", "Balance", "Pays (USD/month)", "Covered until"];
  const NODES = ["Node", "Provider", "Rent (USD)", "Capacity", "Reserved", "Clusters", "Params"];
  const CLUSTERS = ["Cluster", "Manager", "Vnodes", "Nodes", "Reserved", "Used", "Rent (USD)", "Fee", "To distribute"];
  const BUCKETS = ["Bucket", "Owner", "Cluster", "Resource", "Pays (USD/month)", "Covered until", "Notices"];
  const CURRENCIES = ["Currency", "Address", "Decimals", "Price (USD)", "Can move to", "Source", "Paused"];
  const nodes = [
    ["1", "provider1", "0.02", "1000", "1000", "1", '{"url":"https://node1.example"}'],
    ["2", "provider2", "0.01", "1000", "1000", "1", "none"],
  ];
  const clusters = [["1", "manager", "4", "2", "500", "400", "0.06", "2.5 %", "0 TestUSD"]];
  const TERMS = ["Cluster", "Validator", "Bond per vnode", "Served", "Vacant vnodes"];
  const terms = [["1", "manager", "none", "100 % of what owners pay for", "0"]];
  const MEMBERS = ["Cluster", "Node", "Vnodes", "Quality", "Bond", "Announced"];
  const members = [
    ["1", "1", "2", "100 %", "none", ""],
    ["1", "2", "2", "100 %", "none", ""],
  ];
  const bucketsNow = (): string[][] => [["1", "owner", "1", "400", "24", covered(), ""]];
  const ownerNow = (): string[] => ["owner", "100 TestUSD", "24", covered()];
  const currenciesNow = (): string[][] => [
    ["ETH", `0x${"0".repeat(40)}`, "18", "1", "0.5 to 2", "by hand", "no"],
    ["TestUSD", terminal.addressOf("TestUSD"), "6", "1", "0.5 to 2", "by hand", "no"],
  ];

  describe("when something is read", function () {
    const reads: readonly [command: string, lines: () => string[], rows: () => string[][]][] = [
      ["node:list", () => [], () => [NODES, ...nodes]],
      ["node:list --provider provider2", () => [], () => [NODES, nodes[1]!]],
      [
        "node:show --node 2",
        () => [],
        () => [
          ["Node", "2"],
          ["Provider", "provider2"],
          ["Rent", "0.01 USD per unit, per vnode, per month"],
          ["Capacity", "1000 units, 1000 reserved by 1 cluster(s)"],
          ["Params", "none"],
        ],
      ],
      ["node:is-trusted --provider 2 --manager manager", () => ["provider1 trusts manager."], () => []],
      ["node:is-trusted --provider owner --manager manager", () => ["owner does not trust manager."], () => []],
      ["cluster:list", () => [], () => [CLUSTERS, ...clusters]],
      ["cluster:list --manager owner", () => [], () => [CLUSTERS]],
      [
        "cluster:vnodes --cluster 1",
        () => [],
        () => [
          ["Vnode", "Node"],
          ["0", "1"],
          ["1", "2"],
          ["2", "1"],
          ["3", "2"],
        ],
      ],
      [
        "cluster:terms --cluster 1",
        () => [],
        () => [
          ["Cluster", "1"],
          ["Validator", "manager"],
          ["Bond", "none"],
          ["Slashing", "at most 0 % of a bond in seven days"],
          ["Notices", "7 days before a node leaves"],
          ["", "7 days before the validator changes"],
          ["Served", "100 % of what owners pay for"],
          ["Vnodes", "4, 0 vacant"],
          MEMBERS,
          ...members,
        ],
      ],
      [
        "cluster:quote --cluster 1 --resource 25",
        () => ["25 units in cluster 1 cost 1.5 USD per month: 1.5 TestUSD at the present price."],
        () => [],
      ],
      ["cluster:network-fee", () => ["The network fee is 0 %, for admin."], () => []],
      ["bucket:list", () => [], () => [BUCKETS, ...bucketsNow()]],
      [
        "bucket:show --bucket 1",
        () => [],
        () => [
          ["Bucket", "1"],
          ["Owner", "owner"],
          ["Cluster", "1"],
          ["Resource", "400 units per vnode"],
          ["Pays", "24 USD per month"],
          ["Covered until", covered()],
          ["Manager's cap", "0 units at 0 USD per unit, per month"],
          ["Params", "none"],
        ],
      ],
      [
        "account:show --account owner",
        () => [],
        () => [
          ...[ACCOUNTS, ["owner", "0 ETH", "0", "owes nothing"], ownerNow()],
          ...[
            ["Cluster", "Pays (USD/month)", "Not passed on yet", "To be refunded"],
            ["1", "24", "0 TestUSD", "0 TestUSD"],
          ],
        ],
      ],
      ["currency:list", () => [], () => [CURRENCIES, ...currenciesNow()]],
      [
        "account:custody",
        () => ["Nothing is missing."],
        () => [
          ["Currency", "Held", "Owed", "Balances", "Earned", "For refunds", "Late", "Shares", "Bonds", "Difference (scaled units)"],
          ["ETH", ...Array<string>(8).fill("0 ETH"), "0"],
          ["TestUSD", ...Array<string>(3).fill("100 TestUSD"), ...Array<string>(5).fill("0 TestUSD"), "0"],
        ],
      ],
      [
        "network:show",
        () => [
          `Block ${block}, ${utc(start)}`,
          "Network fee: 0 %, for admin",
          "Currencies",
          "Nodes",
          "Clusters",
          "Terms",
          "Nodes in clusters",
          "Buckets",
          "Accounts",
        ],
        () => [
          ...[CURRENCIES, ...currenciesNow()],
          // Two vnodes of each for the half an hour before the last deposit.
          ...[
            [...NODES.slice(0, -1), "Reputation", "Params"],
            ...nodes.map((row) => [...row.slice(0, -1), "0.04 vnode-days", row.at(-1)!]),
          ],
          ...[CLUSTERS, ...clusters],
          ...[TERMS, ...terms, MEMBERS, ...members, BUCKETS, ...bucketsNow(), ACCOUNTS, ownerNow()],
        ],
      ],
    ];

    let block: number;
    let outcomes: Promise<Outcome>[];
    before(async function () {
      block = await terminal.provider.getBlockNumber();
      outcomes = reads.map(([command]) => terminal.runOk(command));
      for (const outcome of outcomes) outcome.catch(() => "The test that waits for it fails.");
    });

    reads.forEach(([command, lines, rows], index) => {
      it(`prints ${command}`, async function () {
        const outcome = await outcomes[index]!;
        expect(linesOf(outcome)).to.deep.equal(lines());
        expect(rowsOf(outcome)).to.deep.equal(rows());
        expect(outcome.stderr).to.equal("");
      });
    });

    it("prints the graph of the network", async function () {
      const { stdout } = await terminal.runOk("network:show --mermaid");
      expect(stdout.trim().split("\n")).to.deep.equal([
        "graph TD",
        '  party_1(["manager"])',
        '  party_2(["provider1"])',
        '  party_3(["provider2"])',
        '  party_4(["owner"])',
        '  cluster_1[["Cluster 1<br/>400 of 500 used per vnode"]]',
        '  node_1["Node 1<br/>1000 of 1000 reserved"]',
        '  node_2["Node 2<br/>1000 of 1000 reserved"]',
        '  bucket_1[("Bucket 1<br/>400 allocated")]',
        '  cluster_1 -- "is managed by" --> party_1',
        '  cluster_1 -- "vNode_0" --> node_1',
        '  cluster_1 -- "vNode_1" --> node_2',
        '  cluster_1 -- "vNode_2" --> node_1',
        '  cluster_1 -- "vNode_3" --> node_2',
        '  node_1 -- "is owned by" --> party_2',
        '  node_2 -- "is owned by" --> party_3',
        '  bucket_1 -- "is owned by" --> party_4',
        '  bucket_1 -- "is allocated into" --> cluster_1',
      ]);
    });
  });

  context("given params that were written to confuse a terminal", function () {
    it("prints nothing but printable characters, and not too many", async function () {
      const registry = NodeRegistry__factory.connect(terminal.addressOf("NodeRegistry"), await terminal.provider.getSigner(9));
      const params = `\u001b[2J\r\u0007${"x".repeat(300)}`;
      await (await registry.createNode(1n, 1n, params)).wait();
      const [list, show] = await Promise.all([terminal.runOk("node:list"), terminal.runOk("node:show --node 3")]);
      expect(rowsOf(list).at(-1)!.at(-1)).to.equal(`?[2J??${"x".repeat(33)}…`);
      expect(rowsOf(show).at(-1)).to.deep.equal(["Params", `?[2J??${"x".repeat(233)}…`]);
      expect((await terminal.json("node:show --node 3")).node).to.include({ params });
    });
  });
});
