import { expect } from "chai";

import { expectAsInModel } from "./walk/checks";
import { Random } from "../helpers/random";
import { moneySteps, networkSteps, type Step } from "./walk/steps";
import { createWorld, type World } from "./walk/world";

// Everyone does anything, in any order, at the ends of the ranges. After each step that is not refused, the registries hold what a plain
// model says, and every fine unit is somewhere, once. To walk further: SEEDS=3,4,5,6 STEPS=1000 npx hardhat test test/attacks/walk.test.ts

const SEEDS = (process.env.SEEDS ?? "1,2").split(",").map(Number);
const STEPS = Number(process.env.STEPS ?? 70);

const times = (count: number, name: string): string[] => Array<string>(count).fill(name);

/** What a walk begins with, as most of the rest needs it. */
const FIRST = [
  ...times(3, "createCluster"),
  ...times(6, "reserveResource"),
  ...times(6, "createBucket"),
  ...times(9, "allocate"),
  ...times(6, "deposit"),
];
/** What is tried more often than the rest: with odd seeds what moves money, with even ones what changes weights. */
const OFTEN = {
  money: ["allocate", "allocate", "createBucket", "deposit", "reserveResource", "release", "reclaim"],
  weights: [...times(3, "replaceNode"), ...times(3, "replaceNodes"), "acceptRent", "changeNodeRent", "release", "deposit"],
  both: [...times(3, "wait"), ...times(3, "settlePayments"), ...times(6, "distributeRevenues"), ...times(3, "claimRevenues")],
};

/** Whether a step is refused for a reason that has a name; whatever else goes wrong is thrown. */
async function isRefused(name: string, step: Step): Promise<boolean> {
  try {
    await step();
    return false;
  } catch (error) {
    if (error instanceof Error && /reverted with (an unrecognized )?custom error/.test(error.message)) return true;
    throw new Error(`${name} failed`, { cause: error });
  }
}

/** One of the steps: at random, once there is something to begin with. */
function nextStep({ model }: World, random: Random, names: readonly string[], done: number): string {
  if (model.clusters.size === 0) return "createCluster";
  if (model.buckets.size === 0) return "createBucket";
  return FIRST[done] ?? random.pick(names);
}

describe("attacks by a random walk", function () {
  this.timeout(0);

  for (const seed of SEEDS) {
    it(`${STEPS} steps with the seed ${seed} lose nothing, make nothing and end in no panic`, async () => {
      const random = new Random(seed);
      const world = await createWorld(random);
      const steps = new Map<string, Step>(Object.entries({ ...networkSteps(world, random), ...moneySteps(world, random) }));
      const names = [...steps.keys(), ...OFTEN.both, ...(seed % 2 === 1 ? OFTEN.money : OFTEN.weights)];
      const walked: string[] = [];
      for (let i = 0; i < STEPS; ++i) {
        const name = nextStep(world, random, names, i);
        if (await isRefused(name, steps.get(name)!)) continue;
        walked.push(name);
        try {
          await expectAsInModel(world);
        } catch (error) {
          throw new Error(`not as in the model after ${walked.length} steps: ${walked.slice(-10).join(", ")}`, { cause: error });
        }
      }
      // A walk on which nothing is earned proves nothing.
      expect(world.distributions).to.be.greaterThan(0);
    });
  }
});
