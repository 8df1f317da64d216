import { createHash } from "node:crypto";

import { expect } from "chai";

import { NO_BODY, checkBody, hashBody } from "../../../src/engine";
import { expectRefusal } from "./refusals";

const parts = [Buffer.from("some"), Buffer.from("thing")];
const hash = `0x${createHash("sha256").update("something").digest("hex")}`;

async function* stream(): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<string> {
  const received: Uint8Array[] = [];
  for await (const part of body) received.push(part);
  return Buffer.concat(received).toString();
}

describe("src/engine/requests: bodies", () => {
  it("have the SHA-256 of their bytes, however they come", async () => {
    expect(await hashBody(Buffer.concat(parts))).to.equal(hash);
    expect(await hashBody(parts)).to.equal(hash);
    expect(await hashBody(stream())).to.equal(hash);
    expect(await hashBody(new Uint8Array())).to.equal(NO_BODY);
  });

  it("are handed on, and refused at their end if they are others", async () => {
    expect(await drain(checkBody(stream(), hash))).to.equal("something");
    expect(await drain(checkBody(stream(), hash, () => createHash("sha256")))).to.equal("something");
    await expectRefusal(drain(checkBody(stream(), NO_BODY)), "other-body");
    await expectRefusal(drain(checkBody(stream(), NO_BODY, () => createHash("sha256"))), "other-body");
  });
});
