import { createHash } from "node:crypto";

import { expect } from "chai";
import fc from "fast-check";

import { RING_SIZE, Ring, evenTokens, positionOf } from "../../../src/engine";

/** Twelve vnodes, each of six nodes twice, in turn. */
const vnodes = Array.from({ length: 12 }, (_, i) => BigInt((i % 6) + 1));
const ring = new Ring(vnodes);

function nodesAt(where: Ring, position: bigint, replication = 3): bigint[] {
  return where.replicas(position, replication).map(({ nodeId }) => nodeId);
}

/** The same by walking all round, a vnode at a time. */
function walk(nodes: readonly bigint[], tokens: readonly bigint[], position: bigint, replication: number): bigint[] {
  const order = tokens.map((token, vnode) => ({ token, vnode })).sort((a, b) => (a.token < b.token ? -1 : 1));
  const after = order.filter(({ token }) => token > position);
  const found: bigint[] = [];
  for (const { vnode } of [...after, ...order]) {
    if (nodes[vnode] !== 0n && !found.includes(nodes[vnode]!) && found.length < replication) found.push(nodes[vnode]!);
  }
  return found;
}

describe("src/engine/ring", () => {
  context("given twelve vnodes, each of six nodes twice, and three replicas", () => {
    const length = (RING_SIZE - 1n) / 12n;

    it("keeps the keys of segments 0, 1 and 4 on nodes 1-2-3, 2-3-4 and 5-6-1", () => {
      const segments: [bigint, bigint[]][] = [
        [0n, [1n, 2n, 3n]],
        [1n, [2n, 3n, 4n]],
        [4n, [5n, 6n, 1n]],
      ];
      for (const [segment, nodes] of segments) {
        expect(nodesAt(ring, segment * length)).to.deep.equal(nodes);
        expect(nodesAt(ring, (segment + 1n) * length - 1n)).to.deep.equal(nodes);
      }
    });

    it("goes round at the end", () => {
      expect(nodesAt(ring, 11n * length)).to.deep.equal([6n, 1n, 2n]);
      expect(nodesAt(ring, RING_SIZE - 1n)).to.deep.equal([1n, 2n, 3n]);
      expect(ring.replicas(RING_SIZE - 1n, 1)).to.deep.equal([{ vnode: 0, nodeId: 1n }]);
    });

    it("keeps what a replaced node had on the node in its place, and nothing else moves", () => {
      const replaced = new Ring(vnodes.map((nodeId, vnode) => (vnode === 1 ? 9n : nodeId)));
      expect(nodesAt(replaced, 0n)).to.deep.equal([1n, 9n, 3n]);
      expect(nodesAt(replaced, 2n * length)).to.deep.equal(nodesAt(ring, 2n * length));
    });
  });

  it("leaves out vnodes of nodes that have it already", () => {
    const doubled = new Ring([1n, 1n, 2n, 2n, 3n, 3n]);
    expect(doubled.replicas(0n, 3)).to.deep.equal([
      { vnode: 0, nodeId: 1n },
      { vnode: 2, nodeId: 2n },
      { vnode: 4, nodeId: 3n },
    ]);
  });

  it("passes over vacant vnodes", () => {
    const left = new Ring([1n, 0n, 3n, 1n, 0n, 3n]);
    const length = (RING_SIZE - 1n) / 6n;
    expect(left.replicas(0n, 2)).to.deep.equal([
      { vnode: 0, nodeId: 1n },
      { vnode: 2, nodeId: 3n },
    ]);
    expect(left.replicas(length, 1)).to.deep.equal([{ vnode: 2, nodeId: 3n }]);
    expect(nodesAt(left, 4n * length, 3)).to.deep.equal([3n, 1n]);
    expect(new Ring([0n, 0n]).replicas(0n, 1)).to.deep.equal([]);
  });

  it("keeps as many copies as there are nodes, where more are wanted", () => {
    expect(nodesAt(new Ring([1n, 2n, 1n]), 0n, 5)).to.deep.equal([1n, 2n]);
    expect(nodesAt(new Ring([4n]), 0n, 3)).to.deep.equal([4n]);
  });

  it("takes tokens as params have them, in any order", () => {
    const tokens = [300, "18446744073709551615", 100n];
    const mixed = new Ring([1n, 2n, 3n], tokens);
    expect(nodesAt(mixed, 99n, 1)).to.deep.equal([3n]);
    expect(nodesAt(mixed, 100n, 1)).to.deep.equal([1n]);
    expect(nodesAt(mixed, 300n, 1)).to.deep.equal([2n]);
    expect(nodesAt(mixed, RING_SIZE - 1n, 1)).to.deep.equal([3n]);
  });

  it("needs a token for each vnode", () => {
    expect(() => new Ring([1n, 2n], [5])).to.throw("2 vnodes, but 1 ring tokens");
    expect(() => new Ring([])).to.throw("at least one vnode");
  });

  it("agrees with a walk all round, for any ring", () => {
    const rings = fc.array(fc.record({ nodeId: fc.bigInt(0n, 8n), token: fc.bigInt(0n, RING_SIZE - 1n) }), { minLength: 1, maxLength: 40 });
    const distinct = rings.filter((points) => new Set(points.map(({ token }) => token)).size === points.length);
    const positions = fc.bigInt(0n, RING_SIZE - 1n);
    const property = fc.property(distinct, positions, fc.nat(39), fc.integer({ min: 1, max: 9 }), (points, anywhere, at, replication) => {
      const [nodes, tokens] = [points.map(({ nodeId }) => nodeId), points.map(({ token }) => token)];
      const where = new Ring(nodes, tokens);
      // Also exactly at a token, where segments meet.
      for (const position of [anywhere, tokens[at % tokens.length]!]) {
        expect(nodesAt(where, position, replication)).to.deep.equal(walk(nodes, tokens, position, replication));
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("shares itself evenly by default", () => {
    expect(evenTokens(1)).to.deep.equal([RING_SIZE - 1n]);
    expect(evenTokens(3)).to.deep.equal([6_148_914_691_236_517_205n, 12_297_829_382_473_034_410n, 18_446_744_073_709_551_615n]);
  });

  context("the position of a key", () => {
    it("is 64 bits of the SHA-256 of the bucket and the key", () => {
      const hash = createHash("sha256")
        .update(Buffer.of(0, 0, 1, 2))
        .update("été/a.jpg", "utf8")
        .digest();
      expect(positionOf(258n, "été/a.jpg")).to.equal(hash.readBigUInt64BE());
    });

    it("spreads keys over all vnodes", () => {
      const counts = new Map<number, number>();
      for (let i = 0; i < 12_000; i += 1) {
        const [replica] = ring.replicas(positionOf(1n, `key ${i}`), 1);
        counts.set(replica!.vnode, (counts.get(replica!.vnode) ?? 0) + 1);
      }
      expect(counts.size).to.equal(12);
      expect(Math.min(...counts.values())).to.be.greaterThan(800);
      expect(Math.max(...counts.values())).to.be.lessThan(1_200);
    });
  });
});
