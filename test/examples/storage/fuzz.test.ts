import { createConnection } from "node:net";
import { once } from "node:events";

import { expect } from "chai";
import fc from "fast-check";

import type { RunningNode } from "../../../examples/storage/node/node";
import { World } from "./world";

const ROUNDS = 300;
const FIELDS = ["account", "bucketId", "action", "path", "bodyHash", "nodeId", "expiry", "nonce", "signature"];

/** Anything that JSON can hold, the awkward first. */
const values = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1.5, 1e308, 4_294_967_296, "", "0x", "../..", "__proto__", "a\u0000b", "\ud800", []),
  fc.jsonValue(),
  fc.string({ unit: "binary", maxLength: 200 }),
);

describe("a storage node that is sent anything", function () {
  this.timeout(120_000);

  let world: World;
  let node: RunningNode;
  before(async function () {
    world = await World.open(1);
    node = world.nodes[0]!;
    await world.put(node, "a.txt", "a");
  });
  after(async function () {
    await world.close();
  });

  /** What was answered to bytes that are sent as they are, after which the sender says no more. */
  async function answerTo(bytes: Uint8Array | string): Promise<string> {
    const { hostname, port } = new URL(node.url);
    const socket = createConnection(Number(port), hostname);
    let received = "";
    socket.on("data", (part: Buffer) => (received += part.toString("latin1")));
    socket.on("error", () => undefined);
    socket.end(bytes);
    await once(socket, "close");
    return received;
  }

  async function expectHealthy(): Promise<void> {
    expect((await world.ask(node)).status).to.equal(200);
  }

  it("refuses every request in which a field is anything else", async () => {
    const url = `${node.url}/buckets/${world.bucketId}/files/a.txt`;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...FIELDS, "session", "more"), values, async (field, value) => {
        const header = await world.authorization(node.nodeId, {});
        const content = JSON.parse(Buffer.from(header.slice(5), "base64url").toString()) as Record<string, unknown>;
        fc.pre(JSON.stringify(content[field]) !== JSON.stringify(value));
        const authorization = `DDC1 ${Buffer.from(JSON.stringify({ ...content, [field]: value })).toString("base64url")}`;
        const { status } = await fetch(url, { headers: { authorization } });
        expect(status).to.equal(401);
      }),
      { numRuns: ROUNDS },
    );
    await expectHealthy();
  });

  it("refuses every header in which a character is another", async () => {
    const url = `${node.url}/buckets/${world.bucketId}/files/a.txt`;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...Array.from("ABab01-_=+/ .")), async (at, character) => {
        const header = await world.authorization(node.nodeId, {});
        const index = at % header.length;
        // A change that says the same is none: one of bits that base64url leaves over, or of the case of a letter of an address.
        const authorization = header.slice(0, index) + character + header.slice(index + 1);
        const meaning = (text: string): string =>
          Buffer.from(text.slice(5), "base64url")
            .toString()
            .replace(/"0x[\da-fA-F]{40}"/g, (address) => address.toLowerCase());
        fc.pre(meaning(authorization) !== meaning(header) || authorization.slice(0, 5) !== header.slice(0, 5));
        const { status } = await fetch(url, { headers: { authorization } });
        expect(status).to.equal(401);
      }),
      { numRuns: ROUNDS },
    );
    await expectHealthy();
  });

  it("answers every address with a refusal", async () => {
    const address = fc.array(
      fc.oneof(
        fc.constantFrom("buckets", "1", "files", "list", "copies", "copy", "health2", "..", "%2e%2e", "%", "%00", "%c0%af", "//"),
        fc.string(),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("GET", "PUT", "DELETE", "HEAD", "POST", "PATCH", "TRACE"), address, async (method, segments) => {
        const target = `/${segments.join("/")}`.replace(/[^\x21-\x7e]/g, "_");
        const received = await answerTo(`${method} ${target} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n`);
        expect(received, target).to.match(/^HTTP\/1\.1 4\d\d /);
      }),
      { numRuns: ROUNDS },
    );
    await expectHealthy();
  });

  it("survives bytes that are no request", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
        const received = await answerTo(bytes);
        expect(received === "" || /^HTTP\/1\.1 4\d\d /.test(received), received.slice(0, 100)).to.equal(true);
      }),
      { numRuns: ROUNDS },
    );
    await expectHealthy();
  });
});
