import { z } from "zod";

import { UserError } from "../user-error";
import { engine, metadata, parseWith, replication, serializeWith } from "./common";

const MAX_TOKEN = String((1n << 64n) - 1n);

/** A position on the hash ring: 64 bits, as a number where JSON keeps it exact, or as decimal digits. */
const ringToken = z
  .union([z.int().min(0), z.string().regex(digitsUpTo(MAX_TOKEN))], {
    error: "has to be a position from 0 to 2^64 - 1 (beyond 2^53 - 1 as a text of digits)",
  })
  .meta({ description: "A position on the hash ring, from 0 to 2^64 - 1; beyond 2^53 - 1 as a text of digits." });

/** A cluster's configuration: the engine that serves it, and how data is spread over its vnodes. */
export const clusterParamsSchema = z.strictObject({
  engine: engine.optional(),
  replication: replication.optional(),
  ringTokens: z
    .array(ringToken, { error: "has to be a list of positions from 0 to 2^64 - 1" })
    .min(1)
    .refine((tokens) => new Set(tokens.map(String)).size === tokens.length, "no two vnodes may have the same position")
    .optional()
    .meta({ description: "One per vnode, in the order of vnodes: where it stands on the hash ring.", uniqueItems: true }),
  metadata: metadata.optional(),
});

export type ClusterParams = z.infer<typeof clusterParamsSchema>;

/** @param vnodeCount Where it is known: the ring has to have a token for each vnode, and data no more copies than vnodes. */
export function parseClusterParams(text: string, vnodeCount?: bigint): ClusterParams | undefined {
  const params = parseWith(clusterParamsSchema, "cluster", text);
  if (params !== undefined && vnodeCount !== undefined) refuseMismatch(params, vnodeCount);
  return params;
}

export function serializeClusterParams(params: ClusterParams | undefined): string {
  return serializeWith(clusterParamsSchema, "cluster", params);
}

/** A number of decimal digits without leading zeros, at most this one: all of it in the pattern, so that it is in the JSON schema, too. */
function digitsUpTo(most: string): RegExp {
  // As long as the most: the same digits up to one that is lower.
  const lower = Array.from(most, (digit, i) => ({
    digit: Number(digit),
    lowest: i === 0 ? 1 : 0,
    before: most.slice(0, i),
    after: most.length - i - 1,
  }))
    .filter(({ digit, lowest }) => digit > lowest)
    .map(({ digit, lowest, before, after }) => `${before}[${lowest}-${digit - 1}][0-9]{${after}}`);
  return new RegExp(`^(0|[1-9][0-9]{0,${most.length - 2}}|${[...lower, most].join("|")})$`);
}

function refuseMismatch({ ringTokens, replication: copies }: ClusterParams, vnodeCount: bigint): void {
  if (ringTokens !== undefined && BigInt(ringTokens.length) !== vnodeCount) {
    throw new UserError(
      `The params of a cluster with ${vnodeCount} vnodes need ${vnodeCount} ringTokens, one per vnode; there are ${ringTokens.length}.`,
    );
  }
  if (copies !== undefined && BigInt(copies) > vnodeCount) {
    throw new UserError(`A cluster with ${vnodeCount} vnodes cannot keep ${copies} copies: lower "replication".`);
  }
}
