import { expect } from "chai";
import { type TransactionReceipt, concat, toBeHex } from "ethers";
import { ethers } from "hardhat";

import { calldataCost, floorOf } from "../../scripts/gas/floor";
import { gasPage } from "../../scripts/gas/table";

const WORD = 32;

/** Deploys code as it is. */
async function deployCode(runtime: string): Promise<string> {
  const length = toBeHex(ethers.dataLength(runtime), 1);
  // PUSH1 length, DUP1, PUSH1 9, PUSH0, CODECOPY, PUSH0, RETURN
  const data = concat(["0x60", length, "0x8060095f395ff3", runtime]);
  const [deployer] = await ethers.getSigners();
  const receipt = await (await deployer!.sendTransaction({ data })).wait();
  return receipt!.contractAddress!;
}

/** The floor of a call, and its receipt. */
async function call(to: string, data = "0x", value = 0n): Promise<{ floor: bigint; receipt: TransactionReceipt }> {
  const [caller] = await ethers.getSigners();
  const transaction = await caller!.sendTransaction({ to, data, value });
  const receipt = await transaction.wait();
  return { floor: await floorOf(ethers.provider, transaction, receipt!), receipt: receipt! };
}

describe("scripts/gas", () => {
  describe("calldataCost", () => {
    it("counts 4 for a zero byte and 16 for any other", () => {
      expect(calldataCost("0x00ff0001")).to.equal(2 * 4 + 2 * 16);
    });
  });

  describe("floorOf", () => {
    const ONES = `0x${"11".repeat(WORD)}`;
    const TWOS = `0x${"22".repeat(WORD)}`;
    const ZEROS = `0x${"00".repeat(WORD)}`;

    // PUSH0, CALLDATALOAD, PUSH0, SSTORE
    const STORE = "0x5f355f55";

    it("counts a slot by what it was and what it becomes", async () => {
      const store = await deployCode(STORE);
      expect((await call(store, ZEROS)).floor).to.equal(21_000 + WORD * 4 + 2_100);
      expect((await call(store, ONES)).floor).to.equal(21_000 + WORD * 16 + 22_100);
      expect((await call(store, TWOS)).floor).to.equal(21_000 + WORD * 16 + 5_000);
      expect((await call(store, ZEROS)).floor).to.equal(21_000 + WORD * 4 + 5_000 - 4_800);
    });

    it("counts a slot once, however often it is touched", async () => {
      // PUSH0, SLOAD, POP, twice
      const read = await deployCode("0x5f54505f5450");
      expect((await call(read)).floor).to.equal(21_000 + 2_100);
    });

    it("counts logs by their topics and bytes", async () => {
      // PUSH1 0 as the topic, PUSH1 32, PUSH0, LOG1
      const log = await deployCode("0x600060205fa1");
      expect((await call(log)).floor).to.equal(21_000 + 375 + 375 + 8 * WORD);
    });

    it("counts other accounts, and the slots of those called", async () => {
      const store = await deployCode(STORE);
      // PUSH1 1, PUSH0, MSTORE, then CALL(gas, store, 0, 0, 32, 0, 0), twice
      const forward = concat(["0x5f5f60205f5f73", store, "0x5af150"]);
      const caller = await deployCode(concat(["0x60015f52", forward, forward]));
      expect((await call(caller)).floor).to.equal(21_000 + 2_600 + 22_100);
    });

    it("keeps the slots of a caller apart from those of the called, unless it delegates", async () => {
      const store = await deployCode(STORE);
      // PUSH1 1, PUSH0, MSTORE, DELEGATECALL(gas, store, 0, 32, 0, 0), POP, PUSH0, SLOAD
      const caller = await deployCode(concat(["0x60015f52", "0x5f5f60205f73", store, "0x5af450", "0x5f54"]));
      expect((await call(caller)).floor).to.equal(21_000 + 2_600 + 22_100);
    });

    it("counts native currency that is sent on", async () => {
      // CALL(gas, callvalue's recipient, 1, ...): PUSH0 x4, PUSH1 1, PUSH20 to, GAS, CALL
      const [, person] = await ethers.getSigners();
      const pay = await deployCode(concat(["0x5f5f5f5f600173", person!.address, "0x5af1"]));
      const stranger = await deployCode(concat(["0x5f5f5f5f600173", "0x00000000000000000000000000000000deadbeef", "0x5af1"]));
      expect((await call(pay, "0x", 1n)).floor).to.equal(21_000 + 2_600 + 6_700);
      expect((await call(stranger, "0x", 1n)).floor).to.equal(21_000 + 2_600 + 6_700 + 25_000);
    });

    it("counts new contracts and their code", async () => {
      // The init code RETURN(0, 3): PUSH5 6003 5f f3 00, PUSH0, MSTORE, CREATE(0, 27, 4), POP
      const create = await deployCode("0x6360035ff35f526004601c5ff050");
      expect((await call(create)).floor).to.equal(21_000 + 32_000 + 3 * 200);
    });

    it("is never above what was used", async () => {
      const store = await deployCode(STORE);
      const { floor, receipt } = await call(store, ONES);
      expect(floor).to.be.lessThan(receipt.gasUsed);
    });
  });

  describe("gasPage", () => {
    const row = { contract: "NodeRegistry", function: "createNode", case: "first", gas: 120_000n, floor: 100_000n, calldata: 1_000n };

    it("shows the ratio, and by how much a target is missed", () => {
      const page = gasPage([
        { ...row, reach: 125_000 },
        { ...row, reach: 100_000 },
      ]);
      expect(page).to.contain("## NodeRegistry");
      expect(page).to.contain("| `createNode` | first | 120,000 | 100,000 | 1.20 | 125,000 |");
      expect(page).to.contain("| `createNode` | first | 120,000 | 100,000 | 1.20 | 100,000 (missed by 20.0 %) |");
    });
  });
});
