import { expect } from "chai";
import hre from "hardhat";

import { json, run } from "../helpers/embedded";

const heights = (): Promise<number> => hre.ethers.provider.getBlockNumber();

describe("tasks on the embedded chain", () => {
  beforeEach(() => hre.deployments.fixture());

  it("create a node, and show it as one JSON document", async () => {
    const params = '{"url":"https://node.example"}';
    const { node, transaction } = await json("node:create", { rent: "0.02", capacity: "100", params, as: "provider1" });
    const { provider1 } = await hre.getNamedAccounts();
    const expected = {
      nodeId: "1",
      provider: provider1,
      rentPerMonth: "20000000000000000",
      capacity: "100",
      reserved: "0",
      clusters: "0",
      params,
    };
    expect(node).to.deep.equal(expected);
    expect(transaction).to.have.property("gasUsed").that.matches(/^\d+$/);
    expect((await json("node:show", { node: "1" })).node).to.deep.equal(expected);
  });

  it("approve a token before a deposit, and say so, unless there is a permit", async () => {
    await run("currency:mint", { currency: "TestUSD", amount: "100", to: "owner" });
    const approved = await run("account:deposit", { amount: "25.5", currency: "TestUSD", as: "owner" });
    expect(approved.progress).to.match(/^First: let AccountRegistry take 25500000 base units of token TestUSD …$/m);
    expect(approved.printed).to.match(/^Deposited 25\.5 TestUSD for owner\.$/m);
    const permitted = await run("account:deposit", { amount: "4.5", currency: "TestUSD", as: "owner", for: "provider1", permit: true });
    expect(permitted.progress).not.to.include("First:");
    expect(permitted.printed).to.match(/^Deposited 4\.5 TestUSD for provider1\.$/m);
    const { custody } = await json("account:custody", {});
    expect(custody).to.have.nested.property("[1].owed", "30000000");
    expect(custody).to.have.nested.property("[1].sound", true);
  });

  it("schedule what has a delay, wait, and then execute it", async () => {
    const { address } = await hre.deployments.get("AccessManager");
    const [, admin, , , , owner] = await hre.ethers.getSigners();
    const manager = await hre.ethers.getContractAt("IAccessManager", address, admin);
    await manager.grantRole(1, owner!.address, 86_400);
    const args = { currency: "TestUSD", price: "1.6", as: "owner" };

    expect((await run("currency:set-price", args)).printed).to.match(/^Scheduled, since the role has a delay of 1 day\./);
    expect((await run("currency:set-price", args)).refused).to.match(/^This call is scheduled. Repeat the command from .* on/);
    await hre.network.provider.send("evm_increaseTime", [86_400]);
    await hre.network.provider.send("evm_mine");
    expect((await run("currency:set-price", args)).printed).to.match(/^The price is 1\.6 USD\./);
  });

  const refusals: [task: string, args: Record<string, unknown>, why: RegExp][] = [
    ["node:create", { rent: "1.5" }, /^Missing option --capacity: /],
    ["node:create", { rent: "1,5", capacity: "1" }, /^The rent "1,5" is not a number/],
    ["node:create", { rent: "1", capacity: "1", params: '{"urll":"x"}' }, /"urll" is not a field/],
    ["node:create", { rent: "1", capacity: "1", params: "@missing.json" }, /^There is no file missing\.json/],
    ["node:create", { rent: "1", capacity: "1", as: "mallory" }, /^The name "mallory" is unknown/],
    ["node:create", { rent: "1", capacity: "1", as: "99" }, /^The name "99" is unknown/],
    ["node:create", { rent: "1", capacity: "1", as: `0x${"1".repeat(40)}` }, /^No key for 0x1/],
    ["node:show", { node: "7" }, /^NodeUnknown: There is no node 7\./],
    ["account:deposit", { amount: "1", currency: "DAI" }, /^No currency is called "DAI"\. Give one of native, TestUSD/],
    ["account:deposit", { amount: "1.1234567", currency: "TestUSD" }, /at most 6 decimals/],
    ["account:deposit", { amount: "1", currency: "TestUSD" }, /^deployer has 0 TestUSD, which is not enough to deposit 1 TestUSD/],
    ["account:deposit", { amount: "1", currency: "native", permit: true }, /^The native currency knows no permits/],
    ["account:withdraw", { amount: "1", currency: "TestUSD" }, /^InsufficientBalance: 0 TestUSD is there, and 1 TestUSD is asked for/],
    ["account:withdraw", { amount: "1", currency: `0x${"1".repeat(40)}` }, /^There is no token at 0x1/],
    ["currency:set-price", { currency: "TestUSD", price: "9" }, /^PriceMoveTooLarge: TestUSD cannot move to 9 USD now/],
    [
      "currency:set-price",
      { currency: "TestUSD", price: "1", as: "owner" },
      /needs the role PRICE_ORACLE, which owner does not have.*--as admin/,
    ],
    ["bucket:allocate", { bucket: "1", resource: "1" }, /^BucketUnknown: There is no bucket 1/],
  ];
  for (const [task, args, why] of refusals) {
    it(`refuse ${task} ${JSON.stringify(args)} and send nothing`, async () => {
      const before = await heights();
      const { printed, refused } = await run(task, args);
      expect(refused).to.match(why);
      expect(printed).to.equal("");
      expect(await heights()).to.equal(before);
    });
  }

  it("say in JSON, too, why they refuse", async () => {
    const { printed } = await run("node:show", { node: "7", json: true });
    expect(JSON.parse(printed)).to.have.nested.property("error.values").that.deep.equals({ nodeId: "7" });
  });
});
