// The one form in which a request travels over HTTP: `Authorization: DDC1 <base64url of a JSON object>`.
import { decodeBase64, encodeBase64 } from "ethers";
import { z } from "zod";

import { Refusal } from "../refusal";
import { isPath } from "./path";
import type { Request, Session } from "./typed-data";

export const SCHEME = "DDC1";

/** Node's HTTP server takes 16 KiB for all headers together. */
export const MAX_HEADER_LENGTH = 12_000;

const MAX_SIGNATURE_BYTES = 2_048;
const MAX_BUCKETS = 64;
const MAX_ACTIONS = 16;

export type SignedSession = Session & { signature: string };

export interface SignedRequest {
  request: Request;
  signature: string;
  /** The session whose key signed the request, if the account did not sign it itself. */
  session?: SignedSession;
}

const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);
const id = z.int().min(1).max(0xffff_ffff).transform(BigInt);
const seconds = z.int().min(0);
const action = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
const signature = z
  .string()
  .max(2 + 2 * MAX_SIGNATURE_BYTES)
  .regex(/^0x([0-9a-f]{2})*$/);

const headerSchema = z.strictObject({
  account: address,
  bucketId: id,
  action,
  path: z.string().refine(isPath),
  bodyHash: bytes32,
  nodeId: id,
  expiry: seconds,
  nonce: bytes32,
  signature,
  session: z
    .strictObject({
      key: address,
      bucketIds: z.array(id).min(1).max(MAX_BUCKETS),
      actions: z.array(action).min(1).max(MAX_ACTIONS),
      expiry: seconds,
      signature,
    })
    .optional(),
});

/** The value of the `Authorization` header. */
export function serializeAuthorization({ request, signature, session }: SignedRequest): string {
  const { account, bucketId, action, path, bodyHash, nodeId, expiry, nonce } = request;
  const content = {
    account,
    bucketId: Number(bucketId),
    action,
    path,
    bodyHash,
    nodeId: Number(nodeId),
    expiry,
    nonce,
    signature,
    session: session === undefined ? undefined : serializeSession(session),
  };
  const text = JSON.stringify(content);
  const value = `${SCHEME} ${toBase64Url(new TextEncoder().encode(text))}`;
  // Refuse here, near the cause, what every node would refuse.
  parseAuthorization(value);
  return value;
}

/** @throws Refusal if it is anything but what {@link serializeAuthorization} writes. */
export function parseAuthorization(value: string): SignedRequest {
  const result = headerSchema.safeParse(parseJson(value));
  if (!result.success) {
    const { path } = result.error.issues[0] ?? {};
    throw malformed(
      path === undefined || path.length === 0 ? "it has other fields than it should" : `"${path.map(String).join(".")}" is wrong`,
    );
  }
  const { signature, session, ...request } = result.data;
  return session === undefined ? { request, signature } : { request, signature, session: { account: request.account, ...session } };
}

function parseJson(value: string): unknown {
  if (value.length > MAX_HEADER_LENGTH) throw malformed(`it is longer than ${MAX_HEADER_LENGTH} characters`);
  const content = /^DDC1 ([A-Za-z0-9_-]+)$/.exec(value)?.[1];
  if (content === undefined) throw malformed(`it is not "${SCHEME}" and base64url`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(content))) as unknown;
  } catch {
    throw malformed("it is not a JSON object in UTF-8 in base64url");
  }
}

function serializeSession({ key, bucketIds, actions, expiry, signature }: SignedSession): object {
  return { key, bucketIds: bucketIds.map(Number), actions, expiry, signature };
}

function toBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array {
  return decodeBase64(
    text
      .replace(/-/g, "+")
      .replace(/_/g, "/")
      .padEnd(Math.ceil(text.length / 4) * 4, "="),
  );
}

function malformed(why: string): Refusal {
  return new Refusal("malformed", `The Authorization header cannot be read: ${why}.`);
}
