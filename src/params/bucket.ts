import { z } from "zod";

import { metadata, parseWith, replication, serializeWith } from "./common";

/** A bucket's configuration: how its data is kept. */
export const bucketParamsSchema = z.strictObject({
  replication: replication.optional(),
  encryption: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "How the owner encrypts what is stored, for example AES-256-GCM, or none." }),
  metadata: metadata.optional(),
});

export type BucketParams = z.infer<typeof bucketParamsSchema>;

export function parseBucketParams(text: string): BucketParams | undefined {
  return parseWith(bucketParamsSchema, "bucket", text);
}

export function serializeBucketParams(params: BucketParams | undefined): string {
  return serializeWith(bucketParamsSchema, "bucket", params);
}
