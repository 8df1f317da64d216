import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import { json, run } from "../helpers/embedded";

const passTo = async (time: number): Promise<void> => {
  await hre.ethers.provider.send("evm_mine", [time]);
};
const now = async (): Promise<number> => (await hre.ethers.provider.getBlock("latest"))!.timestamp;

/** What a task prints, which is not refused. */
async function runTask(task: string, args: Record<string, unknown>): Promise<string> {
  const { printed, refused } = await run(task, args);
  expect(refused).to.equal(undefined);
  return printed;
}

const node = (region: string): string =>
  JSON.stringify({ url: `https://${region}.example`, region, engine: { name: "storage", version: "1.2.0" } });

/** Two providers with a node each, and a cluster of both, in which the owner's bucket pays 4 USD a month out of 100. */
const network = hre.deployments.createFixture(async () => {
  await hre.deployments.fixture();
  for (const [provider, region] of [
    ["provider1", "eu-central"],
    ["provider2", "eu-west"],
  ] as const) {
    await runTask("node:create", { rent: "0.02", capacity: "1000", params: node(region), as: provider });
    await runTask("node:trust-manager", { manager: "manager", as: provider });
  }
  const params = '{"engine":{"name":"storage","version":"1.2.0"}}';
  await runTask("cluster:create", { currency: "TestUSD", vnodes: "2", nodes: "1,2", managementFee: "2", params, as: "manager" });
  await runTask("cluster:reserve-resource", { cluster: "1", resource: "150", as: "manager" });
  await runTask("currency:mint", { currency: "TestUSD", amount: "1000", as: "owner" });
  await runTask("account:deposit", { currency: "TestUSD", amount: "100", as: "owner" });
  await runTask("bucket:create", { cluster: "1", as: "owner" });
  await runTask("bucket:allocate", { bucket: "1", resource: "100", as: "owner" });
});

/** The commands that a task has told to type. */
const commandsIn = (printed: string): string[] =>
  [...printed.matchAll(/\b(\w+:[\w-]+(?: --?[\w-]+ [\w.,]+)+)/g)].map(([, command = ""]) => command);

/** Runs a command that a task has told to type. */
async function type(command: string): Promise<string> {
  const [task = "", ...words] = command.split(" ");
  const named = words.flatMap((word, index) =>
    word.startsWith("--")
      ? [[word.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), words[index + 1]] as const]
      : [],
  );
  return runTask(task, Object.fromEntries(named));
}

describe("tasks that find a service", () => {
  beforeEach(() => network());

  describe("cluster:find", () => {
    const wanted = { engine: "storage@^1.2", region: "eu", resource: "50", maxRent: "0.02", currency: "TestUSD" };

    it("shows the clusters that are all that is wanted", async () => {
      const printed = await runTask("cluster:find", wanted);
      expect(printed).to.include("storage 1.2.0").and.to.include("eu-central (1 of 2 vnodes), eu-west (1 of 2 vnodes)");
      expect(printed)
        .to.include("2 node(s) of 2 provider(s)")
        .and.to.include("50 unit(s) (USD/month)")
        .and.to.match(/│ 50 +│ 0\.02 +│ 2 /);
      const { clusters, others } = await json("cluster:find", wanted);
      expect(clusters)
        .to.have.length(1)
        .with.nested.property("[0]")
        .that.deep.include({
          clusterId: "1",
          free: "50",
          rentPerVnode: "20000000000000000",
          regions: { "eu-central": "1", "eu-west": "1" },
          qualityBps: "10000",
        });
      expect(others).to.deep.equal([]);
    });

    it("says what the others are instead if none is, and what to do", async () => {
      const criteria = {
        ...wanted,
        engine: "storage@^2",
        region: "eu-west",
        resource: "51",
        maxRent: "0.019",
        currency: "native",
        minNodes: "3",
      };
      expect(await runTask("cluster:find", criteria)).to.equal(
        [
          "No cluster matches.",
          "Cluster 1 runs storage 1.2.0, is served from eu-central (1 of 2 vnodes), eu-west (1 of 2 vnodes), has 50 units free per vnode, " +
            "asks 0.02 USD per unit, per vnode, per month, is paid in TestUSD, has 2 node(s) of 2 provider(s).",
          "Relax the criteria, or try again later.",
        ].join("\n"),
      );
    });

    for (const [args, reason] of [
      [{ engine: "storage@new" }, '"new" is no range of semantic versions.'],
      [{ resource: "0" }, "The resource has to be at least 1."],
      [{ maxRent: "cheap" }, 'The rent "cheap" is not a number.'],
      [{ currency: "Gold" }, 'No currency is called "Gold".'],
      [{ minQuality: "101" }, "is more than 100 %"],
    ] as const) {
      it(`refuses ${JSON.stringify(args)}`, async () => {
        expect((await run("cluster:find", args)).refused).to.include(reason);
      });
    }
  });

  describe("node:find", () => {
    it("shows the nodes with room, and whom their providers trust", async () => {
      const printed = await runTask("node:find", { manager: "manager", region: "eu-west" });
      expect(printed).to.include("provider2").and.to.include("850 of 1000").and.to.include("manager").and.not.to.include("provider1");
      const { nodes, others } = await json("node:find", { manager: "manager", region: "eu-west" });
      const { manager } = await hre.getNamedAccounts();
      expect(nodes)
        .to.have.nested.property("[0]")
        .that.deep.include({ nodeId: "2", free: "850", trusts: [manager] });
      expect(others).to.have.nested.property("[0].unmet").that.deep.equals(["region"]);
    });

    it("says what the others lack if there is none", async () => {
      expect(await runTask("node:find", { resource: "851", manager: "owner", engine: "cdn", maxRent: "0.01" })).to.equal(
        [
          "No node matches.",
          ...["provider1", "provider2"].map(
            (provider, index) =>
              `Node ${index + 1} runs storage 1.2.0, has 850 units free, asks 0.02 USD per unit, per vnode, per month, ` +
              `belongs to ${provider}, which does not trust owner.`,
          ),
          "Relax the criteria, or try again later.",
        ].join("\n"),
      );
    });
  });

  describe("bucket:costs", () => {
    it("shows what buckets cost, and a deposit that covers them until a date", async () => {
      const printed = await runTask("bucket:costs", { owner: "owner" });
      expect(printed).to.include("4 USD per month: 4 TestUSD at the present price").and.to.include("100 units per vnode");
      expect(commandsIn(printed)).to.deep.equal([]);

      const until = (await now()) + 900 * 86_400;
      const date = new Date(until * 1_000).toISOString().slice(0, 19).replace("T", " ");
      const asked = await runTask("bucket:costs", { owner: "owner", until: date });
      const [command = ""] = commandsIn(asked);
      expect(command).to.match(/^account:deposit --currency TestUSD --amount [\d.]+ --as owner$/);
      await type(command);
      const { accounts } = await json("account:show", { account: "owner", currency: "TestUSD" });
      const coveredUntil = Number((accounts as { coveredUntil: string }[])[0]?.coveredUntil);
      // A base unit is worth less than a second.
      expect(coveredUntil).to.be.within(until, until + 1);
      expect(await runTask("bucket:costs", { owner: "owner", until: date })).to.include("In TestUSD all is covered until");
    });

    it("takes a length of time, too, and tells all in JSON", async () => {
      const { costs, until } = await json("bucket:costs", { owner: "owner", until: "1000d" });
      expect(Number(until)).to.equal((await now()) + 1_000 * 86_400);
      expect(costs).to.have.length(1).with.nested.property("[0].deposit").that.matches(/^\d+$/);
      expect(costs).to.have.nested.property("[0].buckets[0].bucketId", "1");
    });

    it("says so where there is nothing", async () => {
      expect(await runTask("bucket:costs", { owner: "validator" })).to.equal("validator has no buckets, and nothing in any account.");
    });

    for (const [until, reason] of [
      ["2020-01-01", "2020-01-01 00:00:00 UTC is past"],
      ["2027-02-30", "is no date. For example 2030-01-31"],
      ["2027-1-1", "is no date. For example 2030-01-31"],
      ["soon", 'The time "soon" is not a length of time.'],
    ] as const) {
      it(`refuses ${until}`, async () => {
        expect((await run("bucket:costs", { owner: "owner", until })).refused).to.include(reason);
      });
    }
  });

  describe("account:earnings", () => {
    it("says where earnings lie and what to type, until they are in somebody's hands", async () => {
      await passTo((await now()) + 31 * 86_400);
      const printed = await runTask("account:earnings", { account: "provider1" });
      expect(printed)
        .to.include("provider")
        .and.to.include("In the account: nothing")
        .and.to.include("Credited for its nodes and in fees so far: nothing");
      const steps = commandsIn(printed);
      expect(steps).to.deep.equal(["cluster:distribute-revenues --cluster 1", "cluster:claim-revenues --cluster 1 --node 1"]);
      for (const step of steps) await type(step);
      const after = await runTask("account:earnings", { account: "provider1" });
      // Half of what two percent of four dollars leave, and what came in the seconds since.
      expect(after)
        .to.match(/In the account: 1\.96\d* TestUSD/)
        .and.to.match(/so far: 1\.96\d* TestUSD/);
      const [withdraw = "", ...others] = commandsIn(after).reverse();
      expect(withdraw).to.equal("account:withdraw --currency TestUSD --amount all --as provider1");
      await type(withdraw);
      expect(others).to.not.include(withdraw);
      const { earnings, earned } = await json("account:earnings", { account: "provider1" });
      expect(earnings).to.have.nested.property("accounts[1].balance", "0");
      expect(Object.values(earned as object)).to.have.length(1);
    });

    it("has what was paid late passed on first", async () => {
      const { accounts } = await json("account:show", { account: "owner", currency: "TestUSD" });
      await passTo(Number((accounts as { coveredUntil: string }[])[0]?.coveredUntil) + 86_400);
      const steps = commandsIn(await runTask("account:earnings", { account: "provider1" }));
      expect(steps).to.deep.equal([
        "bucket:settle-payment --bucket 1",
        "cluster:distribute-revenues --cluster 1",
        "cluster:claim-revenues --cluster 1 --node 1",
      ]);
      expect(await runTask("bucket:settle-payment", { bucket: "1" })).to.match(
        /^owner pays 4 USD per month and has 0 TestUSD left: it is out of funds\. Cluster 1 has (100|99\.9\d+) TestUSD to distribute\./,
      );
      expect(commandsIn(await runTask("account:earnings", { account: "provider1" }))).to.deep.equal(steps.slice(1));
      expect(await runTask("bucket:costs", { owner: "owner" })).to.match(
        /│ Cluster │ Paid so far +│ Of which refunded │\n.+\n│ 1 +│ (100|99\.9\d+) TestUSD +│ 0 TestUSD/,
      );
    });

    it("knows managers, and who earns nothing", async () => {
      await passTo((await now()) + 86_400);
      expect(commandsIn(await runTask("account:earnings", { account: "manager" }))).to.deep.equal([
        "cluster:distribute-revenues --cluster 1",
      ]);
      expect(await runTask("account:earnings", { account: "validator" })).to.include("No cluster owes validator anything.");
    });
  });
});

describe("network:watch", () => {
  let folder: string;
  beforeEach(async () => {
    await network();
    folder = mkdtempSync(join(tmpdir(), "ddc-watch-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("tells what happened in people's words, one line each", async () => {
    const printed = await runTask("network:watch", { from: "start", once: true, kinds: "created,paid" });
    const lines = printed.split("\n").map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}block \d+ {2}/, ""));
    expect(lines.slice(-6)).to.deep.equal([
      "created   node 1 of provider1: 1000 units at 0.02 USD per unit, per vnode, per month",
      "created   node 2 of provider2: 1000 units at 0.02 USD per unit, per vnode, per month",
      "created   cluster 1 of manager: 2 vnode(s) on node(s) 1, 2",
      "paid      owner deposits 100 TestUSD: 100 TestUSD in all",
      "created   bucket 1 of owner in cluster 1",
      "paid      owner pays 4 USD per month to cluster 1 from now on, 4 USD in all: 100 TestUSD left",
    ]);
  });

  it("spells out events without a sentence of their own", async () => {
    const printed = await runTask("network:watch", { from: "start", once: true, kinds: "changed" });
    expect(printed).to.include("changed   resource allocated: bucket id 1, cluster id 1, by owner, resource 100, rate per month 4 USD");
    expect(printed).to.include("changed   manager trusted: provider provider1, manager manager");
  });

  it("goes on from its cursor file, and tells nothing twice", async () => {
    const cursor = join(folder, "cursor.json");
    const first = await runTask("network:watch", { from: "start", once: true, cursor });
    expect(first.split("\n").length).to.be.greaterThan(10);
    expect(JSON.parse(readFileSync(cursor, "utf8"))).to.have.property("version", 1);
    expect(await runTask("network:watch", { from: "start", once: true, cursor })).to.equal("");
    await runTask("bucket:create", { cluster: "1", as: "owner" });
    const second = await runTask("network:watch", { from: "start", once: true, cursor });
    expect(second).to.match(/created {3}bucket 2 of owner in cluster 1$/);
    expect(second.split("\n")).to.have.length(1);
  });

  it("tells who runs low, and what to type", async () => {
    const { accounts } = await json("account:show", { account: "owner", currency: "TestUSD" });
    const coveredUntil = Number((accounts as { coveredUntil: string }[])[0]?.coveredUntil);
    await passTo(coveredUntil - 86_400);
    const printed = await runTask("network:watch", { once: true, low: "2d" });
    expect(printed).to.include("low       owner's account in TestUSD pays 4 USD per month and is covered until").and.to.include("(1 day)");
    expect(printed).to.include(": account:deposit --currency TestUSD --amount … --as owner");
    await passTo(coveredUntil + 1);
    expect(await runTask("network:watch", { once: true, low: "2d" })).to.include(
      "depleted  owner's account in TestUSD is out of funds, and no longer pays its 4 USD per month",
    );
  });

  it("prints a JSON document in each line", async () => {
    const printed = await runTask("network:watch", { from: "start", once: true, kinds: "created", json: true });
    const documents = printed.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents.at(-1)).to.deep.include({ kind: "created", name: "BucketCreated", withdrawn: false });
    expect(documents.at(-1)).to.have.nested.property("args.bucketId", "1");
  });

  it("refuses what is no place to begin, and a file that is no cursor", async () => {
    const refusals: [args: Record<string, unknown>, reason: string][] = [
      [{ from: "yesterday" }, '"yesterday" is not a block. Give the number of a block, start, or now.'],
      [{ from: "9999999" }, "There is no block 9999999 yet"],
      [{ kinds: "created,gone" }, '"gone" is none of created, replaced'],
      [{ low: "soon" }, 'The threshold "soon" is not a length of time.'],
      [{ cursor: join(folder, "nowhere", "cursor.json"), from: "start" }, "The cursor cannot be written"],
    ];
    for (const [args, reason] of refusals) expect((await run("network:watch", { ...args, once: true })).refused).to.include(reason);
    const cursor = join(folder, "notes.txt");
    writeFileSync(cursor, "my notes");
    expect((await run("network:watch", { cursor, once: true })).refused).to.include("This is no cursor");
    expect(readFileSync(cursor, "utf8")).to.equal("my notes");
    expect(existsSync(`${cursor}.new`)).to.equal(false);
  });
});
