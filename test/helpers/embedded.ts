import { expect } from "chai";
import hre from "hardhat";

/** What a task prints while it runs in this process, and what it throws. */
export async function run(
  task: string,
  args: Record<string, unknown>,
): Promise<{ printed: string; progress: string; refused?: string | undefined }> {
  const { log, error } = console;
  const printed: string[] = [];
  const progress: string[] = [];
  console.log = (text: string) => printed.push(text);
  console.error = (text: string) => progress.push(text);
  let refused: string | undefined;
  try {
    await hre.run(task, args);
  } catch (thrown) {
    refused = (thrown as Error).message;
  } finally {
    Object.assign(console, { log, error });
  }
  return { printed: printed.join("\n"), progress: progress.join("\n"), refused };
}

/** The JSON document that a task prints in this process. */
export async function json(task: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { printed, refused } = await run(task, { ...args, json: true });
  expect(refused).to.equal(undefined);
  return JSON.parse(printed) as Record<string, unknown>;
}
