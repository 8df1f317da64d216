import { RING_SIZE, Ring, evenTokens, positionOf } from "../../src/engine";
import { Seed } from "./seed";

const seed = new Seed("DDC test vectors: ring");

/** Examples of where keys are kept, as docs/ENGINES.md describes it. */
export function ringVectors(): object {
  const inTurn = Array.from({ length: 12 }, (_, i) => (i % 6) + 1);
  return {
    description: "docs/ENGINES.md describes the ring. Positions and tokens are decimal digits.",
    positions: [
      [1, ""],
      [1, "a"],
      [2, "a"],
      [4_294_967_295, "été/写真.jpg"],
    ].map(([bucketId, key]) => ({ bucketId, key, position: String(positionOf(BigInt(bucketId ?? 0), String(key))) })),
    rings: [
      ring("12 vnodes, each of six nodes twice, without ringTokens", inTurn, evenTokens(12), 3),
      ring(
        "unordered tokens at random places",
        [3, 1, 2, 2, 1, 3, 4],
        Array.from({ length: 7 }, () => BigInt(seed.bytes(8))),
        2,
      ),
      ring("fewer nodes than replicas", [1, 2, 1], [RING_SIZE - 1n, 5n, 0n], 3),
      ring("6 vnodes, two of which are vacant (node 0), without ringTokens", [1, 0, 3, 1, 0, 3], evenTokens(6), 2),
    ],
  };
}

function ring(description: string, vnodes: number[], tokens: bigint[], replication: number): object {
  const where = new Ring(vnodes.map(BigInt), tokens);
  const places = [0n, RING_SIZE - 1n, ...tokens, ...tokens.map((token) => (token === 0n ? 0n : token - 1n))];
  const positions = [...new Set(places)].sort((a, b) => (a < b ? -1 : 1));
  return {
    description,
    vnodes,
    tokens: tokens.map(String),
    replication,
    replicas: positions.map((position) => ({
      position: String(position),
      replicas: where.replicas(position, replication).map(({ vnode, nodeId }) => ({ vnode, nodeId: Number(nodeId) })),
    })),
  };
}
