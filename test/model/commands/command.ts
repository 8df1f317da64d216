import fc from "fast-check";

import type { Call } from "../call";
import type { Chain, CallResult } from "../chain";
import { expectAsInModel, expectLittleLate, expectNothingLost, expectSameOutcome } from "../compare";
import type { Cast } from "../setup";
import type { Model } from "../model";
import { Refusal } from "../model/refusal";
import { formatCall } from "../format";

/** A model, who takes part, and what they have done, in words. */
export interface World {
  model: Model;
  cast: Cast;
  log: string[];
}

/** What somebody may do: drawn without knowing what there is, so that a walk can be shrunk; decided once that is known. */
export type Command = fc.AsyncCommand<World, Chain>;

/** How often a command is tried in comparison with others. */
export type Weighted = readonly [weight: number, command: fc.Arbitrary<Command>];

/** What was done, for those who want to know what walks come to. */
export const tally = new Map<string, { done: number; refused: number }>();

class CallCommand implements Command {
  constructor(
    private readonly name: string,
    private readonly decide: (world: World) => Call | undefined,
  ) {}

  check(world: Readonly<World>): boolean {
    return this.decide(world) !== undefined;
  }

  async run(world: World, chain: Chain): Promise<void> {
    const { model, cast, log } = world;
    const call = this.decide(world)!;
    model.passTo(model.state.now + 1n);
    const refusal = refusalOf(() => {
      call.apply(model);
    });
    const outcome = await chain.send(call, model.state.now);
    log.push(formatCall(call, outcome, cast));
    count(this.name, outcome);
    expectSameOutcome(outcome, refusal, cast);
    expectNothingLost(model);
    expectLittleLate(model);
    await expectAsInModel(chain, model, cast);
  }

  toString(): string {
    return this.name;
  }
}

function count(name: string, outcome: CallResult): void {
  const counted = tally.get(name) ?? { done: 0, refused: 0 };
  counted[outcome === undefined ? "done" : "refused"] += 1;
  tally.set(name, counted);
}

function refusalOf(action: () => void): Refusal | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A command that draws these things, and then decides on a call, or finds that there is nothing to call. */
export function command<T>(
  name: string,
  drawn: { [K in keyof T]: fc.Arbitrary<T[K]> },
  decide: (drawn: T, world: World) => Call | undefined,
): fc.Arbitrary<Command> {
  return fc.record(drawn).map((values) => new CallCommand(name, (world) => decide(values, world)));
}
