/** What fast-check says about a walk that failed. */
export interface Failure {
  failed: boolean;
  counterexample: [Iterable<object>] | null;
  counterexamplePath: string | null;
  errorInstance: unknown;
  numShrinks: number;
  seed: number;
}

/** The shortest walk to the failure, and how to walk it again. */
export function tellFailure({ counterexample, counterexamplePath, errorInstance, numShrinks, seed }: Failure, steps: number): string {
  const [walk = []] = counterexample ?? [];
  const variables = `DDC_SEED=${seed} DDC_STEPS=${steps} DDC_PATH="${counterexamplePath}" DDC_REPLAY="${replayPathOf(walk)}"`;
  return [
    String(errorInstance),
    `The shortest walk to it (after ${numShrinks} times of shortening):`,
    ...[...walk].map((step, i) => `  ${i + 1}. ${told(step)}`),
    "To walk it again:",
    `  ${variables} npx hardhat test test/model/model.test.ts`,
  ].join("\n");
}

/** Fast-check says it in a comment, after the commands. */
function replayPathOf(walk: Iterable<object>): string {
  return /replayPath="([^"]*)"/.exec(told(walk))?.[1] ?? "";
}

/** The object's own words. */
function told(what: { toString: () => string }): string {
  return what.toString();
}
