import { expect } from "chai";
import hre from "hardhat";

import { createDao } from "../../deployment/dao";
import { createSafe } from "../../deployment/safe";
import { type JsonObject, checksumOfBatch } from "../../src";
import { DaoGovernor__factory, IAccessManager__factory, IClusterRegistry__factory } from "../../typechain-types";
import { json, run } from "../helpers/embedded";

const ONE_VOTE = 10n ** 18n;
const DAY = 86_400n;

/** A cluster of the Safe, of three colleagues (accounts 7, 8 and 9) of whom two decide. */
const withSafe = hre.deployments.createFixture(async () => {
  await hre.deployments.fixture();
  const signers = await hre.ethers.getSigners();
  const owners = signers.slice(7, 10).map(({ address }) => address);
  const safe = await createSafe(hre, owners, 2n);
  await run("node:create", { rent: "0.01", capacity: "100", as: "provider1" });
  await run("node:trust-manager", { manager: safe, as: "provider1" });
  for (const as of ["7", "8"])
    await run("cluster:create", { currency: "TestUSD", vnodes: "2", nodes: "1", managementFee: "5", via: safe, as });
  return { safe, owners };
});

/** The Safe's cluster earns from a bucket, and provider2's node 2 could take vnodes over. */
const withEarnings = hre.deployments.createFixture(async () => {
  const { safe } = await withSafe();
  for (const as of ["7", "8"]) await run("cluster:reserve-resource", { cluster: "1", resource: "50", via: safe, as });
  await run("currency:mint", { currency: "TestUSD", amount: "100", as: "owner" });
  await run("account:deposit", { currency: "TestUSD", amount: "100", as: "owner" });
  await run("bucket:create", { cluster: "1", as: "owner" });
  await run("bucket:allocate", { bucket: "1", resource: "50", maxRent: "1", as: "owner" });
  await run("node:create", { rent: "0.01", capacity: "100", as: "provider2" });
  await run("node:trust-manager", { manager: safe, as: "provider2" });
  return { safe };
});

/** A DAO in which the same three have a vote each. */
const withDao = hre.deployments.createFixture(async () => {
  await withSafe();
  const signers = await hre.ethers.getSigners();
  const voters = signers.slice(7, 10).map(({ address }) => address);
  const plan = { votingDelay: DAY, votingPeriod: DAY, timelockDelay: DAY, quorumPercent: 50n };
  return createDao(hre, { ...plan, voters, votesEach: ONE_VOTE });
});

const pass = async (seconds: bigint): Promise<void> => {
  await hre.network.provider.send("evm_increaseTime", [Number(seconds)]);
  await hre.network.provider.send("evm_mine");
};
const closed = async (): Promise<unknown> => ((await json("cluster:show", { cluster: "1" })).cluster as { closed: boolean }).closed;
const addressOf = async (name: string): Promise<string> => (await hre.deployments.get(name)).address;
const height = (): Promise<number> => hre.ethers.provider.getBlockNumber();

describe("a task whose call a contract makes", function () {
  // The first of them deploys everything.
  this.timeout(120_000);

  describe("--print-call", () => {
    it("prints where the call goes and what it says, and sends nothing", async () => {
      const { safe } = await withSafe();
      const before = await height();
      const { printed, progress, refused } = await run("cluster:close", { cluster: "1", as: safe, printCall: true });
      expect([refused, progress]).to.deep.equal([undefined, ""]);
      expect(printed).to.include(`${await addressOf("ClusterRegistry")} (ClusterRegistry)`);
      expect(printed).to.include("closeCluster(clusterId: 1, closed: true)");
      expect(printed).to.include(`Caller: ${safe}. Nothing was sent.\nIt would go through now.`);
      expect([await height(), await closed()]).to.deep.equal([before, false]);
    });

    it("prints one document that the Safe app takes as a batch", async () => {
      const { safe } = await withSafe();
      const printed = await json("cluster:close", { cluster: "1", via: safe, printCall: true });
      const { createdAt, meta, ...batch } = printed as JsonObject & { meta: JsonObject };
      const to = await addressOf("ClusterRegistry");
      const data = IClusterRegistry__factory.createInterface().encodeFunctionData("closeCluster", [1, true]);
      const description = "close cluster 1";
      expect(createdAt).to.be.closeTo(Date.now(), 60_000);
      expect(batch).to.deep.equal({
        version: "1.0",
        chainId: "31337",
        transactions: [{ to, value: "0", data }],
        calls: [{ to, value: "0", data, description, says: { function: "closeCluster", args: { clusterId: "1", closed: true } } }],
        from: safe,
        check: { accepted: true },
      });
      const { checksum, ...named } = meta;
      expect(named).to.deep.equal({ name: description, description: `Caller: ${safe}` });
      expect(checksum).to.equal(checksumOfBatch({ ...batch, createdAt: createdAt!, meta: named }));
    });

    it("says why the call would be refused now, and prints it all the same", async () => {
      await withSafe();
      const { check, from } = await json("cluster:close", { cluster: "1", as: "owner", printCall: true });
      const { owner } = await hre.getNamedAccounts();
      expect(from).to.equal(owner);
      expect(check).to.have.property("accepted", false);
      expect(check)
        .to.have.property("reason")
        .that.matches(/^CallerNotManager: /);
    });

    it("prints what has to come first, first, and amounts of native currency", async () => {
      const { safe } = await withSafe();
      await run("currency:mint", { currency: "TestUSD", amount: "5", to: safe });
      const { calls } = await json("account:deposit", { currency: "TestUSD", amount: "5", via: safe, printCall: true });
      const said = (calls as { says: { function: string } }[]).map(({ says }) => says.function);
      expect(said).to.deep.equal(["approve", "deposit"]);
      const ether = await json("account:deposit", { currency: "native", amount: "2", as: "owner", printCall: true });
      expect(ether.transactions).to.have.nested.property("[0].value", String(2n * 10n ** 18n));
    });

    it("tells whether the call would go through", async () => {
      const { safe } = await withEarnings();
      const args = { cluster: "1", vnode: "0", node: "2", as: safe, printCall: true };
      const { calls, check } = await json("cluster:replace-node", args);
      const said = (calls as { says: { function: string } }[]).map(({ says }) => says.function);
      expect([said, check]).to.deep.equal([["replaceNode"], { accepted: true }]);
      const refused = await run("cluster:replace-node", { ...args, as: "owner" });
      expect(refused.printed).to.match(/\nIt would be refused now\. CallerNotManager: /);
    });

    it("names the timelock of a Governor as who would make it", async () => {
      const { governor, timelock } = await withDao();
      expect(await json("cluster:close", { cluster: "1", via: governor, printCall: true })).to.have.property("from", timelock);
    });

    it("prints how to propose it, to be sent by anyone or by somebody", async () => {
      const { governor } = await withDao();
      const [, , , , , , , voter, other] = await hre.ethers.getSigners();
      const { proposal } = await json("cluster:close", { cluster: "1", via: governor, printCall: true, why: "We stop" });
      expect(proposal).to.deep.include({ governor, description: "We stop" });
      const { transaction } = proposal as { transaction: { to: string; value: string; data: string } };
      expect([transaction.to, transaction.value]).to.deep.equal([governor, "0"]);
      await voter!.sendTransaction(transaction);
      const { proposals } = await json("dao:show", { governor });
      expect(proposals).to.have.lengthOf(1);
      expect(proposals).to.have.nested.property("[0].description", "We stop");

      const named = { cluster: "1", via: governor, printCall: true, as: voter!.address };
      const { printed } = await run("cluster:close", named);
      expect(printed)
        .to.match(/│ Propose to +│ 0x\w+ +│/)
        .and.to.include(`#proposer=${voter!.address}`);
      const { proposal: owned } = await json("cluster:close", named);
      const own = (owned as { transaction: { to: string; data: string } }).transaction;
      await expect(other!.sendTransaction(own)).to.be.revertedWithCustomError(
        DaoGovernor__factory.connect(governor, voter),
        "GovernorRestrictedProposer",
      );
      await voter!.sendTransaction(own);
    });
  });

  describe("--via a Safe", () => {
    it("approves with the first owner, and makes the call with the second", async () => {
      const { safe, owners } = await withSafe();
      const { safeTransaction } = await json("cluster:close", { cluster: "1", via: safe, as: "9" });
      expect(safeTransaction).to.deep.include({ safe, nonce: "1", approvedBy: [owners[2]], threshold: "2", executed: false });
      expect(await closed()).to.equal(false);
      const { printed, progress } = await run("cluster:close", { cluster: "1", via: safe, as: "7" });
      expect(printed).to.match(/^Cluster 1 is closed/);
      expect(progress).to.equal(`As ${owners[0]}: let the Safe ${safe} do: close cluster 1 …`);
      expect(await closed()).to.equal(true);
    });

    it("refuses an owner's second approval, and whoever is no owner", async () => {
      const { safe } = await withSafe();
      await run("cluster:close", { cluster: "1", via: safe, as: "7" });
      const before = await height();
      const again = await run("cluster:close", { cluster: "1", via: safe, as: "7" });
      expect(again.refused).to.match(/has approved this: 1 of 2 required owners .* Other owners have to approve now\.$/);
      const stranger = await run("cluster:close", { cluster: "1", via: safe, as: "owner" });
      expect(stranger.refused).to.match(/^owner is not an owner of the Safe 0x/);
      expect(await height()).to.equal(before);
    });

    it("refuses what the registries would refuse, before anyone approves it", async () => {
      const { safe } = await withSafe();
      const before = await height();
      const { refused } = await run("cluster:lower-management-fee", { cluster: "1", fee: "5", via: safe, as: "7" });
      expect(refused).to.match(/^ManagementFeeNotLower: /);
      expect(await height()).to.equal(before);
    });

    it("starts anew when the Safe did something else meanwhile", async () => {
      const { safe } = await withSafe();
      await run("cluster:close", { cluster: "1", via: safe, as: "7" });
      for (const as of ["8", "9"]) await run("cluster:reserve-resource", { cluster: "1", resource: "5", via: safe, as });
      const { safeTransaction } = await json("cluster:close", { cluster: "1", via: safe, as: "8" });
      expect(safeTransaction).to.deep.include({ nonce: "2", executed: false });
    });

    it("does what has to come first, and then the rest with the same command", async () => {
      const { safe } = await withSafe();
      await run("currency:mint", { currency: "TestUSD", amount: "5", to: safe });
      const deposit = (as: string) => json("account:deposit", { currency: "TestUSD", amount: "5", via: safe, as });
      const { hash } = (await deposit("7")).safeTransaction as { hash: string };
      expect((await deposit("8")).safeTransaction).to.deep.include({ hash, executed: true });
      await deposit("8");
      expect((await deposit("9")).done).to.equal(`Deposited 5 TestUSD for ${safe}.`);
    });

    it("lets owners approve the same whenever they look: what was earned before is shared by the call itself", async () => {
      const { safe } = await withEarnings();
      const replace = { cluster: "1", vnode: "0", node: "2", via: safe };
      const { safeTransaction } = await json("cluster:replace-node", { ...replace, as: "7" });
      expect(safeTransaction).to.deep.include({ nonce: "2", executed: false });
      const { printed, progress } = await run("cluster:replace-node", { ...replace, as: "8" });
      expect(progress).to.match(/^As 0x\w+: let the Safe 0x\w+ do: move vnode 0/);
      expect(printed).to.match(/^Vnode 0 is on node 2\.\n/);
      expect((await json("safe:show", { safe })).safe).to.have.property("nonce", "3");
    });

    it("lets a Safe that administers make restricted calls, after the delay of its role", async () => {
      const { safe } = await withSafe();
      const args = { fee: "1", account: "admin", via: safe };
      expect((await run("cluster:set-network-fee", { ...args, as: "7" })).refused).to.match(/^This needs the role FEE_MANAGER, which 0x/);
      const [, admin] = await hre.ethers.getSigners();
      await IAccessManager__factory.connect(await addressOf("AccessManager"), admin).grantRole(2, safe, DAY);
      expect(await json("cluster:set-network-fee", { ...args, as: "7" })).to.have.property("safeTransaction");
      expect(await json("cluster:set-network-fee", { ...args, as: "8" })).to.have.property("scheduled");
      await pass(DAY);
      await run("cluster:set-network-fee", { ...args, as: "8" });
      expect((await run("cluster:set-network-fee", { ...args, as: "9" })).printed).to.include("The network fee is 1 %");
    });
  });

  describe("--via a Governor", () => {
    it("proposes the call with what it does, or why, as the text, and says what would happen now", async () => {
      const { governor } = await withDao();
      const told = await run("cluster:close", { cluster: "1", via: governor, as: "7" });
      expect(told.printed).to.match(/^Proposal \d+: close cluster 1\.\nThe vote is open from .* until .*: dao:vote\.\nTransaction 0x/);
      expect(told.progress).to.match(/^The registries would refuse this call now\. CallerNotManager: /);
      const { proposal } = await json("cluster:close", { cluster: "1", via: governor, why: "We stop", as: "7" });
      const { proposalId } = proposal as { proposalId: string };
      const shown = await json("dao:show", { governor, proposal: proposalId });
      expect(shown.proposal).to.deep.include({ proposalId, state: "pending" });
      expect((await run("dao:show", { governor, proposal: proposalId })).printed).to.match(/│ Why +│ We stop +│/);
      const { proposals } = await json("dao:show", { governor });
      expect(proposals).to.have.lengthOf(2);
      expect(proposals).to.have.nested.property("[0].proposalId", proposalId);
    });

    it("refuses the same proposal a second time, naming the first", async () => {
      const { governor } = await withDao();
      const { proposal } = await json("cluster:close", { cluster: "1", via: governor, as: "7" });
      const { proposalId } = proposal as { proposalId: string };
      const { refused } = await run("cluster:close", { cluster: "1", via: governor, as: "7" });
      expect(refused).to.match(new RegExp(`^This is proposed already: proposal ${proposalId}, which is pending\\.`));
    });

    it("puts what has to come first into the same proposal", async () => {
      const { governor, timelock } = await withDao();
      for (const as of ["7", "8"]) await run("dao:delegate", { governor, as });
      await run("currency:mint", { currency: "TestUSD", amount: "5", to: timelock });
      const { proposal } = await json("account:deposit", { currency: "TestUSD", amount: "5", via: governor, as: "7" });
      const args = { governor, proposal: (proposal as { proposalId: string }).proposalId };
      await pass(DAY + 60n);
      for (const as of ["7", "8"]) await run("dao:vote", { ...args, vote: "for", as });
      expect((await run("dao:queue", args)).refused).to.match(/^GovernorUnexpectedProposalState: Proposal \d+ is in the state active/);
      await pass(DAY);
      expect((await run("dao:queue", args)).printed).to.match(/is queued, and can be executed from .* on: dao:execute\./);
      expect((await run("dao:execute", args)).refused).to.match(/^TimelockUnexpectedOperationState: /);
      await pass(DAY);
      const executed = await run("dao:execute", args);
      expect(executed.printed).to.match(
        /^Proposal \d+ is executed: let AccountRegistry take 5000000 base units .*, and then deposit 5000000/,
      );
      const { accounts } = await json("account:show", { account: timelock, currency: "TestUSD" });
      expect(accounts).to.have.nested.property("[0].balance", "5000000");
    });
  });

  const refusals: [what: string, args: Record<string, unknown>, why: RegExp][] = [
    [
      "a contract of another kind",
      { via: "AccountRegistry" },
      /is neither a Safe nor a Governor. .* --print-call, and let the contract make it\.$/,
    ],
    ["a person", { via: "owner" }, /^owner is neither a Safe nor a Governor/],
    ["a reason without anyone to read it", { why: "because" }, /^--why is the text of a proposal/],
    ["a reason for a printed call of nobody who votes", { why: "because", printCall: true }, /^--why is the text of a proposal/],
  ];
  for (const [what, args, why] of refusals) {
    it(`refuses ${what}`, async () => {
      await withSafe();
      const via = args.via === "AccountRegistry" ? await addressOf("AccountRegistry") : args.via;
      const { refused } = await run("cluster:close", { cluster: "1", as: "7", ...args, ...(via === undefined ? {} : { via }) });
      expect(refused).to.match(why);
    });
  }

  it("refuses a proposal that nobody made, a Safe and a Governor that are none, and a vote that is none", async () => {
    const { governor, timelock } = await withDao();
    expect((await run("dao:queue", { governor, proposal: "7" })).refused).to.match(/has no proposal 7: dao:show lists/);
    expect((await run("dao:vote", { governor, proposal: "7", vote: "for" })).refused).to.match(/^GovernorNonexistentProposal: /);
    expect((await run("dao:vote", { governor, proposal: "0x7", vote: "for" })).refused).to.match(/^"0x7" is not a proposal id/);
    expect((await run("dao:vote", { governor, proposal: "7", vote: "maybe" })).refused).to.match(
      /^"maybe" is none of against, for, abstain/,
    );
    expect((await run("dao:show", { governor: timelock })).refused).to.match(/A timelock is not one: give the governor that drives it\.$/);
    expect((await run("safe:show", { safe: timelock })).refused).to.match(/^There is no Safe at /);
  });
});
