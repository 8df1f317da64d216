// `DDC-Session: <base64url of a JSON object>`: the session within which a gateway acts for the sender of a request.
import { z } from "zod";

import type { engine } from "../../../src";
import { Failure } from "./failure";

export const SESSION_HEADER = "ddc-session";

const MAX_LENGTH = 8_000;
const id = z.int().min(1).max(0xffff_ffff).transform(BigInt);

const sessionSchema = z.strictObject({
  account: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  key: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  bucketIds: z.array(id).min(1).max(64),
  actions: z.array(z.string()).min(1).max(16),
  expiry: z.int(),
  signature: z.string().regex(/^0x([0-9a-f]{2})*$/),
});

export function serializeSession({ account, key, bucketIds, actions, expiry, signature }: engine.SignedSession): string {
  const content = { account, key, bucketIds: bucketIds.map(Number), actions, expiry, signature };
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

/** @throws Failure if it is not a session of an account with a key. Whether the account signed it, the nodes find out. */
export function parseSession(value: string, account: string, key: string): engine.SignedSession {
  const session =
    value.length > MAX_LENGTH ? undefined : sessionSchema.safeParse(parseJson(Buffer.from(value, "base64url").toString())).data;
  if (session === undefined) throw new Failure("bad-session", `The header ${SESSION_HEADER} cannot be read.`);
  if (session.account.toLowerCase() !== account.toLowerCase()) throw new Failure("bad-session", "The session is of another account.");
  if (session.key.toLowerCase() !== key.toLowerCase())
    throw new Failure("bad-session", "The session is for another key than this gateway's.");
  return session;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
