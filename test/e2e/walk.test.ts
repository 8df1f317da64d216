import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { ZeroAddress } from "ethers";
import hre from "hardhat";

import { TASK_OF_FUNCTION, TASK_OF_VIEW } from "../../tasks/functions";
import { MockPriceFeed__factory, TestUSD__factory } from "../../typechain-types";
import { PATIENCE } from "../helpers/processes";
import { type Document, Terminal } from "../helpers/terminal";

const DAY = 86_400;
const MONTH = 31 * DAY;
const FOREVER = String(2n ** 64n - 1n);
/** A base unit of a token with 6 decimals in scaled units. */
const SCALED = 10n ** 30n * BigInt(MONTH);

const usd = (dollars: number): string => String(BigInt(Math.round(dollars * 1e6)) * 10n ** 12n);
const testUsd = (amount: number): string => String(BigInt(Math.round(amount * 1e6)));
const scaled = (amount: number): string => String((BigInt(Math.round(amount * 1e8)) * SCALED) / 100n);

/** The arguments of the only event of a name that a call emitted. */
function event({ events }: Document, name: string): Document {
  const found = (events as { name: string; args: Document }[]).filter((candidate) => candidate.name === name);
  expect(found.map((candidate) => candidate.name)).to.deep.equal([name]);
  return found[0]!.args;
}

// One story: each step stands on those before it. Every amount is exact, since blocks that move money are made at a given time.
describe("the steps of all parties, each a task in a process of its own", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  let people: Record<"admin" | "provider1" | "provider2" | "manager" | "owner" | "friend" | "successor" | "purse", string>;
  let testUSD: string;
  /** When the first deposit arrives. */
  let start: number;

  before(async function () {
    terminal = await Terminal.open();
    const account = (index: number): Promise<string> => terminal.account(index);
    const [admin, provider1, provider2, manager, owner] = [
      await account(1),
      await account(2),
      await account(3),
      await account(4),
      await account(5),
    ];
    people = {
      admin,
      provider1,
      provider2,
      manager,
      owner,
      friend: await account(6),
      successor: await account(7),
      purse: await account(8),
    };
    testUSD = terminal.addressOf("TestUSD");
  });
  after(() => terminal.close());

  // What stands on a step that failed would only hide why.
  let broken = false;
  beforeEach(function () {
    if (broken) this.skip();
  });
  afterEach(function () {
    broken ||= this.currentTest?.state === "failed";
  });

  const accountOf = async (person: string, currency = "TestUSD"): Promise<Document> => {
    const { accounts } = await terminal.json(`account:show --account ${person} --currency ${currency}`);
    expect(accounts).to.have.lengthOf(1);
    return (accounts as Document[])[0]!;
  };
  const held = async (person: string): Promise<bigint> => TestUSD__factory.connect(testUSD, terminal.provider).balanceOf(person);

  it("deploys over JSON-RPC", function () {
    expect(terminal.deployment).to.include({ code: 0, stderr: "" });
    expect(terminal.deployment.stdout).to.include("every immutable and every role is as it should be");
  });

  describe("providers", function () {
    const params = '{"url":"https://node1.example","engine":{"name":"storage","version":"1.2.0"}}';

    it("create nodes, with ids in order", async function () {
      const first = await terminal.write("node:create --rent 0.02 --capacity 1000 --as provider1", ["--params", params]);
      expect(first.done).to.equal("Node 1 is created.");
      expect(first.node).to.deep.equal({
        nodeId: "1",
        provider: people.provider1,
        rentPerMonth: usd(0.02),
        capacity: "1000",
        reserved: "0",
        clusters: "0",
        params,
      });
      expect(event(first, "NodeCreated")).to.deep.equal({
        nodeId: "1",
        provider: people.provider1,
        rentPerMonth: usd(0.02),
        capacity: "1000",
        params,
      });
      for (const [id, as, rent] of [
        ["2", "provider2", "0.01"],
        ["3", "provider1", "0.02"],
        ["4", "provider2", "0.01"],
      ]) {
        const { node } = await terminal.write(`node:create --rent ${rent} --capacity 1000 --as ${as}`);
        expect(node).to.include({ nodeId: id, params: "" });
      }
    });

    it("trust a manager", async function () {
      for (const as of ["2", "3"]) await terminal.write(`node:trust-manager --manager manager --as ${as}`);
      const [trusted, distrusted] = await Promise.all([
        terminal.json(`node:is-trusted --provider provider2 --manager ${people.manager}`),
        terminal.json("node:is-trusted --provider provider2 --manager owner"),
      ]);
      expect([trusted, distrusted]).to.deep.equal([{ trusted: true }, { trusted: false }]);
    });

    it("change their nodes", async function () {
      await terminal.write("node:change-rent --node 3 --rent 0.015 --as provider1");
      await terminal.write("node:change-capacity --node 3 --capacity 800 --as provider1");
      await terminal.write("node:change-params --node 3 --as provider1", ["--params", '{ "url": "https://node3.example" }']);
      const [{ node }, { nodes }] = await Promise.all([
        terminal.json("node:show --node 3"),
        terminal.json("node:list --provider provider2"),
      ]);
      expect(node).to.deep.equal({
        nodeId: "3",
        provider: people.provider1,
        rentPerMonth: usd(0.015),
        capacity: "800",
        reserved: "0",
        clusters: "0",
        params: '{"url":"https://node3.example"}',
      });
      expect((nodes as Document[]).map(({ nodeId }) => nodeId)).to.deep.equal(["2", "4"]);
    });
  });

  describe("the administrator", function () {
    it("sets the network fee", async function () {
      const done = await terminal.write("cluster:set-network-fee --fee 100bps --account admin");
      expect(event(done, "NetworkFeeChanged")).to.deep.equal({ networkFeeBps: "100", networkAccount: people.admin });
      expect(await terminal.json("cluster:network-fee")).to.deep.equal({
        networkFee: { networkFeeBps: "100", networkAccount: people.admin },
      });
    });
  });

  describe("the manager", function () {
    it("creates a cluster over both providers' nodes and reserves capacity", async function () {
      const created = await terminal.write("cluster:create --currency TestUSD --vnodes 4 --nodes 1,2 --management-fee 3 --as manager");
      expect(created.done).to.equal("Cluster 1 is created.");
      expect(event(created, "ClusterCreated")).to.deep.include({ clusterId: "1", manager: people.manager, rents: [usd(0.02), usd(0.01)] });
      await terminal.write("cluster:reserve-resource --cluster 1 --resource 500 --as manager");
      const { cluster } = await terminal.write("cluster:release-resource --cluster 1 --resource 20 --as manager");
      expect(cluster).to.deep.include({ resourcePerVnode: "480", resourceUsed: "0", nodeCount: "2", vnodeCount: "4" });
    });

    it("changes it", async function () {
      const lowered = await terminal.write("cluster:lower-management-fee --cluster 1 --fee 2 --as manager");
      expect(lowered.done).to.equal("The management fee is 2 %.");
      await terminal.write("cluster:change-params --cluster 1 --as manager", ["--params", '{"replication":2}']);
      const [{ cluster }, { clusters }] = await Promise.all([
        terminal.json("cluster:show --cluster 1"),
        terminal.json("cluster:list --manager manager"),
      ]);
      const fields = {
        clusterId: "1",
        manager: people.manager,
        offeredTo: ZeroAddress,
        currency: testUSD,
        vnodeCount: "4",
        nodeCount: "2",
        resourcePerVnode: "480",
        resourceUsed: "0",
        rentPerUnit: usd(0.06),
        revenues: "0",
        closed: false,
        managementFeeBps: "200",
        params: '{"replication":2}',
      };
      const members = [
        { nodeId: "1", vnodes: "2", rentPerMonth: usd(0.02), qualityBps: "10000", claimable: "0", scaledClaimable: "0" },
        { nodeId: "2", vnodes: "2", rentPerMonth: usd(0.01), qualityBps: "10000", claimable: "0", scaledClaimable: "0" },
      ];
      const { line, ...shown } = cluster as Document;
      expect(shown).to.deep.equal({ ...fields, members, vnodes: ["1", "2", "1", "2"] });
      expect(line).to.deep.include({ ratePerMonth: "0", scaledRevenue: "0", isSettled: true });
      expect(clusters).to.deep.equal([fields]);
    });

    it("knows what it costs and where its vnodes are", async function () {
      const [{ quote }, { vnodes }] = await Promise.all([
        terminal.json("cluster:quote --cluster 1 --resource 400"),
        terminal.json("cluster:vnodes --cluster 1"),
      ]);
      // Two vnodes at 0.02 USD and two at 0.01, each with 400 units.
      expect(quote).to.deep.equal({ usdPerMonth: usd(24), tokensPerMonth: testUsd(24), currency: testUSD });
      expect(vnodes).to.deep.equal(["1", "2", "1", "2"]);
    });
  });

  describe("the owner", function () {
    it("creates a bucket and allocates, and lets the manager allocate within a cap", async function () {
      const created = await terminal.write("bucket:create --cluster 1 --as owner", ["--params", '{"replication":2}']);
      expect(event(created, "BucketCreated")).to.deep.equal({
        bucketId: "1",
        owner: people.owner,
        clusterId: "1",
        params: '{"replication":2}',
      });
      const allocated = await terminal.write("bucket:allocate --bucket 1 --resource 300 --max-rent 0.06 --as owner");
      expect(allocated.bucket).to.deep.include({ resource: "300", ratePerMonth: usd(18), params: '{"replication":2}' });
      const capped = await terminal.write("bucket:set-resource-cap --bucket 1 --resource 400 --as owner");
      expect(capped.bucket).to.deep.include({ resourceCap: "400", capRentPerUnit: usd(0.06) });
      await terminal.refused(
        "bucket:allocate --bucket 1 --resource 101 --as manager",
        [],
        "ResourceCapExceeded",
        "up to 400 units",
        "hold 401",
      );
      const { bucket } = await terminal.write("bucket:allocate --bucket 1 --resource 100 --as manager");
      expect(bucket).to.deep.include({ resource: "400", ratePerMonth: usd(24) });
    });

    it("deposits, and is covered from then on", async function () {
      const minted = await terminal.write("currency:mint --currency TestUSD --amount 200 --as owner");
      expect(minted.held).to.equal(testUsd(200));
      // Soon enough for the permit to be good.
      start = (await terminal.now()) + 1_800;
      const deposited = await terminal.write("account:deposit --amount 100 --currency TestUSD --permit --as owner", [], start);
      expect(deposited.done).to.equal("Deposited 100 TestUSD for owner.");
      expect(event(deposited, "Deposited")).to.deep.include({ account: people.owner, currency: testUSD, amount: testUsd(100) });
      // 100 tokens at 24 a month.
      const coveredUntil = String(start + (100 * MONTH) / 24);
      const [account, { bucket }, { buckets }] = await Promise.all([
        accountOf("owner"),
        terminal.json("bucket:show --bucket 1"),
        terminal.json("bucket:list --owner owner"),
      ]);
      expect(account).to.deep.include({
        account: people.owner,
        currency: testUSD,
        balance: testUsd(100),
        ratePerMonth: usd(24),
        coveredUntil,
        scaledBalance: scaled(100),
      });
      expect(bucket).to.deep.equal({
        bucketId: "1",
        owner: people.owner,
        offeredTo: ZeroAddress,
        clusterId: "1",
        resource: "400",
        resourceCap: "400",
        capRentPerUnit: usd(0.06),
        ratePerMonth: usd(24),
        coveredUntil,
        reclaimableFrom: "0",
        endsAt: "0",
        params: '{"replication":2}',
      });
      expect(buckets).to.deep.equal([bucket]);
    });
  });

  describe("a month", function () {
    it("has its price changed halfway", async function () {
      const changed = await terminal.write("currency:set-price --currency TestUSD --price 0.8", [], start + MONTH / 2);
      expect(changed.currency).to.deep.include({ usdPerToken: usd(0.8), symbol: "TestUSD" });
      expect(await accountOf("owner")).to.deep.include({ balance: testUsd(88) });
    });

    it("is settled by anyone, at any time: 12 tokens at 1 USD and 7.5 at 0.80", async function () {
      const { settled } = await terminal.write("bucket:settle-payment --bucket 1 --as 9", [], start + (3 * MONTH) / 4);
      expect(settled).to.deep.equal([
        {
          payer: people.owner,
          clusterId: "1",
          currency: testUSD,
          balance: testUsd(80.5),
          ratePerMonth: usd(24),
          // At 30 tokens a month.
          coveredUntil: String(start + (3 * MONTH) / 4 + (MONTH * 80.5) / 30),
          scaledRefunded: "0",
          scaledRevenue: scaled(19.5),
        },
      ]);
      const [account, { cluster }] = await Promise.all([accountOf("owner"), terminal.json("cluster:show --cluster 1")]);
      expect(account).to.deep.include({ balance: testUsd(80.5), scaledBalance: scaled(80.5), streamCount: "1" });
      expect(cluster).to.deep.include({ revenues: testUsd(19.5) });
    });

    it("is distributed: 1 % to the network, 2 % of the rest to the manager, the remainder to the nodes by their rents", async function () {
      const distributed = await terminal.write("cluster:distribute-revenues --cluster 1", [], start + MONTH);
      expect(await accountOf("owner")).to.deep.include({ balance: testUsd(73), scaledBalance: scaled(73) });
      expect(distributed.done).to.equal(
        "Distributed 0.27 TestUSD to admin (network fee), 0.5346 TestUSD to manager (management fee) and 26.1954 TestUSD to the nodes.",
      );
      expect(event(distributed, "RevenuesDistributed")).to.deep.include({
        clusterId: "1",
        networkAccount: people.admin,
        manager: people.manager,
        networkFee: scaled(0.27),
        managementFee: scaled(0.5346),
        shares: scaled(26.1954),
      });
      const { revenues, members } = distributed.cluster as { revenues: string; members: Document[] };
      expect(revenues).to.equal("0");
      expect(members.map(({ scaledClaimable }) => scaledClaimable)).to.deep.equal([scaled(17.4636), scaled(8.7318)]);
    });

    it("is claimed by anyone and withdrawn by its providers and the manager", async function () {
      const first = await terminal.write("cluster:claim-revenues --cluster 1 --node 1");
      expect(first.done).to.equal("Credited 17.4636 TestUSD to provider1.");
      const second = await terminal.write("cluster:claim-revenues --cluster 1 --node 2");
      expect(event(second, "RevenuesClaimed")).to.deep.equal({
        clusterId: "1",
        nodeId: "2",
        provider: people.provider2,
        scaledAmount: scaled(8.7318),
      });
      const all = await terminal.write("account:withdraw --amount all --currency TestUSD --as provider1");
      const part = await terminal.write("account:withdraw --amount 0.5 --currency TestUSD --to 8 --as manager");
      expect(all.done).to.equal("Withdrew 17.4636 TestUSD of provider1 to provider1.");
      expect(event(part, "Withdrawn")).to.deep.include({ account: people.manager, to: people.purse, amount: testUsd(0.5) });
      expect((part.accounts as Document[])[0]).to.deep.include({ balance: testUsd(0.0346) });
      expect(await Promise.all([held(people.provider1), held(people.purse)])).to.deep.equal([17_463_600n, 500_000n]);
    });

    it("has lost nothing", async function () {
      const { done, custody } = await terminal.json("account:custody");
      expect(done).to.equal("Nothing is missing.");
      const owed = testUsd(100 - 17.4636 - 0.5);
      expect((custody as Document[]).find(({ symbol }) => symbol === "TestUSD")).to.deep.include({ held: owed, owed, difference: "0" });
    });
  });

  describe("the manager, later", function () {
    it("replaces a node, all vnodes of a node, and accepts a lower rent, which shares what was earned before", async function () {
      const tenth = (tenths: number): number => start + MONTH + (tenths * MONTH) / 10;
      const replaced = await terminal.write("cluster:replace-node --cluster 1 --vnode 0 --node 3 --as manager", [], tenth(1));
      // 3 tokens less fees, of which node 1 is paid two thirds.
      expect(event(replaced, "RevenuesClaimed")).to.deep.include({ nodeId: "1", scaledAmount: scaled(1.9404) });
      expect(replaced.cluster).to.deep.include({ vnodes: ["3", "2", "1", "2"], rentPerUnit: usd(0.055), nodeCount: "3" });
      const moved = await terminal.write("cluster:replace-nodes --cluster 1 --old-node 2 --new-node 4 --as manager", [], tenth(2));
      // The other third, and four elevenths of as much.
      expect(event(moved, "RevenuesClaimed")).to.deep.include({ nodeId: "2", scaledAmount: scaled(2.0286) });
      expect(moved.cluster).to.deep.include({ vnodes: ["3", "4", "1", "4"], rentPerUnit: usd(0.055) });
      await terminal.write("node:change-rent --node 4 --rent 0.005 --as provider2");
      const accepted = await terminal.write("cluster:accept-rent --cluster 1 --node 4 --as manager", [], tenth(3));
      expect(event(accepted, "RevenuesClaimed")).to.deep.include({ nodeId: "4", scaledAmount: scaled(1.0584) });
      expect(accepted.cluster).to.deep.include({ rentPerUnit: usd(0.045) });
      const { nodes } = await terminal.json("node:list");
      expect((nodes as Document[]).map(({ nodeId, reserved, clusters }) => [nodeId, reserved, clusters])).to.deep.equal([
        ["1", "480", "1"],
        ["2", "0", "0"],
        ["3", "480", "1"],
        ["4", "960", "1"],
      ]);
    });

    it("closes the cluster, and opens it again", async function () {
      const closed = await terminal.write("cluster:close --cluster 1 --as manager");
      expect(closed.cluster).to.deep.include({ closed: true, resourceUsed: "400" });
      await terminal.refused(
        "bucket:allocate --bucket 1 --resource 1 --as owner",
        [],
        "ClusterClosed: The manager of cluster 1 has closed it",
      );
      const { cluster } = await terminal.write("cluster:open --cluster 1 --as manager");
      expect(cluster).to.deep.include({ closed: false });
    });

    it("shares the rest of the second month by the new rents, settled together with what is empty and what is unknown", async function () {
      const { bucket } = await terminal.write("bucket:create --cluster 1 --as owner");
      expect(bucket).to.deep.include({ bucketId: "2", ratePerMonth: "0", coveredUntil: FOREVER });
      const { settled } = await terminal.write("bucket:settle-payment --bucket 2,99,1", [], start + MONTH + MONTH / 2);
      expect((settled as Document[]).map(({ payer, scaledRevenue }) => [payer, scaledRevenue])).to.deep.equal([[people.owner, scaled(6)]]);
      const { cluster } = await terminal.write("cluster:distribute-revenues --cluster 1", [], start + 2 * MONTH);
      expect(await accountOf("owner")).to.deep.include({ balance: testUsd(43) });
      // 21 less 0.21 less 0.4158, in parts of 0.015 + 0.02 + 2 x 0.005: thirds, four ninths and two ninths; before, 3 and 4 elevenths twice.
      const shares = (cluster as { members: Document[] }).members.map(({ nodeId, claimable }) => [nodeId, claimable]);
      expect(shares).to.have.deep.members([
        ["3", testUsd(8.379)],
        ["1", testUsd(11.172)],
        ["4", testUsd(4.5276)],
      ]);
    });
  });

  describe("currencies", function () {
    it("are added, paused and resumed", async function () {
      const factory = new TestUSD__factory(await terminal.provider.getSigner(0));
      const token = await (await (await factory.deploy()).waitForDeployment()).getAddress();
      const { currency } = await terminal.write(`currency:add --currency ${token} --price 2`);
      expect(currency).to.deep.include({
        currency: token,
        currencyId: "3",
        decimals: "6",
        paused: false,
        usdPerToken: usd(2),
        minPrice: usd(1),
        maxPrice: usd(4),
        feed: ZeroAddress,
      });
      await terminal.write(`cluster:create --currency ${token} --vnodes 1 --nodes 1 --as manager`);
      await terminal.write("cluster:reserve-resource --cluster 2 --resource 10 --as manager");
      await terminal.write("bucket:create --cluster 2 --as owner");

      const paused = await terminal.write(`currency:pause --currency ${token}`);
      expect(paused.currency).to.deep.include({ paused: true });
      await terminal.refused("bucket:allocate --bucket 3 --resource 5 --as owner", [], "CurrencyPaused");
      const resumed = await terminal.write(`currency:resume --currency ${token}`);
      expect(resumed.currency).to.deep.include({ paused: false });
      const { bucket } = await terminal.write("bucket:allocate --bucket 3 --resource 5 --as owner");
      expect(bucket).to.deep.include({ bucketId: "3", resource: "5", ratePerMonth: usd(0.1) });

      await terminal.write(`currency:mint --currency ${token} --amount 4 --as owner`);
      await terminal.refused("bucket:open --cluster 2 --resource 1 --amount 5 --as owner", [], "which is not enough to deposit 5 TestUSD");
      const opened = await terminal.write("bucket:open --cluster 2 --resource 1 --amount 4 --permit --as owner");
      expect(opened.done).to.equal("Bucket 4 is open: 4 TestUSD are deposited, and 1 units allocated.");
      expect(opened.bucket).to.deep.include({ bucketId: "4", clusterId: "2", resource: "1", ratePerMonth: usd(0.02) });
      await terminal.write("bucket:close --bucket 4 --as owner");
    });

    it("get their price by hand or from a feed", async function () {
      const { currencies } = await terminal.json("currency:list");
      expect((currencies as Document[]).map(({ symbol, usdPerToken }) => [symbol, usdPerToken])).to.deep.equal([
        ["ETH", usd(1)],
        ["TestUSD", usd(0.8)],
        ["TestUSD", usd(2)],
      ]);
      const token = String((currencies as Document[])[2]!.currency);
      const feed = terminal.addressOf("MockPriceFeed");
      const byHand = await terminal.write(`currency:set-price --currency ${token} --price 3`);
      // It may fall to half of what it is now, and rise to twice what it was a moment ago, or a little more by now.
      expect(byHand.currency).to.deep.include({ usdPerToken: usd(3), minPrice: usd(1.5) });
      expect(Number((byHand.currency as Document).maxPrice)).to.be.within(Number(usd(4)), Number(usd(4.01)));
      const fed = await terminal.write(`currency:set-feed --currency ${token} --feed ${feed} --max-age 3600`);
      expect(fed.currency).to.deep.include({ feed, maxAge: "3600", usdPerToken: usd(3) });
      const mock = MockPriceFeed__factory.connect(feed, await terminal.provider.getSigner(0));
      // 2.50 USD, with 8 decimals.
      await (await mock.setAnswer(250_000_000)).wait();
      const synced = await terminal.write(`currency:sync-price --currency ${token} --as 9`);
      expect(synced.done).to.equal("The price is 2.5 USD.");
      expect(synced.currency).to.deep.include({ usdPerToken: usd(2.5) });
      await terminal.write(`currency:set-feed --currency ${token} --feed nobody`);
    });

    it("include the native one", async function () {
      const deposited = await terminal.write("account:deposit --amount 1.5 --currency native --as 8");
      expect(event(deposited, "Deposited")).to.deep.include({
        account: people.purse,
        currency: ZeroAddress,
        amount: String(15n * 10n ** 17n),
      });
      const { accounts } = await terminal.write("account:withdraw --amount 1.25 --currency ETH --as 8");
      expect((accounts as Document[])[0]).to.deep.include({ balance: String(25n * 10n ** 16n), coveredUntil: FOREVER });
    });
  });

  describe("offers", function () {
    it("hand the management over", async function () {
      const offered = await terminal.write("cluster:offer-management --cluster 1 --to 7 --as manager");
      expect(offered.cluster).to.deep.include({ manager: people.manager, offeredTo: people.successor });
      // Those whose nodes are in it have yet to trust the new manager.
      const { trust } = await terminal.json("cluster:providers --cluster 1");
      expect(trust).to.deep.include({ manager: people.successor, as: "offered" });
      expect((trust as { providers: Document[] }).providers.map(({ trusts }) => trusts)).to.not.include(true);
      const { cluster } = await terminal.write("cluster:accept-management --cluster 1 --as 7", [], start + 2 * MONTH + MONTH / 20);
      expect(cluster).to.deep.include({ manager: people.successor, offeredTo: ZeroAddress });
    });

    it("hand a bucket over: the new owner pays from then on", async function () {
      const offered = await terminal.write("bucket:offer --bucket 1 --to 6 --as owner");
      expect(offered.bucket).to.deep.include({ owner: people.owner, offeredTo: people.friend });
      // An approval first, and then the deposit.
      const deposited = await terminal.write("account:deposit --amount 10 --currency TestUSD --for 6 --as owner");
      expect(event(deposited, "Deposited")).to.deep.include({ account: people.friend, payer: people.owner, amount: testUsd(10) });
      await terminal.refused(
        "bucket:accept --bucket 1 --max-rate 23.99 --as 6",
        [],
        "RateAboveMaximum",
        "pays 24 USD per month",
        "23.99 USD",
      );

      const accepted = start + 2 * MONTH + MONTH / 10;
      const { bucket } = await terminal.write("bucket:accept --bucket 1 --as 6", [], accepted);
      // 10 tokens at 0.80 USD last for a third of a month.
      expect(bucket).to.deep.include({ owner: people.friend, resourceCap: "0", coveredUntil: String(accepted + MONTH / 3) });
      // The tenth of a month before cost the old owner 3 tokens.
      const { done } = await terminal.write("account:withdraw --amount all --currency TestUSD --as owner");
      expect(done).to.equal("Withdrew 40 TestUSD of owner to owner.");
    });
  });

  describe("a bucket", function () {
    let depleted: number;
    before(function () {
      depleted = start + 2 * MONTH + MONTH / 10 + MONTH / 3;
    });

    it("of an account out of funds has paid what its cluster knows of when anyone touches the account", async function () {
      await terminal.passUntil(depleted + 900);
      const { streams } = await terminal.json("account:show --account 6 --currency TestUSD");
      const [before] = streams as [Document];
      expect(before).to.deep.include({
        payer: people.friend,
        clusterId: "1",
        ratePerMonth: usd(24),
        currency: testUSD,
        scaledUnserved: "0",
      });
      expect(BigInt(String(before.scaledLate)) > 0n).to.equal(true);
      const touched = await terminal.write("account:touch --account 6 --currency TestUSD --as 9");
      // The friend is account 6, which Hardhat knows by this name.
      expect(touched.done).to.equal("All payments of validator have been passed on to the clusters.");
      expect(event(touched, "AccountTouched")).to.deep.include({ account: people.friend, scaledBalance: "0", endIndex: "0" });
      expect(touched.streams).to.deep.equal([{ ...before, scaledLate: "0" }]);
      const { done } = await terminal.write("cluster:settle --cluster 1 --as 9");
      // 1.5 of the old owner's since the management changed, and 10 of the new one's.
      expect(done).to.equal("Cluster 1 has 11.5 TestUSD to distribute, as of now.");
    });

    it("of an account out of funds is reclaimed by anyone, after a notice", async function () {
      await terminal.passUntil(depleted + 3_540);
      const noticed = await terminal.write("bucket:reclaim --bucket 1 --as 9", [], depleted + 3_600);
      const until = depleted + 3_600 + 7 * DAY;
      expect(event(noticed, "ReclaimNoticed")).to.deep.equal({
        bucketId: "1",
        clusterId: "1",
        by: await terminal.account(9),
        until: String(until),
      });
      expect(noticed.bucket).to.deep.include({ resource: "400", reclaimableFrom: String(until) });
      await terminal.passUntil(until);
      const { done, bucket } = await terminal.write("bucket:reclaim --bucket 1 --as 9");
      expect(done).to.equal("The resource of bucket 1 is released.");
      expect(bucket).to.deep.include({ resource: "0", ratePerMonth: "0", reclaimableFrom: "0", owner: people.friend });
      expect(await accountOf("6")).to.deep.include({ balance: "0", ratePerMonth: "0", coveredUntil: FOREVER });
    });

    it("allocates again, releases a part, and changes its params", async function () {
      await terminal.write("bucket:allocate --bucket 1 --resource 41 --as 6");
      const { bucket } = await terminal.write("bucket:release --bucket 1 --resource 10 --as 6");
      expect(bucket).to.deep.include({ resource: "31", ratePerMonth: usd(31 * 0.045) });
      const changed = await terminal.write("bucket:change-params --bucket 1 --as 6", ["--params", '{"encryption":"none"}']);
      expect(changed.bucket).to.deep.include({ params: '{"encryption":"none"}' });
    });

    it("is ended by the manager, with 30 days of notice, though it pays", async function () {
      const funded = depleted + 30 * DAY;
      await terminal.passUntil(funded - 60);
      await terminal.write("account:deposit --amount 10 --currency TestUSD --for 6 --permit --as owner", [], funded);
      const noticed = await terminal.write("bucket:end --bucket 1 --as 7", [], funded + DAY - 1);
      expect(event(noticed, "EndNoticed")).to.deep.equal({ bucketId: "1", clusterId: "1", until: String(funded + MONTH - 1) });
      await terminal.passUntil(funded + MONTH - 2);
      await terminal.refused("bucket:end --bucket 1 --as 9", [], "ChangeNotReady");
      await terminal.passUntil(funded + MONTH - 1);
      const ended = await terminal.write("bucket:end --bucket 1 --as 9", [], funded + MONTH);
      expect(ended.bucket).to.deep.include({ resource: "0", endsAt: "0" });
      // A month of 31 units at 0.045 USD.
      expect(await accountOf("6")).to.deep.include({ scaledBalance: scaled(10 - (31 * 0.045) / 0.8), balance: testUsd(8.25625) });
    });

    it("is shared with others, who are let in one by one, by a token, or all of them, until they are not", async function () {
      const may = async (who: string, mayRead: boolean, mayWrite: boolean): Promise<void> => {
        const { answer } = await terminal.json(`bucket:access --bucket 2 --account ${who}`);
        expect(answer).to.deep.include({ mayRead, mayWrite, funded: false });
      };
      const granted = await terminal.write("bucket:grant --bucket 2 --accounts 6,manager --rights read --until 2100-01-01 --as owner");
      const grant = (account: string): Document => ({ account, readUntil: "4102444800", writeUntil: "0" });
      expect(granted.access).to.deep.include({ grants: [grant(people.friend), grant(people.manager)] });
      await may("6", true, false);
      const revoked = await terminal.write("bucket:revoke --bucket 2 --accounts 6 --as owner");
      expect(event(revoked, "AccessRevoked")).to.deep.equal({ bucketId: "2", account: people.friend });
      expect(revoked.access).to.deep.include({ grants: [grant(people.manager)] });
      await may("6", false, false);
      const gated = await terminal.write("bucket:gate --bucket 2 --right write --token TestUSD --minimum 0.5 --as owner");
      expect(gated.access).to.deep.include({ writeGate: { token: testUSD, byId: false, id: "0", minimum: testUsd(0.5) } });
      await terminal.write("currency:mint --currency TestUSD --amount 0.5 --to 6 --as 6");
      await may("6", false, true);
      const opened = await terminal.write("bucket:public --bucket 2 --as owner");
      expect(event(opened, "PublicAccessChanged")).to.deep.equal({ bucketId: "2", isPublic: true });
      await may("6", true, true);
      await terminal.write("bucket:public --bucket 2 --off --as owner");
      await terminal.write("bucket:gate --bucket 2 --right write --remove --as owner");
      await may("6", false, false);
      await may("manager", true, false);
    });

    it("is encrypted for those who have its key", async function () {
      const [plain, sealed, read, keys] = ["plain", "sealed", "read", "keys.json"].map((name) => join(terminal.path, name)) as [
        string,
        string,
        string,
        string,
      ];
      writeFileSync(plain, "for the friend");
      const { publicKey } = await terminal.json("account:public-key --account 6");
      const reader = `${people.friend}=${(publicKey as { publicKey: string }).publicKey}`;
      const published = await terminal.write("bucket:publish-keys --bucket 2 --as owner", ["--readers", reader, "--keys", keys]);
      // Whoever was revoked above had no key, so that no epoch was started.
      expect(published.access).to.deep.include({ epoch: "0", hasKeys: true });
      const file = ["--path", "letters/1", "--file"];
      await terminal.json("bucket:encrypt --bucket 2 --as owner", ...file, plain, "--out", sealed);
      await terminal.json("bucket:decrypt --bucket 2 --as 6", ...file, sealed, "--out", read);
      expect(readFileSync(read, "utf8")).to.equal("for the friend");
      const { key } = await terminal.json("bucket:key --bucket 2 --reader 6");
      expect(key).to.deep.include({ reader: people.friend, bucketEpoch: "0", hasKeys: true, mayRead: false });
    });

    it("is closed by its owner", async function () {
      const closed = await terminal.write("bucket:close --bucket 1 --as 6");
      await terminal.write("bucket:close --bucket 2 --as owner");
      expect(event(closed, "BucketClosed")).to.deep.equal({ bucketId: "1", owner: people.friend, clusterId: "1" });
    });
  });

  describe("the end", function () {
    it("comes for a cluster when its manager removes it, which pays its nodes", async function () {
      const removed = await terminal.write("cluster:remove --cluster 1 --as 7");
      expect(removed.done).to.equal("Cluster 1 is removed.");
      expect(event(removed, "ClusterRemoved")).to.deep.include({ clusterId: "1", networkAccount: people.admin });
    });

    it("comes for a node when its provider removes it", async function () {
      const removed = await terminal.write("node:remove --node 2 --as provider2");
      expect(event(removed, "NodeRemoved")).to.deep.include({ nodeId: "2" });
      await terminal.write("node:distrust-manager --manager manager --as provider2");
      expect(await terminal.json("node:is-trusted --provider provider2 --manager manager")).to.deep.equal({ trusted: false });
    });

    it("leaves the rest of the network", async function () {
      const [{ network }, { mermaid }] = await Promise.all([terminal.json("network:show"), terminal.json("network:show --mermaid")]);
      const { nodes, clusters, buckets } = network as Record<string, Document[]>;
      expect(nodes!.map(({ nodeId }) => nodeId)).to.deep.equal(["1", "3", "4"]);
      expect(clusters!.map(({ clusterId }) => clusterId)).to.deep.equal(["2"]);
      expect(buckets!.map(({ bucketId }) => bucketId)).to.deep.equal(["3"]);
      expect(mermaid).to.include('cluster_2 -- "vNode_0" --> node_1');
    });

    it("leaves everyone what is theirs, to the last scaled unit", async function () {
      // Of the 120 deposited, the second owner's 10 + 3 of the first and 1.74375 came after the second month: 14.74375 for the last
      // distributions, of which the network gets 0.1474375, the managers 0.29192625 (the old one of 1.5 tokens), and the nodes thirds, four
      // ninths and two ninths.
      const last = 14.74375 * 0.99 * 0.98;
      const left: readonly [person: string, amount: number][] = [
        ["provider1", 1.9404 + 8.379 + 11.172 + (last * 7) / 9],
        ["provider2", 8.7318 + 2.0286 + 1.0584 + 4.5276 + (last * 2) / 9],
        ["admin", 0.27 + 0.3 + 0.1474375],
        ["manager", 0.0346 + 0.594 + 0.0297],
        ["7", 0.26222625],
        ["6", 8.25625],
        ["owner", 0],
      ];
      const balances = await Promise.all(left.map(async ([person]) => (await accountOf(person)).scaledBalance));
      expect(balances).to.deep.equal(left.map(([, amount]) => scaled(amount)));
      const { done, custody } = await terminal.json("account:custody");
      expect(done).to.equal("Nothing is missing.");
      const owed = testUsd(120 - 17.4636 - 0.5 - 40);
      expect((custody as Document[])[1]).to.deep.include({
        currency: testUSD,
        held: owed,
        owed,
        difference: "0",
        balances: scaled(62.0364),
      });
    });

    it("is what providers are remembered by", async function () {
      const { reputation } = await terminal.json("node:reputation --node 2");
      expect(reputation).to.deep.include({ nodeId: "2", provider: people.provider2, vnodes: "0", misses: "0" });
    });

    it("has used every task there is, but for those of managers that are contracts, and those that play the examples", function () {
      const tasks = Object.values(hre.tasks).filter(({ name, isSubtask }) => !isSubtask && /^(?!safe:|dao:).+:/.test(name));
      const names = new Set(tasks.map(({ name }) => name));
      for (const played of ["network:example", "network:storage-example"]) expect(names.delete(played), played).to.equal(true);
      const named = [...Object.values(TASK_OF_FUNCTION), ...Object.values(TASK_OF_VIEW)].flatMap((ofRegistry) => Object.values(ofRegistry));
      expect([...names]).to.include.members(named);
      // These have stories of their own, in test/tasks/: terms, storage-proofs, discovery and watch.
      const finding = ["cluster:find", "node:find", "bucket:costs", "account:earnings", "network:watch"];
      const elsewhere = [...Object.values(TASK_OF_FUNCTION.TermsRegistry), "cluster:terms", ...finding];
      for (const name of names) if (elsewhere.includes(name) || name.startsWith("validator:")) names.delete(name);
      expect([...terminal.typed]).to.have.members([...names]);
    });
  });
});
