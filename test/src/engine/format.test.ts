import { expect } from "chai";
import fc from "fast-check";

import {
  MAX_HEADER_LENGTH,
  MAX_PATH_BYTES,
  Refusal,
  type SignedRequest,
  isPath,
  parseAuthorization,
  serializeAuthorization,
} from "../../../src/engine";

const signed: SignedRequest = {
  request: {
    account: `0x${"Ab".repeat(20)}`,
    bucketId: 7n,
    action: "write",
    path: "photos/été.jpg",
    bodyHash: `0x${"12".repeat(32)}`,
    nodeId: 4_294_967_295n,
    expiry: 1_800_000_000,
    nonce: `0x${"34".repeat(32)}`,
  },
  signature: `0x${"56".repeat(65)}`,
};
const session = {
  account: signed.request.account,
  key: `0x${"cd".repeat(20)}`,
  bucketIds: [7n, 8n],
  actions: ["read", "write"],
  expiry: 1_800_000_100,
  signature: "0x",
};

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => `0x${Buffer.from(array).toString("hex")}`);
const ids = fc.bigInt(1n, 2n ** 32n - 1n);
const actions = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/);
const segments = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((segment) => isPath(segment) && !segment.includes("/"));
const seconds = fc.integer({ min: 0, max: 2 ** 40 });
const signatures = fc.uint8Array({ maxLength: 200 }).map((array) => `0x${Buffer.from(array).toString("hex")}`);
const requests = fc.record({
  account: bytes(20),
  bucketId: ids,
  action: actions,
  path: fc.array(segments, { maxLength: 4 }).map((parts) => parts.join("/")),
  bodyHash: bytes(32),
  nodeId: ids,
  expiry: seconds,
  nonce: bytes(32),
});
const sessions = fc.record({
  key: bytes(20),
  bucketIds: fc.array(ids, { minLength: 1, maxLength: 64 }),
  actions: fc.array(actions, { minLength: 1, maxLength: 16 }),
  expiry: seconds,
  signature: signatures,
});

function headerOf(content: unknown): string {
  return `DDC1 ${Buffer.from(typeof content === "string" ? content : JSON.stringify(content)).toString("base64url")}`;
}

function contentOf(header: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(header.slice(5), "base64url").toString()) as Record<string, unknown>;
}

/** Whatever a header is, it is read or refused as malformed, and never anything else. */
function outcomeOf(header: string): SignedRequest | "malformed" {
  try {
    return parseAuthorization(header);
  } catch (error) {
    if (error instanceof Refusal && error.reason === "malformed") return "malformed";
    throw error;
  }
}

describe("src/engine/requests: the header", () => {
  it("is read as it was written, with and without a session", () => {
    expect(parseAuthorization(serializeAuthorization(signed))).to.deep.equal(signed);
    expect(parseAuthorization(serializeAuthorization({ ...signed, session }))).to.deep.equal({ ...signed, session });
  });

  it("whatever is in it", () => {
    const property = fc.property(requests, signatures, fc.option(sessions, { nil: undefined }), (request, signature, within) => {
      const whole: SignedRequest = { request, signature };
      if (within !== undefined) whole.session = { account: request.account, ...within };
      expect(parseAuthorization(serializeAuthorization(whole))).to.deep.equal(whole);
    });
    fc.assert(property, { numRuns: 300 });
  });

  context("is refused", () => {
    const good = contentOf(serializeAuthorization({ ...signed, session }));

    it("in any other form", () => {
      const header = serializeAuthorization(signed);
      const others = [
        "",
        "DDC1",
        "DDC1 ",
        `Bearer ${header.slice(5)}`,
        `ddc1 ${header.slice(5)}`,
        ` ${header}`,
        `${header} `,
        `${header}=`,
        `${header}\n`,
        "DDC1 ++++",
        headerOf("{"),
        headerOf("null"),
        headerOf("[]"),
        headerOf('"text"'),
        headerOf("1"),
      ];
      for (const other of others) expect(outcomeOf(other), other).to.equal("malformed");
      expect(outcomeOf(`DDC1 ${Buffer.of(0x7b, 0xff, 0x7d).toString("base64url")}`)).to.equal("malformed");
    });

    it("longer than it may be, without being read", () => {
      expect(outcomeOf(`DDC1 ${"A".repeat(MAX_HEADER_LENGTH)}`)).to.equal("malformed");
      expect(outcomeOf(headerOf({ ...good, signature: `0x${"00".repeat(2_049)}` }))).to.equal("malformed");
      expect(outcomeOf(headerOf({ ...good, session: { ...session, bucketIds: Array.from({ length: 65 }, (_, i) => i + 1) } }))).to.equal(
        "malformed",
      );
    });

    it("with a field missing, added or wrong", () => {
      expect(outcomeOf(headerOf(good))).not.to.equal("malformed");
      for (const name of Object.keys(good).filter((key) => key !== "session")) {
        expect(outcomeOf(headerOf({ ...good, [name]: undefined })), name).to.equal("malformed");
        for (const wrong of [null, true, -1, 1.5, 2 ** 53, {}, [], "", "0x", "text\u0000", `0x${"zz".repeat(32)}`]) {
          if (name === "path" && wrong === "") continue;
          if (name === "path" && typeof wrong === "string" && isPath(wrong)) continue;
          if (name === "signature" && wrong === "0x") continue;
          expect(outcomeOf(headerOf({ ...good, [name]: wrong })), `${name} ${JSON.stringify(wrong)}`).to.equal("malformed");
        }
      }
      expect(outcomeOf(headerOf({ ...good, more: 1 }))).to.equal("malformed");
      expect(outcomeOf(headerOf({ ...good, session: { ...(good.session as object), more: 1 } }))).to.equal("malformed");
      expect(outcomeOf(headerOf(`{"__proto__":{},${JSON.stringify(good).slice(1)}`))).to.equal("malformed");
    });

    it("by the one who writes it, too", () => {
      expect(() => serializeAuthorization({ ...signed, request: { ...signed.request, path: "../x" } })).to.throw(
        Refusal,
        /"path" is wrong/,
      );
    });

    it("or read, whatever it is, and never breaks anything", () => {
      const texts = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }).map(headerOf), fc.json().map(headerOf));
      const values = fc.oneof(fc.jsonValue(), fc.constantFrom(null, 0, -1, 2 ** 32, 1e300, "", "0x", "..", "a".repeat(3_000)));
      const twisted = fc
        .record({ name: fc.constantFrom(...Object.keys(good), "session.key", "other"), value: values })
        .map(({ name, value }) => headerOf({ ...good, [name]: value }));
      const valid = serializeAuthorization({ ...signed, session });
      const noisy = fc
        .array(fc.record({ at: fc.nat(valid.length - 1), by: fc.string({ unit: "binary-ascii", maxLength: 3 }) }), {
          minLength: 1,
          maxLength: 5,
        })
        .map((edits) => edits.reduce((text, { at, by }) => text.slice(0, at) + by + text.slice(at + 1), valid));
      const property = fc.property(fc.oneof(texts, twisted, noisy), (header) => {
        const outcome = outcomeOf(header);
        // What is read has one meaning: written again it is read the same.
        if (outcome !== "malformed") expect(parseAuthorization(serializeAuthorization(outcome))).to.deep.equal(outcome);
      });
      fc.assert(property, { numRuns: Number(process.env.FUZZ_RUNS ?? 2_000) });
    });
  });
});

describe("src/engine/requests: paths", () => {
  it("are segments between slashes, or empty for the bucket itself", () => {
    for (const path of ["", "a", "a/b", "été/写真.jpg", ".hidden", "...", "a..b", "a b", "%2e%2e", "a:b", "x".repeat(MAX_PATH_BYTES)]) {
      expect(isPath(path), path).to.equal(true);
    }
  });

  it("lead nowhere else and look like nothing else", () => {
    const others = [
      "/",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "../a",
      "a/..",
      "a/../b",
      "a/./b",
      "a\\b",
      "..\\a",
      "a\0b",
      "a\nb",
      "a\u007f",
      "a\ud800",
      "x".repeat(MAX_PATH_BYTES + 1),
      "é".repeat(600),
    ];
    for (const path of others) expect(isPath(path), JSON.stringify(path)).to.equal(false);
  });
});
