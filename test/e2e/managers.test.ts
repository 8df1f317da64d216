import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { IClusterRegistry__factory } from "../../cache/typechain-types";
import { PATIENCE } from "../helpers/processes";
import { type Document, Terminal } from "../helpers/terminal";

const PAGE = join(__dirname, "..", "..", "docs", "MANAGERS.md");
const MINUTES: Record<string, number> = { a: 1, two: 2, eleven: 11 };

type Line =
  | { kind: "command"; text: string; words: string[] }
  /** What an earlier command printed, under a name. */
  | { kind: "export"; name: string }
  | { kind: "wait"; seconds: number };

/** The lines of the page's commands, in their order. */
function linesOf(page: string): Line[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
  return blocks
    .join("\n")
    .split("\n")
    .flatMap((line): Line[] => {
      const [, minutes] = /^# Wait for (\w+) minutes?/.exec(line) ?? [];
      if (minutes !== undefined) return [{ kind: "wait", seconds: MINUTES[minutes]! * 60 }];
      const [, name] = /^export (\w+)=(?:0x)?…/.exec(line) ?? [];
      if (name !== undefined) return [{ kind: "export", name }];
      if (line === "" || line.startsWith("#") || line === "export HARDHAT_NETWORK=localhost") return [];
      const [, command] = /^npx hardhat (.+)$/.exec(line) ?? [];
      if (command === undefined) throw new Error(`Nobody knows what to do with: ${line}`);
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      return [{ kind: "command", text: command, words }];
    });
}

// The page is what a newcomer types, line by line: each command a process of its own.
describe("docs/MANAGERS.md", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  /** What each command printed. */
  const printed: { command: string; output: string }[] = [];
  const values = new Map<string, string>();
  const lines = linesOf(readFileSync(PAGE, "utf8"));

  before(async function () {
    terminal = await Terminal.open();
    let last = "";
    for (const line of lines) {
      if (line.kind === "wait") await terminal.passUntil((await terminal.now()) + line.seconds);
      else if (line.kind === "export") {
        const value = new RegExp(`^${line.name} (\\w+)`, "im").exec(last)?.[1];
        expect(value, `${line.name} in what was printed: ${last}`).to.match(/^0x[0-9a-fA-F]{40}$|^\d+$/);
        values.set(line.name, value!);
      } else {
        const [name = "", ...words] = line.words.map((word) => word.replace(/^\$(\w+)$/, (_, variable: string) => values.get(variable)!));
        last = (await terminal.runOk(name, ...words)).stdout;
        printed.push({ command: line.text, output: last });
      }
    }
  });
  after(() => terminal.close());

  it("has commands", function () {
    expect(lines.filter(({ kind }) => kind === "command")).to.have.lengthOf.greaterThan(50);
  });

  /** What a command printed, each time that it was typed. */
  const outputsOf = (command: string): string[] => {
    const found = printed.filter((candidate) => candidate.command === command);
    expect(found, command).to.not.be.empty;
    return found.map(({ output }) => output);
  };
  const outputOf = (command: string): string => {
    const [output = "", ...others] = outputsOf(command);
    expect(others).to.be.empty;
    return output;
  };
  const clusterOf = async (id: number): Promise<Document> => (await terminal.json(`cluster:show --cluster ${id}`)).cluster as Document;
  const vnodesOf = async (id: number): Promise<unknown> => (await terminal.json(`cluster:vnodes --cluster ${id}`)).vnodes;

  describe("the Safe's cluster", function () {
    it("is created when the second owner gives the command", function () {
      const command = "cluster:create --currency TestUSD --vnodes 2 --nodes 1 --management-fee 10 --via $SAFE";
      expect(outputOf(`${command} --as 7`)).to.match(/^To create a cluster of 2 vnodes on nodes 1: 1 of 2 required owners approve/);
      expect(outputOf(`${command} --as 8`)).to.match(/^Cluster 1 is created\.$/m);
    });

    it("is the Safe's, on the nodes and at the fee that it chose", async function () {
      const expected = { manager: values.get("SAFE"), resourcePerVnode: "500", managementFeeBps: "500", nodeCount: "2" };
      expect(await clusterOf(1)).to.deep.include(expected);
      expect(await vnodesOf(1)).to.deep.equal(["2", "1"]);
    });

    it("has paid its fee to the Safe, which withdrew it to itself", function () {
      const output = outputOf("account:withdraw --currency TestUSD --amount all --via $SAFE --as 9");
      expect(output).to.match(/^Withdrew 0\.\d+ TestUSD of (0x\w+) to \1\.$/m);
    });

    it("shows a call in words, and as the Safe app takes it", async function () {
      const command = "cluster:close --cluster 1 --as $SAFE --print-call";
      const text = outputOf(command);
      expect(text).to.include("closeCluster(clusterId: 1, closed: true)");
      expect(text).to.match(/Nothing was sent\.\nIt would go through now\.$/m);
      const batch = JSON.parse(outputOf(`${command} --json`)) as Document;
      expect(batch).to.deep.include({ version: "1.0", chainId: "31337", check: { accepted: true } });
      const to = terminal.addressOf("ClusterRegistry");
      const data = IClusterRegistry__factory.createInterface().encodeFunctionData("closeCluster", [1, true]);
      expect(batch.transactions).to.deep.equal([{ to, value: "0", data }]);
      expect((await clusterOf(1)).closed).to.equal(false);
    });
  });

  describe("the DAO's cluster", function () {
    it("says who does not trust the DAO, before and after they do", function () {
      const before = outputOf("cluster:offer-management --cluster 2 --to $TIMELOCK --as manager");
      const after = outputOf("cluster:providers --cluster 2");
      expect(before).to.include("Not yet: provider1. Their nodes go on serving and earning.");
      expect(before).to.include(`node:trust-manager --manager ${values.get("TIMELOCK")}.`);
      expect(after).to.include("All of them trust");
    });

    it("has become the DAO's, and is on the nodes that it voted for", async function () {
      expect(await clusterOf(2)).to.deep.include({ manager: values.get("TIMELOCK"), managementFeeBps: "200" });
      expect(await vnodesOf(2)).to.deep.equal(["1", "2"]);
    });

    it("was told what was proposed, and how the vote stood", function () {
      const printed = outputOf('cluster:accept-management --cluster 2 --via $GOVERNOR --why "Take over cluster 2" --print-call');
      expect(printed).to.match(/│ Description +│ Take over cluster 2 +│/);
      expect(printed).to.include(`Caller: ${values.get("TIMELOCK")}. Nothing was sent.\nIt would go through now.`);
      expect(outputOf("dao:show --governor $GOVERNOR --proposal $PROPOSAL")).to.include("acceptManagement(clusterId: 2)");
      const vote = outputOf("dao:vote --governor $GOVERNOR --proposal $PROPOSAL --vote abstain --as 9");
      expect(vote).to.include("100 for, 0 against, 100 abstain; for and abstain have to reach 150");
      const executed = outputsOf("dao:execute --governor $GOVERNOR --proposal $PROPOSAL");
      expect(executed.map((output) => /: (.*)\.$/m.exec(output)?.[1])).to.deep.equal(["Take over cluster 2", "Spread over two providers"]);
    });
  });

  it("shows what a provider has done", function () {
    const output = outputOf("node:reputation --provider provider2");
    expect(output).to.match(/│ Serves\s+│ 2 vnode\(s\) of 2 cluster\(s\), the first since /);
    expect(output).to.match(/│ Exits\s+│ 0 announced, 0 exclusion\(s\)/);
  });

  describe("what is refused", function () {
    it("is an owner's second approval, a stranger's, and what the registries would refuse", async function () {
      const close = ["--via", values.get("SAFE")!];
      await terminal.runOk("cluster:close --cluster 1 --as 7", ...close);
      await terminal.refused(
        "cluster:close --cluster 1 --as 7",
        close,
        "has approved this: 1 of 2 required owners approve",
        "Other owners have to approve now.",
      );
      await terminal.refused("cluster:close --cluster 1 --as owner", close, "owner is not an owner of the Safe");
      await terminal.refused("cluster:lower-management-fee --cluster 1 --fee 5 --as 7", close, "ManagementFeeNotLower");
      await terminal.runOk("cluster:close --cluster 1 --as 9", ...close);
      expect((await clusterOf(1)).closed).to.equal(true);
    });

    it("is a contract of another kind, and the same proposal again", async function () {
      const timelock = values.get("TIMELOCK")!;
      await terminal.refused("cluster:close --cluster 2 --as 7", ["--via", timelock], "is neither a Safe nor a Governor", "--print-call");
      await terminal.refused("cluster:close --cluster 2 --as 7", ["--why", "no"], "--why is the text of a proposal");
      const propose = ["--via", values.get("GOVERNOR")!];
      const { proposal } = (await terminal.json("cluster:close --cluster 2 --as 7", ...propose)) as { proposal: Document };
      expect(proposal.check).to.deep.equal({ accepted: true });
      await terminal.refused("cluster:close --cluster 2 --as 7", propose, "This is proposed already", "which is pending");
      const queue = [values.get("GOVERNOR")!, "--proposal", String(proposal.proposalId)];
      await terminal.refused("dao:queue", ["--governor", ...queue], "GovernorUnexpectedProposalState", "is in the state pending");
    });
  });

  it("deposits by a Safe, and by a proposal, with the approval that comes first", async function () {
    const safe = values.get("SAFE")!;
    await terminal.runOk(`currency:mint --currency TestUSD --amount 5 --to ${safe} --as owner`);
    const deposit = (as: number) => terminal.json(`account:deposit --currency TestUSD --amount 5 --via ${safe} --as ${as}`);
    const approving = (await deposit(7)).safeTransaction as Document;
    expect(approving).to.deep.include({ executed: false });
    expect((await deposit(8)).safeTransaction).to.deep.include({ executed: true, hash: approving.hash });
    await deposit(7);
    const { done } = await deposit(8);
    expect(done).to.equal(`Deposited 5 TestUSD for ${safe}.`);
  });

  it("prints a call that would be refused now, with the reason, and what comes before it", async function () {
    const { from, check, calls } = (await terminal.json(`cluster:remove --cluster 1 --via ${values.get("SAFE")} --print-call`)) as Record<
      string,
      Document
    >;
    expect([from, check!.accepted]).to.deep.equal([values.get("SAFE"), false]);
    expect(check!.reason).to.match(/^ClusterInUse: /);
    expect(calls).to.have.lengthOf(1);
    const owner = await terminal.account(5);
    await terminal.runOk("currency:mint --currency TestUSD --amount 7 --as owner");
    const two = await terminal.json(`account:deposit --currency TestUSD --amount 7 --as ${owner} --print-call`);
    expect((two.calls as { says: Document }[]).map(({ says }) => says.function)).to.deep.equal(["approve", "deposit"]);
  });
});
