import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { StorageProofs__factory, TermsRegistry__factory } from "../../cache/typechain-types";
import { PATIENCE } from "../helpers/processes";
import { type Document, Terminal } from "../helpers/terminal";

const DAY = 86_400;
const HOUR = 3_600;

interface ProofStatus {
  approved?: { root: string; leafCount: string };
  proposed?: { root: string; leafCount: string };
  challenge?: { state: string; number: string; deadline: string; positions?: string[] };
  misses: string;
  dueQualityBps: string;
  commitmentDue: string;
}

/** A cluster goes over to proofs of storage, and a node of it proves what is in a file of two megabytes. */
describe("the tasks of a storage prover", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  let file: string;
  before(async function () {
    terminal = await Terminal.open();
    file = join(terminal.path, "data.bin");
    writeFileSync(file, randomBytes(2 * 2 ** 20 + 1_000));
    await terminal.runOk("node:create --rent 0.02 --capacity 1000 --as provider1");
    await terminal.runOk("node:trust-manager --manager manager --as provider1");
    await terminal.runOk("cluster:create --currency TestUSD --vnodes 2 --nodes 1 --management-fee 2 --as manager");
  });
  after(() => terminal.close());

  const proofStatusOf = ({ proofStatus }: Document): ProofStatus => proofStatus as ProofStatus;
  const mineBlocks = (count: number) => terminal.provider.send("anvil_mine", [`0x${count.toString(16)}`]);
  const pass = async (seconds: number) => terminal.passUntil((await terminal.now()) + seconds);

  it("sets the cluster up, and hands it over to the validator", async function () {
    const set = "validator:set-up --cluster 1 --approver owner --positions 4 --delay 2 --quality 80,50 --answers-per-miss 1 --as manager";
    const { rules } = await terminal.write(set);
    expect(rules).to.deep.include({ period: String(DAY), window: "7200", positions: "4", delay: "2", qualityAfter: ["8000", "5000"] });
    await terminal.refused(set, [], "ClusterAlreadySetUp: Cluster 1 is set up already.");
    await terminal.refused("validator:challenge --cluster 1 --node 1", [], "ValidatorElsewhere: The validator of cluster 1 is manager");
    const manager = await terminal.provider.getSigner(4);
    const terms = TermsRegistry__factory.connect(terminal.addressOf("TermsRegistry"), manager);
    await (await terms.offerValidator(1, terminal.addressOf("StorageProofs"))).wait();
    await pass(7 * DAY);
    await (await terms.finishValidator(1)).wait();
  });

  it("commits a node to a file, and approves it with another copy", async function () {
    await terminal.runOk("validator:set-prover --node 1 --prover provider2 --as provider1");
    const asked = await terminal.write("validator:request-commitment --cluster 1 --node 1 --as owner");
    expect(Number(proofStatusOf(asked).commitmentDue)).to.equal((await terminal.now()) + DAY);
    const committed = await terminal.write("validator:commit --cluster 1 --node 1 --as provider2", ["--file", file]);
    const { proposed, approved } = proofStatusOf(committed);
    expect(approved).to.be.undefined;
    expect(proposed?.leafCount).to.equal(String(Math.ceil((2 * 2 ** 20 + 1_000) / 256)));
    const other = join(terminal.path, "other.bin");
    writeFileSync(other, "something else");
    await terminal.refused("validator:approve-commitment --cluster 1 --node 1 --as owner", ["--file", other], "CommitmentDiffers");
    await terminal.refused(
      "validator:approve-commitment --cluster 1 --node 1 --as owner",
      [],
      "Give either --file, or both --root and --leaves.",
    );
    const done = await terminal.write("validator:approve-commitment --cluster 1 --node 1 --as owner", ["--file", file]);
    expect(proofStatusOf(done)).to.deep.include({ approved: proposed, commitmentDue: "0" });
  });

  it("challenges the node, which answers out of the file", async function () {
    const { done } = await terminal.write("validator:challenge --cluster 1 --node 1 --as 8");
    expect(done).to.match(/^Node 1 is challenged\. It can be answered until .+ UTC, once block \d+ is there\.$/);
    await terminal.refused("validator:answer --cluster 1 --node 1", ["--file", file], "SeedNotReady");
    await mineBlocks(3);
    const drawn = proofStatusOf(await terminal.write("validator:draw --cluster 1 --node 1 --as 8"));
    expect(drawn.challenge?.state).to.equal("drawn");
    expect(drawn.challenge?.positions).to.have.length(4);
    const wrong = join(terminal.path, "wrong.bin");
    writeFileSync(wrong, randomBytes(2 * 2 ** 20 + 1_000));
    await terminal.refused("validator:answer --cluster 1 --node 1", ["--file", wrong], "is not what the challenge asks for");
    const answered = await terminal.write("validator:answer --cluster 1 --node 1 --as 9", ["--file", file]);
    expect(proofStatusOf(answered)).to.deep.include({ misses: "0", dueQualityBps: "10000" });
    expect(proofStatusOf(answered).challenge?.state).to.equal("idle");
    await terminal.refused("validator:answer --cluster 1 --node 1", ["--file", file], "Node 1 has no open challenge in cluster 1.");
    await terminal.refused("validator:challenge --cluster 1 --node 1", [], "ChallengeTooEarly");
  });

  it("reports a miss, which lowers the quality", async function () {
    await pass(DAY);
    const challenged = proofStatusOf(await terminal.write("validator:challenge --cluster 1 --node 1")).challenge;
    const deadline = Number(challenged?.deadline);
    await terminal.refused("validator:report-miss --cluster 1 --node 1", [], "ChallengeRunning");
    await terminal.refused("validator:redraw --cluster 1 --node 1 --as owner", [], "SeedNotLapsed");
    await terminal.passUntil(deadline + 600);
    const missed = await terminal.write("validator:report-miss --cluster 1 --node 1 --as 8");
    expect(proofStatusOf(missed)).to.deep.include({ misses: "1", dueQualityBps: "8000" });
    expect(missed.done).to.match(
      /^The miss of node 1 is counted\. It missed challenge 2: 1 count against it\. Its quality is 80 % from now on\.$/,
    );
    await terminal.refused("validator:report-miss --cluster 1 --node 1", [], "ChallengeMissing: Node 1 has nothing to answer");

    // There is no bond to lose.
    await terminal.passUntil(deadline - 2 * HOUR + DAY);
    await terminal.write("validator:challenge --cluster 1 --node 1");
    await pass(2 * HOUR + 1);
    const again = await terminal.write("validator:report-miss --cluster 1 --node 1 --as 8");
    expect(proofStatusOf(again)).to.deep.include({ misses: "2", dueQualityBps: "5000" });
    expect(again.done).to.include("Its quality is 50 % from now on. It loses 0 TestUSD of its bond.");
    const terms = TermsRegistry__factory.connect(terminal.addressOf("TermsRegistry"), terminal.provider);
    expect(await terms.qualityOf(1, 1)).to.equal(5_000);
    const { done } = await terminal.write("validator:enforce-quality --cluster 1 --node 1");
    expect(done).to.not.include("Its quality is");
    await terminal.refused("validator:enforce-slash --cluster 1 --node 1", [], "SlashNotDue");
    await terminal.refused("validator:report-no-commitment --cluster 1 --node 1", [], "CommitmentNotOverdue");
  });

  it("shows for people how the node stands", async function () {
    const { stdout } = await terminal.runOk("validator:show --cluster 1 --node 1");
    for (const text of [
      "1 in cluster 1",
      "3, over",
      "2, 0 of 1 answers to take one back",
      "50 %",
      "provider2",
      "4 leaves every 1 day, within 2 hours, by the block 2 later",
      "quality after misses: 80 %, 50 %; 5 % of the bond from miss 2 on",
      "a node that lost a tenth of its data misses one of 11 challenges, with 99 % probability",
      "approved by owner",
    ]) {
      expect(stdout).to.include(text);
    }
    const validator = StorageProofs__factory.connect(terminal.addressOf("StorageProofs"), terminal.provider);
    expect((await validator.proofStatusOf(1, 1)).challenges).to.equal(3);
  });

  it("refuses what cannot be meant before it asks the network", async function () {
    const refusals: [command: string, words: string[], reason: string][] = [
      ["validator:set-up --cluster 1 --approver owner --period 5", [], 'The period "5" is not a length of time.'],
      ["validator:set-up --cluster 1 --approver owner --quality 80,200", [], "is more than 100 %"],
      ["validator:commit --cluster 1 --node 1 --leaves 0 --root 0x12", [], "is not a hash"],
      ["validator:commit --cluster 1 --node 1 --leaves 1.5", [], "is not a whole number above zero"],
      ["validator:commit --cluster 1 --node 1 --file nowhere --as provider1", [], "There is no file nowhere."],
      ["validator:answer --cluster 1 --node 1", [], "--file: The file that the node committed to"],
    ];
    for (const [command, words, reason] of refusals) await terminal.refused(command, words, reason);
  });
});
