import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { ContractTransactionResponse, Interface } from "ethers";

import type { Random } from "../../helpers/random";
import type { State } from "../state";
import type { World } from "../world";

/** A call that somebody might make. */
export interface Move {
  name: string;
  /** The public interface of the contract that is called, in which whatever it raises has to be declared. */
  api: Interface;
  send: () => Promise<ContractTransactionResponse>;
}

/** Finds a move of one kind, if there can be any as things are. */
export type Chooser = (world: World, state: State, random: Random) => Move | undefined;

/** Kinds of moves, each with how often it is tried in comparison with others. */
export type WeightedChoosers = readonly [weight: number, choose: Chooser][];

export const MAX_RENT = 2n ** 128n - 1n;

/** Mostly whom it takes, sometimes anybody. */
export function caller(world: World, random: Random, address: string): HardhatEthersSigner {
  const anybody = random.pick([...world.actors.values()]);
  return random.chance(95) ? (world.actors.get(address) ?? anybody) : anybody;
}

export function oneOf<T>(random: Random, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}
