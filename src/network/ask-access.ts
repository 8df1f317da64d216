import type { BlockTag } from "ethers";

import { decodeError, findRevertData } from "../errors";
import type { Registries } from "../registries";

/** As `canAccess` takes it. */
export interface AccessQuestion {
  bucketId: bigint;
  /** Zero: anyone. */
  account: string;
  /** See {@link RIGHT_BITS}. */
  right: bigint;
}

export interface AccessAnswer {
  allowed: boolean;
  funded: boolean;
}

/**
 * How many questions are asked in one call. Tokens that gate buckets can use up to three times the registry's `GATE_GAS` for each: for 50
 * questions 15 million gas where gas is Ethereum's, below the 2^24 that a transaction can have. Endpoints give a call at least as much.
 */
const QUESTIONS_AT_ONCE = 50;

/**
 * Asks who may do what, as many questions as there are, all at one block. Splits them, so that tokens that use all their gas spoil no
 * answer; and splits further where an endpoint gives a call less gas.
 * @throws The registry's own error for a question that it refuses, and the provider's for one that fails alone.
 */
export async function askAccess(
  { bucketRegistry }: Pick<Registries, "bucketRegistry">,
  questions: readonly AccessQuestion[],
  { blockTag }: { blockTag?: BlockTag } = {},
): Promise<AccessAnswer[]> {
  const atBlock = blockTag ?? (await bucketRegistry.runner?.provider?.getBlockNumber()) ?? "latest";

  async function ask(some: readonly AccessQuestion[]): Promise<AccessAnswer[]> {
    try {
      const answers = await bucketRegistry.canAccessMany([...some], { blockTag: atBlock });
      return answers.map(({ allowed, funded }) => ({ allowed, funded }));
    } catch (error) {
      if (some.length < 2 || !isForLackOfGas(error)) throw error;
      const half = Math.ceil(some.length / 2);
      return [...(await ask(some.slice(0, half))), ...(await ask(some.slice(half)))];
    }
  }

  const answers: AccessAnswer[] = [];
  for (let start = 0; start < questions.length; start += QUESTIONS_AT_ONCE) {
    answers.push(...(await ask(questions.slice(start, start + QUESTIONS_AT_ONCE))));
  }
  return answers;
}

/** Whether fewer questions could succeed: a call without enough gas fails with this error, or with nothing that an endpoint passes on. */
function isForLackOfGas(error: unknown): boolean {
  const data = findRevertData(error);
  return data === undefined || decodeError(data)?.fragment.name === "GateGasTooLow";
}
