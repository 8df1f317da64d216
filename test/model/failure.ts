/** What fast-check says about walks of which one failed. */
export interface Failure {
  failed: boolean;
  counterexample: [walk: { toString: () => string }] | null;
  counterexamplePath: string | null;
  errorInstance: unknown;
  numShrinks: number;
  seed: number;
}

/** Where a walk led to, and how. */
export class WalkFailure extends Error {
  constructor(log: readonly string[], cause: unknown) {
    super([String(cause), "The walk:", ...log.map((step, i) => `  ${i + 1}. ${step}`)].join("\n"), { cause });
  }
}

/** What went wrong on the shortest walk that was found, and how to walk it again. */
export function formatFailure(
  { counterexample, counterexamplePath, errorInstance, numShrinks, seed }: Failure,
  { steps, what }: { steps: number | string; what: string },
): string {
  // Fast-check says it in a comment, after the commands.
  const replayPath = /replayPath="([^"]*)"/.exec(counterexample?.[0].toString() ?? "")?.[1];
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    `It was made shorter ${numShrinks} times. To walk it again:`,
    `  DDC_SEED=${seed} DDC_STEPS=${steps} DDC_PATH="${counterexamplePath}" DDC_REPLAY="${replayPath}" npx hardhat test test/model/model.test.ts --grep "${what}"`,
  ].join("\n");
}
