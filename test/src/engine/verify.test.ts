import { expect } from "chai";
import { TypedDataEncoder, Wallet, concat, toBeHex } from "ethers";
import fc from "fast-check";

import {
  type RequestInput,
  type Caller,
  type Credentials,
  type Expected,
  NO_BODY,
  REQUEST_TYPES,
  type Realm,
  RequestVerifier,
  SESSION_TYPES,
  type VerifierOptions,
  signRequest,
  contractSignatures,
  delegate,
  domainOf,
  parseAuthorization,
  recoverSigner,
  serializeAuthorization,
  startSession,
} from "../../../src/engine";
import { recoverSignerNatively } from "../../../src/engine/node";
import { parseKeySignature } from "../../../src/engine/requests/signature";
import { Digests } from "../../../src/engine/requests/typed-data";
import { expectRefusal } from "./refusals";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const realm: Realm = { chainId: 31_337n, bucketRegistry: `0x${"ab".repeat(20)}` };
const owner = new Wallet(`0x${"11".repeat(32)}`);
const stranger = new Wallet(`0x${"22".repeat(32)}`);
const contract = `0x${"cc".repeat(20)}`;
const credentials: Credentials = { account: owner.address, signer: owner };
const asked: RequestInput = { bucketId: 1n, action: "read", path: "a/b", nodeId: 3n };
const expected: Expected = { bucketId: 1n, action: "read", path: "a/b" };

function verifierOf(options: Partial<VerifierOptions> = {}): RequestVerifier {
  return new RequestVerifier({ realm, nodeId: 3n, ...options });
}

const verifier = verifierOf();

describe("src/engine/requests: verification", () => {
  // Requests are signed by the clock, and other tests may have taken long.
  let present: number;
  beforeEach(() => {
    present = Math.floor(Date.now() / 1_000);
  });

  it("computes digests as EIP-712 has them", () => {
    const hex = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
    const ids = fc.bigInt(0n, 2n ** 32n - 1n);
    const texts = fc.string({ unit: "binary" });
    const seconds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const requests = fc.record({
      account: hex(20),
      bucketId: ids,
      action: texts,
      path: texts,
      bodyHash: hex(32),
      nodeId: ids,
      expiry: seconds,
      nonce: hex(32),
    });
    const sessions = fc.record({ account: hex(20), key: hex(20), bucketIds: fc.array(ids), actions: fc.array(texts), expiry: seconds });
    const digests = new Digests(realm);
    const property = fc.property(requests, sessions, (request, session) => {
      expect(digests.request(request)).to.equal(TypedDataEncoder.hash(domainOf(realm), REQUEST_TYPES, request));
      expect(digests.session(session)).to.equal(TypedDataEncoder.hash(domainOf(realm), SESSION_TYPES, session));
    });
    fc.assert(property, { numRuns: 50 });
  });

  context("what is signed for this", () => {
    it("is accepted, and says who asks", async () => {
      const request = await verifier.verify(await signRequest(asked, credentials, realm), { ...expected, bodyHash: NO_BODY }, present);
      expect(request.account).to.equal(owner.address.toLowerCase());
      expect(request).to.deep.include({ bucketId: 1n, action: "read", path: "a/b", bodyHash: NO_BODY, nodeId: 3n });
    });

    it("does not depend on how an address is written", async () => {
      const signed = parseAuthorization(await signRequest(asked, credentials, realm));
      const lower = { ...signed, request: { ...signed.request, account: owner.address.toLowerCase() } };
      expect((await verifier.verify(serializeAuthorization(lower), expected, present)).account).to.equal(owner.address.toLowerCase());
    });

    it("is for one bucket, action, path, node and body", async () => {
      const header = await signRequest(asked, credentials, realm);
      await expectRefusal(verifier.verify(header, { ...expected, bucketId: 2n }, present), "other-bucket");
      await expectRefusal(verifier.verify(header, { ...expected, action: "write" }, present), "other-action");
      await expectRefusal(verifier.verify(header, { ...expected, path: "a/c" }, present), "other-path");
      await expectRefusal(verifier.verify(header, { ...expected, bodyHash: `0x${"00".repeat(32)}` }, present), "other-body");
      await expectRefusal(verifierOf({ nodeId: 4n }).verify(header, expected, present), "other-node");
    });

    it("is for one chain and contract", async () => {
      const header = await signRequest(asked, credentials, realm);
      await expectRefusal(verifierOf({ realm: { ...realm, chainId: 1n } }).verify(header, expected, present), "bad-signature");
      await expectRefusal(verifierOf({ realm: { ...realm, bucketRegistry: contract } }).verify(header, expected, present), "bad-signature");
    });

    it("is for a time", async () => {
      const until = async (expiry: number) => signRequest({ ...asked, expiry }, credentials, realm);
      await expectRefusal(verifier.verify(await until(present), expected, present), "expired");
      await verifier.verify(await until(present + 1), expected, present);
      await verifier.verify(await until(present + 300), expected, present);
      await expectRefusal(verifier.verify(await until(present + 301), expected, present), "too-far-ahead");
    });

    it("has to be there", async () => {
      await expectRefusal(verifier.verify(undefined, expected, present), "missing");
    });
  });

  context("a signature", () => {
    it("does not count with anything in the request changed", async () => {
      const signed = parseAuthorization(await signRequest(asked, credentials, realm));
      const { request } = signed;
      const others = [
        { account: stranger.address },
        { bucketId: 2n },
        { action: "write" },
        { path: "a/c" },
        { bodyHash: `0x${"00".repeat(32)}` },
        { expiry: request.expiry + 1 },
        { nonce: `0x${"00".repeat(32)}` },
      ];
      for (const other of others) {
        const changed = { ...request, ...other };
        const { bucketId, action, path } = changed;
        const attempt = verifier.verify(serializeAuthorization({ ...signed, request: changed }), { bucketId, action, path }, present);
        await expectRefusal(attempt, "bad-signature");
      }
      const elsewhere = serializeAuthorization({ ...signed, request: { ...request, nodeId: 4n } });
      await expectRefusal(verifierOf({ nodeId: 4n }).verify(elsewhere, expected, present), "bad-signature");
    });

    for (const v of ["1b", "1c"]) {
      it(`counts in one form only (v of ${v})`, async () => {
        let signed = parseAuthorization(await signRequest(asked, credentials, realm));
        while (!signed.signature.endsWith(v)) signed = parseAuthorization(await signRequest(asked, credentials, realm));
        const [r, s] = [signed.signature.slice(2, 66), signed.signature.slice(66, 130)];
        const highS = (ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, "0");
        const flipped = v === "1b" ? "1c" : "1b";
        const compact = toBeHex((BigInt(v === "1c") << 255n) | BigInt(`0x${s}`), 32).slice(2);
        const zero = "00".repeat(32);
        const otherV = ["00", "01", "1a", "1d", "25", "26"].map((other) => r + s + other);
        const forms = [
          r + highS + flipped,
          r + s + flipped,
          ...otherV,
          r + s,
          r + compact,
          `${r}${s}${v}00`,
          zero + s + v,
          r + zero + v,
          ORDER.toString(16) + s + v,
          "",
        ];
        for (const form of forms) {
          const header = serializeAuthorization({ ...signed, signature: `0x${form}` });
          await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
          await expectRefusal(verifierOf({ recover: recoverSignerNatively }).verify(header, expected, present), "bad-signature");
        }
      });
    }

    it("is taken with r below the order and s up to half of it, exactly", () => {
      const word = (value: bigint) => value.toString(16).padStart(64, "0");
      const isTaken = (r: bigint, s: bigint) => parseKeySignature(`0x${word(r)}${word(s)}1b`) !== undefined;
      const half = ORDER / 2n;
      expect([isTaken(1n, 1n), isTaken(1n, half), isTaken(ORDER - 1n, 1n)]).to.deep.equal([true, true, true]);
      expect([isTaken(1n, 0n), isTaken(1n, half + 1n), isTaken(0n, 1n), isTaken(ORDER, 1n)]).to.deep.equal([false, false, false, false]);
    });

    it("is recovered natively as it is elsewhere", () => {
      const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
      const property = fc.property(digests, digests, fc.constantFrom(0 as const, 1 as const), (digest, r, yParity) => {
        const real = owner.signingKey.sign(digest);
        for (const signature of [
          { r: real.r, s: real.s, yParity: real.yParity },
          { r, s: real.s, yParity },
          { r: real.r, s: real.s, yParity },
        ]) {
          expect(recoverSignerNatively(digest, signature)).to.equal(recoverSigner(digest, signature));
        }
      });
      fc.assert(property, { numRuns: 30 });
    });

    it("of a stranger is no one else's", async () => {
      const header = await signRequest(asked, { account: owner.address, signer: stranger }, realm);
      await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
    });
  });

  context("a session", () => {
    const bounds = { bucketIds: [1n, 2n], actions: ["read"] };

    it("lets a key act for the account", async () => {
      const session = await startSession(bounds, credentials, realm);
      expect(session.session?.key).not.to.equal(owner.address);
      const request = await verifier.verify(await signRequest(asked, session, realm), expected, present);
      expect(request.account).to.equal(owner.address.toLowerCase());
    });

    it("does so within its bounds", async () => {
      const session = await startSession(bounds, credentials, realm);
      const write = { ...asked, action: "write" };
      await expectRefusal(
        verifier.verify(await signRequest(write, session, realm), { ...expected, action: "write" }, present),
        "session-bounds",
      );
      const other = { ...asked, bucketId: 3n };
      await expectRefusal(
        verifier.verify(await signRequest(other, session, realm), { ...expected, bucketId: 3n }, present),
        "session-bounds",
      );
    });

    it("does so for a time", async () => {
      const until = async (expiry: number) =>
        signRequest({ ...asked, expiry: present + 1 }, await startSession({ ...bounds, expiry }, credentials, realm), realm);
      await expectRefusal(verifier.verify(await until(present), expected, present), "session-expired");
      await verifier.verify(await until(present + 1), expected, present);
      await verifier.verify(await until(present + 86_400), expected, present);
      await expectRefusal(verifier.verify(await until(present + 86_401), expected, present), "session-too-far-ahead");
    });

    it("ends for a verifier that has seen it, too", async () => {
      const session = await startSession({ ...bounds, expiry: present + 100 }, credentials, realm);
      await verifier.verify(await signRequest(asked, session, realm), expected, present);
      const later = await signRequest({ ...asked, expiry: present + 200 }, session, realm);
      await expectRefusal(verifier.verify(later, expected, present + 100), "session-expired");
    });

    it("is what the account signed, whoever changes it, also once it is known", async () => {
      const known = await startSession(bounds, credentials, realm);
      const signed = parseAuthorization(await signRequest(asked, known, realm));
      await verifier.verify(serializeAuthorization(signed), expected, present);
      const session = signed.session!;
      for (const other of [
        { bucketIds: [1n] },
        { actions: ["read", "write"] },
        { expiry: session.expiry + 1 },
        { key: stranger.address },
        { signature: "0x" },
      ]) {
        const header = serializeAuthorization({ ...signed, session: { ...session, ...other } });
        await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
      }
      const asStranger = { ...signed, request: { ...signed.request, account: stranger.address } };
      await expectRefusal(verifier.verify(serializeAuthorization(asStranger), expected, present), "bad-signature");
    });

    it("is not given by one key to another", async () => {
      const first = await startSession(bounds, credentials, realm);
      const second = await delegate(
        { ...bounds, account: owner.address, key: stranger.address, expiry: present + 60 },
        first.signer,
        realm,
      );
      const header = await signRequest(asked, { account: owner.address, signer: stranger, session: second }, realm);
      await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
    });

    it("does not let the account's own signature pass for the key's", async () => {
      const { session } = await startSession(bounds, credentials, realm);
      const header = await signRequest(asked, { account: owner.address, signer: owner, session }, realm);
      await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
    });

    it("is verified once, and remembered among a bounded number", async () => {
      let recovered = 0;
      const counting = verifierOf({
        rememberedSessions: 1,
        recover(digest, signature) {
          recovered += 1;
          return recoverSigner(digest, signature);
        },
      });
      const [one, other] = [await startSession(bounds, credentials, realm), await startSession(bounds, credentials, realm)];
      const ask = async (session: Credentials) => counting.verify(await signRequest(asked, session, realm), expected, present);
      await ask(one);
      await ask(one);
      expect(recovered).to.equal(3);
      await ask(other);
      await ask(one);
      expect(recovered).to.equal(7);
    });
  });

  context("a contract account", () => {
    const VALID = "0x1626ba7e".padEnd(66, "0");
    const asContract: Credentials = { account: contract, signer: owner };

    /** Accounts that are contracts, on a chain of this test. */
    function contractsOf(answer: Caller["call"], atOnce?: number) {
      const chain = { head: 1, calls: 0 };
      const caller: Caller = {
        async call(transaction) {
          chain.calls += 1;
          return answer(transaction);
        },
      };
      return { chain, verifier: verifierOf({ contracts: contractSignatures({ caller, head: () => chain.head, atOnce }) }) };
    }

    it("signs as its isValidSignature says, for requests and for sessions", async () => {
      const { verifier } = contractsOf(async ({ to, data }) => (to === contract && data?.startsWith("0x1626ba7e") ? VALID : "0x"));
      const request = await verifier.verify(await signRequest(asked, asContract, realm), expected, present);
      expect(request.account).to.equal(contract);
      const session = await startSession({ bucketIds: [1n], actions: ["read"] }, asContract, realm);
      await verifier.verify(await signRequest(asked, session, realm), expected, present);
    });

    it("may sign at any length up to a bound", async () => {
      const { verifier } = contractsOf(async () => VALID);
      for (const signature of ["0x", concat(["0x1234", "0x56"]), `0x${"00".repeat(2_048)}`]) {
        const signed = parseAuthorization(await signRequest(asked, asContract, realm));
        await verifier.verify(serializeAuthorization({ ...signed, signature }), expected, present);
      }
    });

    it("does not sign by any other answer", async () => {
      const header = await signRequest(asked, asContract, realm);
      const revert = Object.assign(new Error("reverted"), { code: "CALL_EXCEPTION" });
      for (const answer of ["0x", "0x1626ba7e", "0x".padEnd(66, "0"), "0x".padEnd(66, "f"), `${VALID}00`]) {
        await expectRefusal(contractsOf(async () => answer).verifier.verify(header, expected, present), "bad-signature");
      }
      await expectRefusal(contractsOf(() => Promise.reject(revert)).verifier.verify(header, expected, present), "bad-signature");
      await expectRefusal(verifier.verify(header, expected, present), "bad-signature");
    });

    it("is asked once in a block, and again in the next, for it may change its mind", async () => {
      let answer = VALID;
      const { chain, verifier } = contractsOf(async () => answer);
      const session = await startSession({ bucketIds: [1n], actions: ["read"] }, asContract, realm);
      const ask = async () => verifier.verify(await signRequest(asked, session, realm), expected, present);
      await ask();
      answer = "0x";
      await ask();
      expect(chain.calls).to.equal(1);
      chain.head = 2;
      await expectRefusal(ask(), "bad-signature");
    });

    it("that cannot be asked is refused, and asked again", async () => {
      let isDown = true;
      const { verifier } = contractsOf(async () => {
        if (isDown) throw new Error("connection refused");
        return VALID;
      });
      const header = await signRequest(asked, asContract, realm);
      await expectRefusal(verifier.verify(header, expected, present), "chain-gone");
      isDown = false;
      await verifier.verify(header, expected, present);
    });

    it("is asked with few others at a time", async () => {
      const answers: ((answer: string) => void)[] = [];
      const { verifier } = contractsOf(() => new Promise((resolve) => answers.push(resolve)), 1);
      const first = verifier.verify(await signRequest(asked, asContract, realm), expected, present);
      await expectRefusal(verifier.verify(await signRequest(asked, asContract, realm), expected, present), "busy");
      answers[0]!(VALID);
      await first;
    });

    it("does not accept what its owner signed for another account", async () => {
      const other = `0x${"dd".repeat(20)}`;
      // An owner's contract takes what the owner's key signed, whatever it is.
      const { verifier } = contractsOf(async ({ to, data }) => {
        const digest = `0x${data!.slice(10, 74)}`;
        const signature = `0x${data!.slice(10 + 3 * 64, 10 + 3 * 64 + 130)}`;
        const parsed = parseKeySignature(signature);
        const isOwners = parsed !== undefined && recoverSigner(digest, parsed) === owner.address.toLowerCase();
        return (to === contract || to === other) && isOwners ? VALID : "0x";
      });
      const signed = parseAuthorization(await signRequest(asked, asContract, realm));
      await verifier.verify(serializeAuthorization(signed), expected, present);
      const moved = serializeAuthorization({ ...signed, request: { ...signed.request, account: other } });
      await expectRefusal(verifier.verify(moved, expected, present), "bad-signature");
    });
  });
});
