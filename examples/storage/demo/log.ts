import { UserError } from "../../../src";
import { RemoteRefusal } from "../client/responses";

/** Tells what a program does, as the demo context prints what people type. */
export function log(text: string): void {
  console.log(`   ${text}`);
}

/** Tells that something was refused, and how. @throws if it was not. */
export async function logRefusal(what: string, attempt: Promise<unknown>, status: number): Promise<void> {
  const refusal = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(refusal instanceof RemoteRefusal) || refusal.status !== status) {
    const came = refusal instanceof Error ? refusal.message : "no refusal";
    throw new UserError(`${what}: ${status} was expected, and came ${came}.`);
  }
  log(`${what}: ${status} ${refusal.reason}. ${refusal.message}`);
}

/** Asks again until it is so. @throws if it does not come to be. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>, seconds = 120): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new UserError(`This has not happened within ${seconds} seconds: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @throws if something is not as it should be: the example is a test. */
export function assertTrue(isSo: boolean, what: string): void {
  if (!isSo) throw new UserError(`This is not so: ${what}.`);
}
