import fc from "fast-check";

import type { Call } from "../call";
import type { Chain } from "../chain";
import { expectAsInModel, expectSameOutcome } from "../compare";
import type { Cast } from "../market";
import type { Model } from "../model";
import { Refusal } from "../model/refusal";
import { tell } from "../tell";

/** A model, and who takes part. */
export interface World {
  model: Model;
  cast: Cast;
}

/** What somebody may do: drawn without knowing what there is, so that a walk can be shrunk; decided once that is known. */
export type Command = fc.AsyncCommand<World, Chain>;

/** How often a command is tried in comparison with others. */
export type Weighted = readonly [weight: number, command: fc.Arbitrary<Command>];

/** What was done, for those who want to know what walks come to. */
export const tally = new Map<string, { done: number; refused: number }>();

class CallCommand implements Command {
  /** What came of it, for who reads a failure. */
  private told: string;

  constructor(
    private readonly name: string,
    private readonly decide: (world: World) => Call | undefined,
  ) {
    this.told = name;
  }

  check(world: Readonly<World>): boolean {
    return this.decide(world) !== undefined;
  }

  async run(world: World, chain: Chain): Promise<void> {
    const { model, cast } = world;
    const call = this.decide(world)!;
    const args = call.args.map((argument) => tell(argument, cast)).join(", ");
    this.told = `${tell(call.message.sender, cast)}: ${call.method}(${args})`;
    model.passTo(model.state.now + 1n);
    const refusal = refusalOf(() => {
      call.apply(model);
    });
    const outcome = await chain.send(call, model.state.now);
    this.told += outcome === undefined ? "" : ` is refused: ${outcome.error}`;
    const count = tally.get(this.name) ?? { done: 0, refused: 0 };
    count[outcome === undefined ? "done" : "refused"] += 1;
    tally.set(this.name, count);
    expectSameOutcome(outcome, refusal, cast);
    await expectAsInModel(chain, model, cast);
  }

  toString(): string {
    return this.told;
  }
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
