import { expect } from "chai";
import { ZeroAddress } from "ethers";
import hre, { ethers } from "hardhat";

import { formatTime } from "../../src";
import { BucketRegistry__factory } from "../../typechain-types";
import { json, run } from "../helpers/embedded";
import { keyNumber } from "../helpers/sharing";

/** The cells of all tables in what a task printed, row by row. */
const rowsOf = (printed: string): string[][] =>
  printed
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .split("│")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const OWNER = { bucket: "1", as: "owner" };
const HEADINGS = ["Account", "May read", "May write", "Has the key of epoch"];

/** What is shown of a bucket that nobody else may use, but for some rows. */
function cardWith(rows: Record<string, string> = {}): string[][] {
  const shown = {
    Bucket: "1",
    Owner: "owner, with all rights",
    Public: "no",
    "Read by holders of": "no token",
    "Written by holders of": "no token",
    "Key epoch": "0, without keys so far",
    ...rows,
  };
  return Object.entries(shown);
}

describe("tasks that share a bucket", function () {
  this.timeout(120_000);

  // A bucket of the owner's that holds two units of a cluster, and is covered.
  const fixture = hre.deployments.createFixture(async () => {
    await hre.deployments.fixture();
    const write = async (task: string, args: Record<string, unknown>): Promise<void> => {
      expect((await run(task, args)).refused, task).to.equal(undefined);
    };
    await write("node:create", { rent: "1", capacity: "100", as: "provider1" });
    await write("node:trust-manager", { manager: "manager", as: "provider1" });
    await write("cluster:create", { currency: "TestUSD", vnodes: "1", nodes: "1", managementFee: "0", as: "manager" });
    await write("cluster:reserve-resource", { cluster: "1", resource: "10", as: "manager" });
    await write("currency:mint", { currency: "TestUSD", amount: "100", to: "owner" });
    await write("account:deposit", { amount: "50", currency: "TestUSD", as: "owner" });
    await write("bucket:create", { cluster: "1", as: "owner" });
    await write("bucket:allocate", { bucket: "1", resource: "2", as: "owner" });
    const { address } = await hre.deployments.get("BucketRegistry");
    const { owner = "" } = await hre.getNamedAccounts();
    return { registry: BucketRegistry__factory.connect(address, await ethers.getSigner(owner)), owner };
  });

  it("show that nobody else may use a new bucket", async () => {
    await fixture();
    const { printed, progress } = await run("bucket:access", { bucket: "1" });
    expect(rowsOf(printed)).to.deep.equal(cardWith());
    expect(progress).to.equal("");
  });

  it("grant rights, with an end and without, and list them", async () => {
    await fixture();
    const granted = await run("bucket:grant", { ...OWNER, accounts: "manager,provider1", rights: "read" });
    expect(granted.progress).to.equal("As owner: let manager, provider1 read bucket 1 …");
    expect(granted.printed).to.match(/^manager, provider1 may now use bucket 1\.$/m);
    const limited = await run("bucket:grant", { ...OWNER, accounts: "provider1", rights: "WRITE", until: "2100-01-31 18:30" });
    expect(limited.progress).to.equal("As owner: let provider1 write bucket 1 until 2100-01-31 18:30:00 UTC …");
    expect(rowsOf(limited.printed)).to.deep.equal([
      ...cardWith(),
      HEADINGS,
      ["manager", "for ever", "", ""],
      ["provider1", "for ever", "until 2100-01-31 18:30:00 UTC", ""],
    ]);
    const both = await run("bucket:grant", { ...OWNER, accounts: "admin", rights: "both" });
    expect(rowsOf(both.printed).at(-1)).to.deep.equal(["admin", "for ever", "for ever", ""]);
  });

  it("show what has ended as such", async () => {
    await fixture();
    const block = await ethers.provider.getBlock("latest");
    const end = formatTime(BigInt(block!.timestamp + 100));
    await run("bucket:grant", { ...OWNER, accounts: "manager", rights: "read", until: end });
    await ethers.provider.send("evm_increaseTime", [100]);
    await ethers.provider.send("evm_mine");
    const { printed } = await run("bucket:access", { bucket: "1" });
    expect(rowsOf(printed).at(-1)).to.deep.equal(["manager", `ended ${end}`, "", ""]);
  });

  it("revoke", async () => {
    await fixture();
    await run("bucket:grant", { ...OWNER, accounts: "manager,provider1", rights: "both" });
    const { printed, progress } = await run("bucket:revoke", { ...OWNER, accounts: "manager" });
    expect(progress).to.equal("As owner: revoke the access of manager to bucket 1 …");
    expect(printed).to.match(/^The grants of manager for bucket 1 are revoked\.$/m);
    expect(rowsOf(printed)).to.deep.equal([...cardWith(), HEADINGS, ["provider1", "for ever", "for ever", ""]]);
  });

  it("make a bucket public, and end that", async () => {
    await fixture();
    const opened = await run("bucket:public", OWNER);
    expect(opened.printed).to.match(/^Bucket 1 is public\.$/m);
    expect(rowsOf(opened.printed)).to.deep.equal(cardWith({ Public: "everyone may read" }));
    const closed = await run("bucket:public", { ...OWNER, off: true });
    expect(closed.printed).to.match(/^Bucket 1 is private\.$/m);
    expect(rowsOf(closed.printed)).to.deep.equal(cardWith());
  });

  it("gate by tokens of each standard, with their names and decimals, and remove gates", async () => {
    await fixture();
    const gate = async (args: Record<string, unknown>): Promise<string[][]> => {
      const { printed, refused } = await run("bucket:gate", { ...OWNER, ...args });
      expect(refused).to.equal(undefined);
      return rowsOf(printed);
    };
    const ticket = await (await ethers.deployContract("TestTicket")).getAddress();
    const badge = await (await ethers.deployContract("TestBadge")).getAddress();
    const [tokens, tickets, badges] = ["12.5 TestUSD, or more", "1 TICKET, or more", `3 ${badge} of id 5, or more`];
    expect(await gate({ right: "read", token: "TestUSD", minimum: "12.5" })).to.deep.equal(cardWith({ "Read by holders of": tokens }));
    expect(await gate({ right: "write", token: ticket })).to.deep.equal(
      cardWith({ "Read by holders of": tokens, "Written by holders of": tickets }),
    );
    expect(await gate({ right: "both", token: badge, id: "5", minimum: "3" })).to.deep.equal(
      cardWith({ "Read by holders of": badges, "Written by holders of": badges }),
    );
    expect(await gate({ right: "read", remove: true })).to.deep.equal(cardWith({ "Written by holders of": badges }));
  });

  it("refuse gates that would keep everyone out, before anything is sent", async () => {
    await fixture();
    const ticket = await (await ethers.deployContract("TestTicket")).getAddress();
    const badge = await (await ethers.deployContract("TestBadge")).getAddress();
    const nobody = ethers.Wallet.createRandom().address;
    const block = await ethers.provider.getBlockNumber();
    const refusals: [Record<string, unknown>, string][] = [
      [{}, "Give the --token that opens the gate, or --remove to have none."],
      [{ token: "TestUSD", remove: true }, "Give the --token that opens the gate, or --remove to have none."],
      [{ token: "native" }, "The native currency is no token, and opens no gate. Give the name or the address of a token."],
      [{ token: nobody }, `There is no token at ${nobody} on this network. Check the address and the network.`],
      [{ token: badge }, "An ERC-1155 has tokens of many kinds: say which with --id."],
      [{ token: ticket, id: "5" }, "The token is an ERC-721, which has no ids to hold several of: leave --id out."],
      [{ token: "TestUSD", minimum: "0.0000001" }, "The minimum 0.0000001 is too fine: it has at most 6 decimals. For example 25.5."],
      [{ token: "TestUSD", minimum: "0" }, "GateMinimumZero: Everyone holds at least nothing of TestUSD"],
    ];
    for (const [args, reason] of refusals) {
      expect((await run("bucket:gate", { ...OWNER, right: "read", ...args })).refused).to.include(reason);
    }
    expect(await ethers.provider.getBlockNumber()).to.equal(block);
  });

  it("refuse what is mistyped, and what the registry refuses, in words", async () => {
    await fixture();
    const refused = async (task: string, args: Record<string, unknown>): Promise<string | undefined> => (await run(task, args)).refused;
    expect(await refused("bucket:grant", { ...OWNER, accounts: "manager", rights: "delete" })).to.equal(
      '"delete" is none of read, write, both.',
    );
    expect(await refused("bucket:grant", { ...OWNER, accounts: "manager,carol", rights: "read" })).to.include(
      'The name "carol" is unknown',
    );
    expect(await refused("bucket:grant", { ...OWNER, accounts: "manager", rights: "read", until: "2030-02-30" })).to.include(
      'The end "2030-02-30" is no date.',
    );
    expect(await refused("bucket:grant", { ...OWNER, accounts: "manager", rights: "read", until: "2001-01-31" })).to.include(
      "GrantEnded: The grant would end at 2001-01-31 00:00:00 UTC",
    );
    expect(await refused("bucket:grant", { bucket: "1", as: "manager", accounts: "manager", rights: "read" })).to.include(
      "Send it as the owner.",
    );
    expect(await refused("bucket:access", { bucket: "2" })).to.include("There is no bucket 2, or it is closed.");
  });

  it("list readers with the epochs of their keys", async () => {
    const { registry, owner } = await fixture();
    const { manager = "" } = await hre.getNamedAccounts();
    await registry.publishKeys(1, 0, [owner, manager], [keyNumber(1), keyNumber(2)]);
    await run("bucket:grant", { ...OWNER, accounts: "manager", rights: "read" });
    await registry.publishKeys(1, 1, [owner], [keyNumber(3)]);
    const { printed } = await run("bucket:access", { bucket: "1" });
    expect(rowsOf(printed)).to.deep.equal([
      ...cardWith({ "Key epoch": "1" }),
      HEADINGS,
      ["manager", "for ever", "", "0"],
      ["owner", "", "", "1"],
    ]);
  });

  it("say what an account may do, and whether the bucket is paid for", async () => {
    await fixture();
    await run("bucket:grant", { ...OWNER, accounts: "manager", rights: "read" });
    const allowed = await run("bucket:access", { bucket: "1", account: "manager" });
    expect(allowed.printed).to.match(/^manager may read and may not write\. The bucket is paid for\.$/m);
    await run("bucket:release", { ...OWNER, resource: "2" });
    const denied = await run("bucket:access", { bucket: "1", account: "admin" });
    expect(denied.printed).to.match(/^admin may not read and may not write\. The bucket is not paid for, or is empty\.$/m);
  });

  it("print one JSON document", async () => {
    const { owner } = await fixture();
    const { manager } = await hre.getNamedAccounts();
    const { address: token } = await hre.deployments.get("TestUSD");
    await run("bucket:gate", { ...OWNER, right: "read", token: "TestUSD", minimum: "2" });
    const written = await json("bucket:grant", { ...OWNER, accounts: "manager", rights: "read" });
    expect(written.transaction).to.have.property("hash");
    const access = {
      bucketId: "1",
      owner,
      isPublic: false,
      epoch: "0",
      hasKeys: false,
      readGate: { token, byId: false, id: "0", minimum: "2000000" },
      writeGate: { token: ZeroAddress, byId: false, id: "0", minimum: "0" },
      grants: [{ account: manager, readUntil: String(2n ** 40n - 1n), writeUntil: "0" }],
      keys: [],
      tokens: [{ token, symbol: "TestUSD", decimals: "6", standard: "ERC-20" }],
    };
    expect(written.access).to.deep.equal(access);
    expect(await json("bucket:access", { bucket: "1", account: "manager" })).to.deep.equal({
      access,
      answer: { account: manager, mayRead: true, mayWrite: false, funded: true },
    });
  });
});
