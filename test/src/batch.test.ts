import { expect } from "chai";
import { id } from "ethers";

import { type JsonObject, checksumOfBatch } from "../../src";

describe("checksumOfBatch", () => {
  const meta = { name: "one", description: "two" };
  const transactions: JsonObject[] = [
    { value: "0", to: "0xa", data: "0x" },
    { to: "0xb", contractMethod: null },
  ];
  const batch = { version: "1.0", createdAt: 5, meta, transactions };

  it("is the hash of keys and values in the order of the keys, without the name", () => {
    const calls = '[{["data","to","value"]"0x","0xa","0",},{["contractMethod","to"]null,"0xb",}]';
    const text = `{["createdAt","meta","transactions","version"]5,{["description","name"]"two",null,},${calls},"1.0",}`;
    expect(checksumOfBatch(batch)).to.equal(id(text));
  });

  it("stays the same when a batch is renamed or its keys change places, and no other way", () => {
    const checksum = checksumOfBatch(batch);
    expect(checksumOfBatch({ transactions, meta: { description: "two", name: "other" }, createdAt: 5, version: "1.0" })).to.equal(checksum);
    expect(checksumOfBatch({ ...batch, transactions: [...transactions].reverse() })).to.not.equal(checksum);
    expect(checksumOfBatch({ ...batch, meta: { ...meta, description: "three" } })).to.not.equal(checksum);
  });
});
