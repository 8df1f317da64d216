import { expect } from "chai";
import { AbiCoder, type ErrorFragment, Interface, ZeroAddress } from "ethers";

import { ADVICE, UserError, errorInterfaces, errorsOf, explain, explainRevertData, registryInterfaces } from "../../src";
import {
  AccountRegistry__factory,
  BucketRegistry__factory,
  ClusterRegistry__factory,
  NodeRegistry__factory,
  PriceRegistry__factory,
  StorageProofs__factory,
  TermsRegistry__factory,
} from "../../cache/typechain-types";

const alice = "0x00000000000000000000000000000000000A11cE";
const token = "0x6666666666666666666666666666666666666666";
const { AccountRegistry: accounts, NodeRegistry: nodes } = registryInterfaces as Record<"AccountRegistry" | "NodeRegistry", Interface>;

function sampleOf({ inputs, selector }: ErrorFragment): string {
  const values = inputs.map(({ type }) => {
    if (type === "address") return ZeroAddress;
    if (type.startsWith("bytes")) return `0x${"00".repeat(Number(type.slice(5)))}`;
    return type === "string" ? "" : 0n;
  });
  return (
    selector +
    AbiCoder.defaultAbiCoder()
      .encode([...inputs], values)
      .slice(2)
  );
}

describe("errors", () => {
  describe("advice", () => {
    it("is there for every error, and for no others", () => {
      const raised = errorsOf(errorInterfaces);
      const isShared = ({ name }: ErrorFragment): boolean =>
        new Set(raised.filter((error) => error.name === name).map((error) => error.format())).size > 1;
      const keys = raised.map((error) => (isShared(error) ? error.format() : error.name));
      expect(Object.keys(ADVICE)).to.have.members([...new Set(keys)]);
    });

    it("is there for every error of the contracts", () => {
      const abis = [
        AccountRegistry__factory,
        PriceRegistry__factory,
        NodeRegistry__factory,
        ClusterRegistry__factory,
        BucketRegistry__factory,
        TermsRegistry__factory,
        StorageProofs__factory,
      ];
      const raised = errorsOf(abis.map((factory) => new Interface(factory.abi)));
      for (const error of raised) expect(explainRevertData(sampleOf(error)).name).to.equal(error.name);
    });

    for (const error of errorsOf(errorInterfaces)) {
      it(`puts ${error.name} into sentences`, () => {
        const { name, message } = explainRevertData(sampleOf(error));
        expect(name).to.equal(error.name);
        expect(message).to.match(/^\w+: .+\. .+\.$/);
        expect(message).not.to.match(/[{}]|undefined/);
      });
    }
  });

  describe("explain", () => {
    const data = accounts.encodeErrorResult("InsufficientBalance", [1_500_000n, 2_000_000n]);
    const inUnits = { currency: token, currencies: [{ currency: token, currencyId: 1n, decimals: 6n, symbol: "TestUSD" }] };

    it("puts amounts into people's units where the currency is known", () => {
      expect(explainRevertData(data, inUnits)).to.deep.equal({
        name: "InsufficientBalance",
        message: "InsufficientBalance: 1.5 TestUSD is there, and 2 TestUSD is asked for. Ask for no more than there is, or deposit first.",
        values: { available: "1500000", needed: "2000000" },
      });
      expect(explainRevertData(data).message).to.include("1500000 base units is there");
    });

    it("takes the currency from the error where it names one", () => {
      const overcharged = accounts.encodeErrorResult("WithdrawalOvercharged", [token, 2_000_000n, 1_000_000n]);
      expect(explainRevertData(overcharged, { ...inUnits, currency: ZeroAddress }).message).to.include(
        "Withdrawing 1 TestUSD of TestUSD would cost the registry 2 TestUSD",
      );
    });

    it("names people, nobody, and currencies by their numbers", () => {
      const wrongCaller = nodes.encodeErrorResult("CallerNotProvider", [7, alice, ZeroAddress]);
      expect(explainRevertData(wrongCaller, { names: new Map([[alice, "alice"]]) }).message).to.include(
        `Node 7 is provided by nobody, and alice (${alice}) called.`,
      );
      const paused = accounts.encodeErrorResult("CurrencyPaused", [1]);
      expect(explainRevertData(paused, inUnits).message).to.include("TestUSD is paused");
      expect(explainRevertData(paused).message).to.include("currency 1 is paused");
    });

    const nested: [where: string, thrown: unknown][] = [
      [
        "ethers: at the top",
        Object.assign(new Error("execution reverted"), { code: "CALL_EXCEPTION", data, transaction: { data: "0xaaaaaaaa" } }),
      ],
      ["ethers: in the info", { code: "UNKNOWN_ERROR", info: { error: { code: 3, data } } }],
      ["Hardhat's node: in the data of the data", { code: -32603, data: { message: "reverted", data } }],
      ["in an error that caused another", new Error("outer", { cause: Object.assign(new Error("inner"), { data }) })],
      ["as text, in a message", new Error(`VM Exception: reverted with an unrecognized custom error (return data: ${data})`)],
      ["in the body of an answer", { body: JSON.stringify({ error: { code: 3, data } }) }],
    ];
    for (const [where, thrown] of nested) {
      it(`finds the revert data of ${where}`, () => {
        expect(explain(thrown).name).to.equal("InsufficientBalance");
      });
    }

    it("does not take the data of the call for that of the answer", () => {
      const thrown = Object.assign(new Error("reverted"), { code: "CALL_EXCEPTION", data: null, transaction: { data } });
      expect(explain(thrown).name).to.equal("Reverted");
    });

    it("survives things that contain themselves", () => {
      const thrown: Record<string, unknown> = { code: "CALL_EXCEPTION" };
      thrown.error = thrown;
      expect(explain(thrown).name).to.equal("Reverted");
    });

    it("explains texts, panics and unknown errors", () => {
      const coder = AbiCoder.defaultAbiCoder();
      const text = `0x08c379a0${coder.encode(["string"], ["no"]).slice(2)}`;
      expect(explainRevertData(text).message).to.equal("The contract refused: no.");
      const panic = `0x4e487b71${coder.encode(["uint256"], [17]).slice(2)}`;
      expect(explainRevertData(panic).message).to.match(/panic 17.*please report/);
      expect(explainRevertData("0x12345678").name).to.equal("UnknownError");
    });

    const failures: [name: string, thrown: unknown][] = [
      ["NetworkUnreachable", Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:8545"), { code: "ECONNREFUSED" })],
      ["NetworkUnreachable", new Error("outer", { cause: new Error("fetch failed") })],
      ["InsufficientFundsForGas", { code: "INSUFFICIENT_FUNDS" }],
      ["InsufficientFundsForGas", new Error("sender doesn't have enough funds to send tx")],
      ["NonceUsed", { code: "NONCE_EXPIRED" }],
      ["ReplacementUnderpriced", new Error("replacement transaction underpriced")],
      ["Rejected", { code: "ACTION_REJECTED" }],
      ["SignerUnknown", new Error("unknown account 0x01")],
      ["OutOfGas", new Error("transaction ran out of gas")],
      ["ContractMissing", Object.assign(new Error("could not decode result data"), { code: "BAD_DATA" })],
      ["Failure", new Error("something else")],
      ["Failure", "a text"],
    ];
    for (const [name, thrown] of failures) {
      it(`knows ${name} by "${thrown instanceof Error ? thrown.message : JSON.stringify(thrown)}"`, () => {
        expect(explain(thrown).name).to.equal(name);
      });
    }

    it("says what a person did wrong in its own words", () => {
      expect(explain(new UserError("Type a number."))).to.deep.equal({ name: "UserError", message: "Type a number.", values: {} });
    });
  });
});
