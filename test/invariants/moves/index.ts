import type { Random } from "../../helpers/random";
import type { State } from "../state";
import type { World } from "../world";
import { BUCKET_MOVES } from "./buckets";
import { CLUSTER_MOVES } from "./clusters";
import { MONEY_MOVES } from "./money";
import type { Move, WeightedChoosers } from "./move";
import { NODE_MOVES } from "./nodes";

export type { Move } from "./move";

const MOVES: WeightedChoosers = [...MONEY_MOVES, ...NODE_MOVES, ...CLUSTER_MOVES, ...BUCKET_MOVES];

/** A move that makes sense as things are. */
export function chooseMove(world: World, state: State, random: Random): Move {
  const total = MOVES.reduce((sum, [weight]) => sum + weight, 0);
  for (;;) {
    let left = random.between(1, total);
    const found = MOVES.find(([weight]) => (left -= weight) <= 0);
    const move = found?.[1](world, state, random);
    if (move !== undefined) return move;
  }
}

/** How many seconds pass before the next move: mostly few, sometimes as many as 40 days have. */
export function pastime(random: Random): bigint {
  const [low, high] = random.pick([
    [1, 60],
    [1, 60],
    [60, 3_600],
    [3_600, 86_400],
    [86_400, 10 * 86_400],
    [86_400, 40 * 86_400],
  ] as const);
  return BigInt(random.between(low, high));
}
