import { z } from "zod";

import { bucketParamsSchema } from "./bucket";
import { clusterParamsSchema } from "./cluster";
import { nodeParamsSchema } from "./node";

/** The schemas of params as JSON Schema, for programs that are not written in TypeScript. */
export function jsonSchemas(): Record<"node" | "cluster" | "bucket", object> {
  return {
    node: jsonSchema(nodeParamsSchema, "Params of a node"),
    cluster: jsonSchema(clusterParamsSchema, "Params of a cluster"),
    bucket: jsonSchema(bucketParamsSchema, "Params of a bucket"),
  };
}

function jsonSchema(schema: z.ZodType, title: string): object {
  return { title, ...z.toJSONSchema(schema, { io: "input" }) };
}
