import { expect } from "chai";

import { EncryptionError, type EncryptionProblem } from "../../../src/encryption";

/** Expects a refusal for a reason. */
export async function expectProblem(attempt: Promise<unknown> | (() => unknown), problem: EncryptionProblem): Promise<void> {
  let outcome: unknown;
  try {
    outcome = await (typeof attempt === "function" ? attempt() : attempt);
  } catch (error) {
    if (!(error instanceof EncryptionError)) throw error;
    expect(error.problem).to.equal(problem);
    return;
  }
  expect.fail(`there is no refusal, but ${JSON.stringify(outcome)}`);
}

export function changed(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
}

/** A stream's bytes, sent through a transformation in pieces of given lengths, over and over. */
export async function pump(
  bytes: Uint8Array,
  stream: TransformStream<Uint8Array, Uint8Array>,
  lengths: readonly number[],
): Promise<Uint8Array> {
  let at = 0;
  let piece = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        return;
      }
      const length = lengths[piece++ % lengths.length]!;
      controller.enqueue(bytes.subarray(at, at + length));
      at += length;
    },
  });
  const parts: Uint8Array[] = [];
  for await (const part of source.pipeThrough(stream)) parts.push(part);
  return Buffer.concat(parts);
}
