import { expect } from "chai";

import { type Cursor, UserError, parseCursor, positionOf, serializeCursor } from "../../../src";

const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const address = `0x${"ab".repeat(20)}`;
const cursor: Cursor = {
  blocks: [
    { blockNumber: 7, blockHash: hash("7"), time: 1_700_000_000n, done: true, logs: [] },
    {
      blockNumber: 8,
      blockHash: hash("8"),
      time: 1_700_000_012n,
      done: false,
      logs: [{ address, topics: [hash("a")], data: "0x1234", logIndex: 5, transactionHash: hash("b") }],
    },
  ],
  alerts: [{ account: address, currency: address, state: "low" }],
};

describe("a cursor", () => {
  it("is a text, and is read back as it was", () => {
    const text = serializeCursor(cursor, address);
    expect(parseCursor(text, address)).to.deep.equal(cursor);
    expect(JSON.parse(text)).to.deep.include({ version: 1, of: address, at: { blockNumber: 8, blockHash: hash("8"), logIndex: 5 } });
  });

  it("says how far it is", () => {
    expect(positionOf(cursor)).to.deep.equal({ blockNumber: 8, blockHash: hash("8"), logIndex: 5 });
    expect(positionOf({ ...cursor, blocks: cursor.blocks.slice(0, 1) })).to.deep.equal({
      blockNumber: 7,
      blockHash: hash("7"),
      logIndex: -1,
    });
  });

  it("is refused where it is of another network", () => {
    const text = serializeCursor(cursor, address);
    expect(() => parseCursor(text, hash("c"))).to.throw(UserError, `This cursor is of another network (${address}`);
  });

  for (const [what, change] of [
    ["no JSON", () => "{"],
    ["nothing", () => ""],
    ["another document", () => '{"version":1}'],
    ["another version", (text: string) => text.replace('"version":1', '"version":2')],
    ["a cursor without a block", (text: string) => text.replace(/"blocks":\[.*\],"alerts"/, '"blocks":[],"alerts"')],
    ["a hash that is none", (text: string) => text.replaceAll(hash("8"), "0x8")],
  ] as const) {
    it(`is not ${what}`, () => {
      expect(() => parseCursor(change(serializeCursor(cursor, address)), address)).to.throw(UserError, "another file");
    });
  }
});
