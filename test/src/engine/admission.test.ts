import { expect } from "chai";
import { Wallet } from "ethers";

import { Admission, NonceMemory, type NonceStore, RIGHTS, Refusal, RequestVerifier, signRequest } from "../../../src/engine";
import { expectRefusal } from "./refusals";

const realm = { chainId: 31_337n, bucketRegistry: `0x${"ab".repeat(20)}` };
const owner = new Wallet(`0x${"11".repeat(32)}`);
const asked = { bucketId: 1n, action: "read", path: "a", nodeId: 3n };

function doorWith(nonces: NonceStore, authorize = async (): Promise<void> => undefined, clock?: () => number): Admission {
  return new Admission({ verifier: new RequestVerifier({ realm, nodeId: 3n }), authorizer: { authorize }, nonces, clock });
}

async function knock(door: Admission): Promise<unknown> {
  const header = await signRequest(asked, { account: owner.address, signer: owner }, realm);
  return door.admit(header, asked, RIGHTS.read);
}

describe("src/engine: the door", () => {
  it("stays shut when there is no room to remember who came in", async () => {
    const door = doorWith(new NonceMemory({ total: 1 }));
    await knock(door);
    await expectRefusal(knock(door), "busy");
  });

  it("stays shut when that cannot be written down", async () => {
    const door = doorWith({ peek: () => "fresh", use: () => Promise.reject(new Error("no space left on device")) });
    await expectRefusal(knock(door), "busy");
  });

  it("stays shut when the clock went back", async () => {
    const nonces = new NonceMemory();
    nonces.forget(Math.floor(Date.now() / 60_000) + 10);
    await expectRefusal(knock(doorWith(nonces)), "clock-went-back");
  });

  it("remembers nothing of those who are not let in", async () => {
    const nonces = new NonceMemory();
    const door = doorWith(nonces, () => Promise.reject(new Refusal("not-funded", "")));
    await expectRefusal(knock(door), "not-funded");
    expect(nonces.size).to.equal(0);
  });

  it("tells anyone without a signature to come with one, and why it is otherwise shut", async () => {
    const shut = (reason: "not-allowed" | "not-funded" | "chain-gone") =>
      doorWith(new NonceMemory(), () => Promise.reject(new Refusal(reason, "")));
    await expectRefusal(shut("not-allowed").admit(undefined, asked, RIGHTS.read), "missing");
    await expectRefusal(shut("not-funded").admit(undefined, asked, RIGHTS.read), "not-funded");
    await expectRefusal(shut("chain-gone").admit(undefined, asked, RIGHTS.read), "chain-gone");
  });
});
