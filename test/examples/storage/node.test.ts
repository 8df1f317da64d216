import { createConnection } from "node:net";
import { once } from "node:events";

import { expect } from "chai";

import type { RunningNode } from "../../../examples/storage/node/node";
import { engine } from "../../../src";
import { World, people, refusalOf } from "./world";

const MEGABYTE = 1_048_576;
const MAX_FILE_BYTES = 8 * MEGABYTE;
const SETTINGS = { store: { maxFileBytes: MAX_FILE_BYTES }, server: { idleMilliseconds: 1_000 } };

describe("a storage node", function () {
  this.timeout(60_000);

  let world: World;
  let node: RunningNode;
  before(async function () {
    world = await World.open(1, SETTINGS);
    node = world.nodes[0]!;
  });
  after(async function () {
    await world.close();
  });

  async function textOf(path: string): Promise<string> {
    const answer = await world.ask(node, { path });
    expect(answer.status).to.equal(200);
    return answer.text();
  }

  /** So that nothing is served from memory. */
  async function restart(): Promise<void> {
    await node.close();
    node = await world.startNode("node-0", SETTINGS);
    world.nodes[0] = node;
  }

  /** Sends bytes as they are, and returns what comes back. */
  async function raw(parts: readonly (string | Uint8Array)[], end: "finish" | "cut" | "wait"): Promise<string> {
    const { hostname, port } = new URL(node.url);
    const socket = createConnection(Number(port), hostname);
    let received = "";
    socket.on("data", (bytes: Buffer) => (received += bytes.toString("latin1")));
    socket.on("error", () => undefined);
    await once(socket, "connect");
    for (const part of parts) {
      if (socket.destroyed) break;
      if (!socket.write(part)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
    if (end === "cut") {
      await new Promise((resolve) => setTimeout(resolve, 200));
      socket.destroy();
    } else if (!socket.destroyed) await once(socket, "close");
    return received;
  }

  async function putHead(path: string, bodyHash: string, length: string): Promise<string> {
    const authorization = await world.authorization(node.nodeId, { action: "write", path, signed: { bodyHash } });
    return `PUT /buckets/${world.bucketId}/files/${path} HTTP/1.1\r\nhost: node\r\nauthorization: ${authorization}\r\n${length}\r\n\r\n`;
  }

  describe("files", () => {
    for (const [size, length] of [
      ["an empty file", 0],
      ["a small file", 100],
      ["a file of one piece", 65_536],
      ["a file of many pieces", 5 * MEGABYTE + 1],
    ] as const) {
      it(`keeps ${size}`, async () => {
        const path = `sizes/${length}`;
        const bytes = Buffer.alloc(length, "some bytes ");
        const stored = await world.put(node, path, bytes);
        expect(stored.status).to.equal(201);
        for (let i = 0; i < 2; i += 1) {
          const answer = await world.ask(node, { path });
          expect(answer.status).to.equal(200);
          expect(answer.headers.get("content-length")).to.equal(String(length));
          expect(answer.headers.get("etag")).to.equal(`"${await engine.hashBody(bytes)}"`);
          expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), bytes)).to.equal(0);
        }
        expect((await world.ask(node, { method: "HEAD", path })).headers.get("content-length")).to.equal(String(length));
      });
    }

    it("lists them by path, after a path that is signed", async () => {
      for (const path of ["list/a", "list/b", "list/ü"]) await world.put(node, path, path);
      const answer = await world.ask(node, { action: "list", path: "list/a" });
      const { files } = (await answer.json()) as { files: { path: string; size: number }[] };
      expect(files.filter(({ path }) => path.startsWith("list/")).map(({ path, size }) => [path, size])).to.deep.equal([
        ["list/b", 6],
        ["list/ü", 7],
      ]);
    });

    it("says that a file was never there, or was deleted", async () => {
      expect(await refusalOf(await world.ask(node, { path: "never" }))).to.deep.equal({ status: 404, error: "not-found" });
      await world.put(node, "gone", "here", { signed: { expiry: inSeconds(50) } });
      await world.ask(node, { method: "DELETE", action: "delete", path: "gone" });
      expect(await refusalOf(await world.ask(node, { path: "gone" }))).to.deep.equal({ status: 410, error: "deleted" });
    });

    it("keeps what others wrote when the same file is deleted twice", async () => {
      await world.put(node, "untouched", "untouched");
      await world.put(node, "twice", "twice", { signed: { expiry: inSeconds(20) } });
      const expiry = inSeconds(40);
      for (let i = 0; i < 2; i += 1) {
        expect((await world.ask(node, { method: "DELETE", action: "delete", path: "twice", signed: { expiry } })).status).to.equal(204);
      }
      await restart();
      expect(await textOf("untouched")).to.equal("untouched");
    });

    it("keeps the version that expires last, whichever comes last", async () => {
      await world.put(node, "raced", "newer", { signed: { expiry: inSeconds(90) } });
      const late = await world.put(node, "raced", "older", { signed: { expiry: inSeconds(80) } });
      expect(await refusalOf(late)).to.deep.equal({ status: 409, error: "newer" });
      expect(await textOf("raced")).to.equal("newer");
    });

    it("keeps one of two that are written at once, as a whole, and the same on each node", async () => {
      const bodies = ["a".repeat(MEGABYTE), "b".repeat(MEGABYTE), "c".repeat(MEGABYTE)];
      const hashes = await Promise.all(bodies.map((body) => engine.hashBody(Buffer.from(body))));
      const expiry = inSeconds(70);
      const answers = await Promise.all(bodies.map((body) => world.put(node, "contended", body, { signed: { expiry } })));
      expect(answers.map(({ status }) => status)).to.include(201);
      for (const { status } of answers) expect(status).to.be.oneOf([201, 409]);
      const winner = hashes.indexOf([...hashes].sort().at(-1)!);
      expect(await textOf("contended")).to.equal(bodies[winner]);
    });
  });

  describe("who may", () => {
    it("refuses who does not say who they are, or is nobody here", async () => {
      const anonymous = await fetch(`${node.url}/buckets/${world.bucketId}/files/a.txt`);
      expect(anonymous.headers.get("www-authenticate")).to.equal("DDC1");
      expect(await refusalOf(anonymous)).to.deep.equal({ status: 401, error: "missing" });
      expect(await refusalOf(await world.ask(node, { as: people.stranger }))).to.deep.equal({ status: 403, error: "not-allowed" });
      expect(await refusalOf(await world.put(node, "x", "x", { as: people.stranger }))).to.deep.equal({
        status: 403,
        error: "not-allowed",
      });
    });

    it("refuses a bucket that is not paid for, or not there", async () => {
      const bucketId = await world.createBucket();
      await world.see();
      expect(await refusalOf(await world.put(node, "x", "x", { bucketId }))).to.deep.equal({ status: 402, error: "not-funded" });
      expect(await refusalOf(await world.ask(node, { bucketId: 999n }))).to.deep.equal({ status: 404, error: "bucket-unknown" });
    });

    for (const [what, signed, error] of [
      ["another node", { nodeId: 99n }, "other-node"],
      ["another bucket", { bucketId: 99n }, "other-bucket"],
      ["another path", { path: "b.txt" }, "other-path"],
      ["another action", { action: "write" }, "other-action"],
      ["the past", { expiry: 1_000 }, "expired"],
      ["too far ahead", { expiry: 4_000_000_000 }, "too-far-ahead"],
    ] as const) {
      it(`refuses a request that is for ${what}`, async () => {
        expect(await refusalOf(await world.ask(node, { signed }))).to.deep.equal({ status: 401, error });
      });
    }

    for (const [method, action] of [
      ["GET", "read"],
      ["HEAD", "read"],
      ["DELETE", "delete"],
      ["GET", "list"],
      ["GET", "copies"],
      ["GET", "copy"],
    ] as const) {
      it(`refuses a request to ${action} with ${method} that was signed with a body`, async () => {
        const answer = await world.ask(node, { method, action, signed: { bodyHash: await engine.hashBody(Buffer.from("x")) } });
        expect(answer.status).to.equal(401);
        if (method !== "HEAD") expect(await refusalOf(answer)).to.deep.equal({ status: 401, error: "other-body" });
      });
    }

    it("refuses a signature for another chain or contract", async () => {
      for (const realm of [
        { ...world.network.realm, chainId: 1n },
        { ...world.network.realm, bucketRegistry: people.owner.address },
      ]) {
        const asked = { bucketId: world.bucketId, action: "read", path: "a.txt", nodeId: node.nodeId };
        const authorization = await engine.signRequest(asked, { account: people.owner.address, signer: people.owner }, realm);
        const answer = await fetch(`${node.url}/buckets/${world.bucketId}/files/a.txt`, { headers: { authorization } });
        expect(await refusalOf(answer)).to.deep.equal({ status: 401, error: "bad-signature" });
      }
    });

    it("refuses a second time what it has answered, also after a restart", async () => {
      await world.put(node, "once", "once");
      const authorization = await world.authorization(node.nodeId, { path: "once" });
      const again = (): Promise<Response> => fetch(`${node.url}/buckets/${world.bucketId}/files/once`, { headers: { authorization } });
      expect((await again()).status).to.equal(200);
      expect(await refusalOf(await again())).to.deep.equal({ status: 401, error: "replayed" });
      const { nodeId } = node;
      await restart();
      expect(node.nodeId).to.equal(nodeId);
      expect(await refusalOf(await again())).to.deep.equal({ status: 401, error: "replayed" });
      expect(await textOf("once")).to.equal("once");
    });

    it("lets only nodes of the cluster copy", async () => {
      for (const action of ["copies", "copy"]) {
        expect(await refusalOf(await world.ask(node, { action }))).to.deep.equal({ status: 403, error: "not-allowed" });
      }
    });
  });

  describe("what is malformed", () => {
    for (const path of [
      "/../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/a/%2e%2e/b",
      "//a",
      "/a//b",
      "/a/.",
      "/..%5cb",
      "/%00",
      "/",
      "/a%0ab",
    ]) {
      it(`refuses the path ${path}`, async () => {
        const answer = await raw(
          [`GET /buckets/${world.bucketId}/files${path} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n`],
          "finish",
        );
        expect(answer)
          .to.match(/^HTTP\/1\.1 400 /)
          .and.to.include("bad-path");
      });
    }

    for (const url of [
      "/buckets/0/files/a",
      "/buckets/x/files/a",
      "/buckets/4294967296/files/a",
      "/buckets/-1/files/a",
      "/buckets/1/files/%zz",
    ]) {
      it(`refuses the address ${url}`, async () => {
        const answer = await fetch(node.url + url);
        expect(answer.status).to.equal(400);
      });
    }

    for (const authorization of ["", "DDC1", "DDC1 e30", "DDC1 !!!", "Bearer abc", `DDC1 ${"A".repeat(11_000)}`]) {
      it(`refuses the header ${authorization.slice(0, 12)}…`, async () => {
        const answer = await fetch(`${node.url}/buckets/${world.bucketId}/files/a.txt`, { headers: { authorization } });
        expect(answer.status).to.equal(401);
      });
    }

    it("refuses a body that is not what was signed, and keeps nothing of it", async () => {
      const bodyHash = await engine.hashBody(Buffer.from("what was signed"));
      expect(await refusalOf(await world.put(node, "forged", "something else", { signed: { bodyHash } }))).to.deep.equal({
        status: 401,
        error: "other-body",
      });
      expect((await world.ask(node, { path: "forged" })).status).to.equal(404);
    });

    for (const [method, framing] of [
      ["GET", "content-length: 1\r\n\r\nx"],
      ["DELETE", "content-length: 1\r\n\r\nx"],
      ["DELETE", "transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"],
    ] as const) {
      it(`refuses a ${method} with a body, ${framing.split(":")[0]}`, async () => {
        await world.put(node, "bodiless", "bodiless");
        const authorization = await world.authorization(node.nodeId, {
          action: method === "GET" ? "read" : "delete",
          path: "bodiless",
          signed: { expiry: inSeconds(90) },
        });
        const head = `${method} /buckets/${world.bucketId}/files/bodiless HTTP/1.1\r\nhost: node\r\nauthorization: ${authorization}\r\n`;
        const answer = await raw([head + framing], "finish");
        expect(answer)
          .to.match(/^HTTP\/1\.1 400 /)
          .and.to.include("bad-body");
        expect(await textOf("bodiless")).to.equal("bodiless");
      });
    }

    it("refuses what is too large, by what it says and by what comes", async () => {
      const announced = await raw([await putHead("large", engine.NO_BODY, `content-length: ${MAX_FILE_BYTES + 1}`)], "finish");
      expect(announced).to.match(/^HTTP\/1\.1 413 /);
      const endless = Array.from({ length: 64 }, () =>
        Buffer.concat([Buffer.from("40000\r\n"), Buffer.alloc(0x40000), Buffer.from("\r\n")]),
      );
      const received = await raw([await putHead("endless", engine.NO_BODY, "transfer-encoding: chunked"), ...endless], "finish");
      expect(received === "" || received.startsWith("HTTP/1.1 413 ")).to.equal(true, received.slice(0, 100));
      expect((await world.ask(node, { path: "endless" })).status).to.equal(404);
    });
  });

  describe("what goes wrong", () => {
    it("serves nothing of a file whose sender has gone", async () => {
      await world.put(node, "cut", "the whole old file", { signed: { expiry: inSeconds(30) } });
      const body = Buffer.alloc(MEGABYTE, "new");
      const head = await putHead("cut", await engine.hashBody(body), `content-length: ${body.length}`);
      await raw([head, body.subarray(0, body.length / 2)], "cut");
      expect(await textOf("cut")).to.equal("the whole old file");
    });

    it("gives up a client that sends nothing", async () => {
      const begun = performance.now();
      const head = await putHead("slow", await engine.hashBody(Buffer.from("slow")), "content-length: 4");
      await raw([head, "sl"], "finish");
      expect(performance.now() - begun).to.be.within(900, 10_000);
      expect((await world.ask(node, { path: "slow" })).status).to.equal(404);
    });

    it("takes nothing in when the disk is full, and still serves", async () => {
      await world.put(node, "kept", "kept");
      await node.close();
      const full = await world.startNode("node-0", { store: { minFreeBytes: Number.MAX_SAFE_INTEGER } });
      try {
        expect(await refusalOf(await world.put(full, "more", "more"))).to.deep.equal({ status: 507, error: "disk-full" });
        expect((await world.ask(full, { path: "kept" })).status).to.equal(200);
      } finally {
        await full.close();
        node = await world.startNode("node-0", SETTINGS);
        world.nodes[0] = node;
      }
    });

    it("sends away what is too much, at once", async () => {
      await node.close();
      node = await world.startNode("node-0", { server: { limiter: { atOnce: 8 } } });
      world.nodes[0] = node;
      const asked = await Promise.all(Array.from({ length: 64 }, () => world.authorization(node.nodeId, { path: "kept" })));
      const url = `${node.url}/buckets/${world.bucketId}/files/kept`;
      const answers = await Promise.all(asked.map((authorization) => fetch(url, { headers: { authorization } })));
      const statuses = answers.map(({ status }) => status);
      expect(statuses).to.include(200);
      expect(statuses).to.include(503);
      expect(answers.find(({ status }) => status === 503)?.headers.get("retry-after")).to.equal("1");
      expect((await fetch(`${node.url}/health`)).status).to.equal(200);
    });

    // The last: there is no chain any more.
    it("refuses everything when the chain has been gone for too long", async () => {
      await world.put(node, "known", "known");
      await node.close();
      node = await world.startNode("node-0", { authorizer: { silentSeconds: 2 } });
      world.nodes[0] = node;
      expect((await world.ask(node, { path: "known" })).status).to.equal(200);
      await world.closeChain();
      expect((await world.ask(node, { path: "known" })).status).to.equal(200);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(await refusalOf(await world.ask(node, { path: "known" }))).to.deep.equal({ status: 503, error: "chain-gone" });
      expect((await fetch(`${node.url}/health`)).status).to.equal(503);
    });
  });
});

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1_000) + seconds;
}
