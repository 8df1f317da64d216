import { expect } from "chai";
import { ZeroAddress } from "ethers";
import hre from "hardhat";

import { formatTime } from "../../src";
import { TASK_OF_FUNCTION, TASK_OF_VIEW } from "../../tasks/functions";
import {
  AccountRegistry__factory,
  BucketRegistry__factory,
  ClusterRegistry__factory,
  NodeRegistry__factory,
  TestUSD__factory,
} from "../../typechain-types";
import { PATIENCE } from "../helpers/processes";
import { type Document, Terminal } from "../helpers/terminal";

const DAY = 86_400;
const WEEK = 7 * DAY;
const MONTH = 31 * DAY;
const RENT = 10n ** 16n;
/** 6 decimals. */
const TOKEN = 1_000_000;

const time = (seconds: unknown): string => formatTime(BigInt(String(seconds)));
const event = ({ events }: Document, name: string): Document =>
  (events as { name: string; args: Document }[]).find((found) => found.name === name)!.args;

// One story: each step stands on those before it.
describe("tasks for terms, bonds, quality and exits", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  let owner: string;
  let validator: string;
  before(async function () {
    terminal = await Terminal.open();
    [owner, validator] = [await terminal.account(5), await terminal.account(6)];
    await setUp(terminal);
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

  const governance = async (): Promise<Document> => (await terminal.json("cluster:terms --cluster 1")).governance as Document;
  const nodeOf = async (id: string): Promise<Document> => ((await governance()).nodes as Document[]).find(({ nodeId }) => nodeId === id)!;

  describe("the manager and the providers", function () {
    it("agree on terms that everyone can read before", async function () {
      const created = await terminal.write(
        "cluster:create-with-terms --currency TestUSD --vnodes 4 --validator validator --bond-per-vnode 2.5 --max-slash 40 " +
          "--leaving-notice 8d --validator-notice 1d12h --management-fee 2 --as manager",
      );
      expect(created.done).to.match(/^Cluster 1 is created\. Providers accept its terms with node:accept-terms/);
      expect(created.governance).to.deep.include({
        clusterId: "1",
        terms: {
          validator,
          bondPerVnode: String(2.5 * TOKEN),
          maxSlashBps: "4000",
          leavingNotice: String(8 * DAY),
          validatorNotice: String(1.5 * DAY),
        },
        offeredValidator: ZeroAddress,
        vacantVnodes: "4",
        nodes: [],
      });
      const { stdout } = await terminal.runOk("cluster:terms --cluster 1");
      for (const line of [
        "Validator │ validator",
        "2.5 TestUSD per vnode",
        "at most 40 % of a bond in seven days",
        "8 days before a node leaves",
        "1 day 12 hours before the validator changes",
        "nothing: it has no nodes yet",
      ]) {
        expect(stdout).to.include(line);
      }
    });

    it("accept them and post bonds, before which their nodes get no vnodes", async function () {
      const accepted = await terminal.write("node:accept-terms --cluster 1 --node 1 --as provider1");
      expect(accepted.done).to.equal("The terms of cluster 1 are accepted for node 1.");
      await terminal.write("node:accept-terms --cluster 1 --node 2 --as provider2");
      await terminal.refused(
        "cluster:fill --cluster 1 --nodes 1,2 --as manager",
        [],
        "VnodesNotCovered: Node 1 would serve 2 vnodes of cluster 1, and its provider has agreed and posted a bond for 0.",
      );
      await terminal.refused("node:post-bond --cluster 1 --node 1 --amount 5 --as provider2", [], "CallerNotProvider");
      await terminal.refused(
        "node:post-bond --cluster 1 --node 1 --amount 101 --as provider1",
        [],
        "InsufficientBalance: 100 TestUSD is there, and 101 TestUSD is asked for",
      );
      const posted = await terminal.write("node:post-bond --cluster 1 --node 1 --amount 5 --as provider1");
      expect(posted.done).to.equal("Posted 5 TestUSD for node 1 in cluster 1: its bond is 5 TestUSD.");
      expect((posted.accounts as Document[])[0]).to.include({ balance: String(95 * TOKEN) });
      await terminal.write("node:post-bond --cluster 1 --node 2 --amount 6 --as provider2");
      const filled = await terminal.write("cluster:fill --cluster 1 --nodes 1,2 --as manager");
      expect(filled.done).to.equal("The vnodes of cluster 1 are on nodes 1, 2.");
      expect(filled.cluster).to.deep.include({ vnodes: ["1", "2", "1", "2"], rentPerUnit: String(4n * RENT) });
    });

    it("take back what covers no vnode, and no more", async function () {
      await terminal.refused(
        "node:withdraw-bond --cluster 1 --node 2 --amount 1.5 --as provider2",
        [],
        "BondLocked: 1.5 TestUSD of the bond of node 2 in cluster 1 is asked for, and 1 TestUSD can be withdrawn now (withheld until: no set time).",
      );
      const back = await terminal.write("node:withdraw-bond --cluster 1 --node 2 --amount all --as provider2");
      expect(back.done).to.equal("1 TestUSD are back from the bond of node 2 in cluster 1; 5 TestUSD are left.");
      expect((back.accounts as Document[])[0]).to.include({ balance: String(95 * TOKEN) });
      const { custody } = await terminal.json("account:custody");
      expect((custody as Document[])[1]).to.include({ sound: true, difference: "0", owed: String(400 * TOKEN) });
    });
  });

  describe("the validator", function () {
    before(() => allocate(terminal));

    it("reports how well a node serves, which counts at once", async function () {
      await terminal.refused(
        "cluster:report-quality --cluster 1 --node 1 --quality 50 --as manager",
        [],
        "CallerNotValidator",
        "validator",
      );
      const reported = await terminal.write(
        "cluster:report-quality --cluster 1 --node 1 --quality 50 --code 7 --reference ipfs://why --as validator",
      );
      const told = event(reported, "QualityReported");
      expect(told).to.deep.equal({ clusterId: "1", nodeId: "1", validator, qualityBps: "5000", code: "7", ref: "ipfs://why" });
      expect(reported.done).to.equal("Node 1 has a quality of 50 % in cluster 1. Earlier revenues are shared by the earlier quality.");
      expect(await nodeOf("1")).to.include({ qualityBps: "5000" });
      expect(reported.governance).to.deep.include({ served: String(30_000n * RENT), nominal: String(40_000n * RENT) });
      const { stdout } = await terminal.runOk("network:show");
      expect(stdout).to.match(/│ 1 {7}│ validator │ 2\.5 TestUSD {4}│ 75 % of what owners pay for │ 0 {13}│/);
    });

    it("lets owners get back what is not served", async function () {
      const { settled: before } = await terminal.write("bucket:settle-payment --bucket 1");
      const last = await terminal.now();
      const { settled } = await terminal.write("bucket:settle-payment --bucket 1", [], last + MONTH);
      // 100 units of 4 vnodes at 0.01 USD: 4 a month, of which a quarter is missing.
      const scaled = 10n ** 36n * BigInt(MONTH);
      const [{ payer, scaledRefunded, scaledRevenue }] = settled as [Document];
      const [{ scaledRevenue: revenueBefore }] = before as [Document];
      expect(payer).to.equal(owner);
      expect(BigInt(String(scaledRevenue)) - BigInt(String(revenueBefore))).to.equal(3n * scaled);
      expect(scaledRefunded).to.equal(String(scaled));
      const shown = await terminal.runOk("bucket:settle-payment --bucket 1");
      expect(shown.stdout).to.match(
        /^owner pays 4 USD per month and has [\d.]+ TestUSD left, which covers it until .+\. Cluster 1 has [\d.]+ TestUSD to distribute\. [\d.]+ TestUSD that cluster 1 did not serve came back to owner\.$/m,
      );
    });

    it("takes a part of a bond within the terms, and whoever does not top it up loses the vnodes", async function () {
      const slash = (amount: string): string => `cluster:slash --cluster 1 --node 1 --amount ${amount} --as validator`;
      await terminal.refused(
        slash("2.000001"),
        [],
        "SlashTooHigh: A slash of 2.000001 TestUSD is more than the 2 TestUSD that node 1 can lose in cluster 1 now.",
      );
      const slashed = await terminal.write(`${slash("2")} --code 8 --reference x`);
      expect(slashed.done).to.equal("Node 1 has lost 2 TestUSD of its bond; 3 TestUSD are left.");
      const since = event(slashed, "BondShort").since;
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout).to.include(`bond short since ${time(since)}`);
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout).to.include(`to be topped up before ${time(Number(since) + WEEK)}`);
      const vacate = "cluster:vacate-uncovered --cluster 1 --node 1 --as 9";
      await terminal.refused(vacate, [], `may still be topped up (overdue from: ${time(Number(since) + WEEK)}).`);
      await terminal.passUntil(Number(since) + WEEK);
      const vacated = await terminal.write(vacate);
      expect(vacated.done).to.equal("Node 1 serves cluster 1 no longer: its vnodes are vacant.");
      expect(vacated.governance).to.deep.include({ vacantVnodes: "2", served: String(20_000n * RENT) });
      expect((await terminal.runOk("cluster:show --cluster 1")).stdout).to.include("4 on 1 node(s), 2 vacant");
    });
  });

  describe("a vacancy", function () {
    it("is filled at once", async function () {
      await terminal.write("node:accept-terms --cluster 1 --node 3 --as provider2");
      await terminal.write("node:post-bond --cluster 1 --node 3 --amount 10 --as provider2");
      const filled = await terminal.write("cluster:fill-vacancy --cluster 1 --vnode 0 --node 3 --all-vacant --as manager");
      expect(filled.done).to.equal("Node 3 serves vnode 0 and those that became vacant with it.");
      expect(filled.governance).to.deep.include({ vacantVnodes: "0", served: String(40_000n * RENT) });
      await terminal.refused("cluster:fill-vacancy --cluster 1 --vnode 0 --node 1 --as manager", [], "VnodeNotVacant");
    });
  });

  describe("the manager", function () {
    it("replaces a node in one transaction", async function () {
      const replace = "cluster:replace-node --cluster 1 --vnode 1 --node 3 --as manager";
      const block = await terminal.provider.getBlockNumber();
      expect((await terminal.runOk(replace)).stderr).to.match(/^As manager: move vnode 1/);
      expect(await terminal.provider.getBlockNumber()).to.equal(block + 1);
      await terminal.refused(replace, [], "VnodeAlreadyOnNode");
    });

    it("changes the validator with notice, or thinks better of it", async function () {
      const offer = (to: string): string => `cluster:offer-validator --cluster 1 --to ${to} --as manager`;
      const offered = await terminal.write(offer("owner"));
      const { effectiveAt } = event(offered, "ValidatorOffered");
      expect(offered.done).to.equal(
        `owner is to be the validator of cluster 1, once anyone calls cluster:finish-validator (from ${time(effectiveAt)} on).`,
      );
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout).to.include(`to be owner, from ${time(effectiveAt)} on`);
      expect((await terminal.write(offer("nobody"))).done).to.equal("The validator of cluster 1 stays.");
      await terminal.refused("cluster:finish-validator --cluster 1", [], "ChangeNotAnnounced");
      const again = event(await terminal.write(offer("owner")), "ValidatorOffered");
      await terminal.passUntil(Number(again.effectiveAt));
      expect((await terminal.write("cluster:finish-validator --cluster 1 --as 9")).done).to.equal("owner is the validator of cluster 1.");
      expect(await governance()).to.deep.include({ offeredValidator: ZeroAddress });
    });
  });

  describe("a provider", function () {
    it("leaves with its bond, when the notice is over", async function () {
      const announced = await terminal.write("node:announce-exit --cluster 1 --node 3 --as provider2");
      const { exitAt } = event(announced, "ExitAnnounced");
      expect(announced.done).to.equal(`Node 3 leaves cluster 1, once anyone calls node:finish-exit (from ${time(exitAt)} on).`);
      expect(await nodeOf("3")).to.include({ exitAt });
      await terminal.refused("node:announce-exit --cluster 1 --node 3 --as provider2", [], "ExitAlreadyAnnounced");
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout).to.not.include("and can leave now");
      await terminal.passUntil(Number(exitAt));
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout)
        .to.include(`leaves from ${time(exitAt)} on`)
        .and.include("and can leave now");
      const left = await terminal.write("node:finish-exit --cluster 1 --node 3 --as 9");
      expect(left.done).to.equal("Node 3 has left cluster 1. 10 TestUSD are back in the account of provider2.");
      expect(left.governance).to.deep.include({ vacantVnodes: "3" });
    });

    it("leaves at once when its node is judged down, and has its bond back when the notice is over", async function () {
      await terminal.write("cluster:report-quality --cluster 1 --node 2 --quality 49.99 --as owner");
      await terminal.write("node:announce-exit --cluster 1 --node 2 --as provider2");
      const left = await terminal.write("node:finish-exit --cluster 1 --node 2 --as 9");
      const { lockedUntil } = event(left, "BondRetained");
      expect(left.done).to.equal(`Node 2 has left cluster 1. Its bond is locked: repeat the command from ${time(lockedUntil)} on.`);
      expect(left.governance).to.deep.include({ vacantVnodes: "4" });
      expect((await terminal.runOk("cluster:terms --cluster 1")).stdout).to.include(`bond withheld until ${time(lockedUntil)}`);
      await terminal.refused("node:finish-exit --cluster 1 --node 2 --as 9", [], "ChangeNotReady");
      await terminal.passUntil(Number(lockedUntil));
      const back = await terminal.write("node:finish-exit --cluster 1 --node 2 --as 9");
      expect(back.done).to.equal("Node 2 has left cluster 1. 5 TestUSD are back in the account of provider2.");
    });

    it("gets the bond of a node that was vacated back when it answers no longer", async function () {
      const back = await terminal.write("node:withdraw-bond --cluster 1 --node 1 --amount 3 --as provider1");
      expect(back.done).to.equal("3 TestUSD are back from the bond of node 1 in cluster 1; 0 TestUSD are left.");
      const { done } = await terminal.json("account:custody");
      expect(done).to.equal("Nothing is missing.");
    });
  });

  describe("all of them", function () {
    it("refuse wrong arguments before anything is sent", async function () {
      const create = "cluster:create-with-terms --currency TestUSD --vnodes 1 --as manager";
      const report = "cluster:report-quality --cluster 1 --node 2 --as validator";
      await Promise.all([
        terminal.refused(
          create,
          ["--validator-notice", "a day"],
          'The notice "a day" is not a length of time.',
          "for example 7d, 36h or 1d12h",
        ),
        terminal.refused(create, ["--leaving-notice", "31d"], "NoticeInvalid: A notice of 31 days is not between 1 hour and 30 days."),
        terminal.refused(create, ["--bond-per-vnode", "0.0000001"], "The bond 0.0000001 is too fine: it has at most 6 decimals."),
        terminal.refused(report, ["--quality", "101"], "The quality 101 is more than 100 %."),
        terminal.refused(report, ["--quality", "50", "--code", "65536"], "The code 65536 is too large: at most 65535."),
        terminal.refused("node:accept-terms --node 1", [], "--cluster: The cluster's id"),
      ]);
    });

    it("have been used", function () {
      const tasks = [...Object.values(TASK_OF_FUNCTION.TermsRegistry), ...Object.values(TASK_OF_VIEW.TermsRegistry)];
      expect([...terminal.typed]).to.include.members(tasks);
      for (const task of tasks) expect(hre.tasks[task]?.paramDefinitions).to.have.property("json");
    });
  });
});

/** Two providers with three nodes and 100 TestUSD each, and an owner with 200. */
async function setUp(terminal: Terminal): Promise<void> {
  const { provider } = terminal;
  const [provider1, provider2, manager, owner] = await Promise.all([2, 3, 4, 5].map((index) => provider.getSigner(index)));
  const nodes = NodeRegistry__factory.connect(terminal.addressOf("NodeRegistry"), provider);
  for (const signer of [provider1!, provider2!, provider2!]) await (await nodes.connect(signer).createNode(RENT, 1_000, "")).wait();
  for (const signer of [provider1!, provider2!]) await (await nodes.connect(signer).trustManager(manager!)).wait();
  const token = TestUSD__factory.connect(terminal.addressOf("TestUSD"), provider);
  const accounts = AccountRegistry__factory.connect(terminal.addressOf("AccountRegistry"), provider);
  for (const [signer, amount] of [
    [provider1!, 100 * TOKEN],
    [provider2!, 100 * TOKEN],
    [owner!, 200 * TOKEN],
  ] as const) {
    await (await token.connect(signer).mint(signer, amount)).wait();
    await (await token.connect(signer).approve(accounts, amount)).wait();
    await (await accounts.connect(signer).deposit(token, amount)).wait();
  }
}

/** The owner's bucket holds 100 units in cluster 1. */
async function allocate(terminal: Terminal): Promise<void> {
  const [manager, owner] = await Promise.all([4, 5].map((index) => terminal.provider.getSigner(index)));
  const clusters = ClusterRegistry__factory.connect(terminal.addressOf("ClusterRegistry"), manager);
  await (await clusters.reserveResource(1, 200)).wait();
  const buckets = BucketRegistry__factory.connect(terminal.addressOf("BucketRegistry"), owner);
  await (await buckets.createBucket(1, "")).wait();
  await (await buckets.allocate(1, 100, 4n * RENT)).wait();
}
