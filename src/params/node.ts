import { z } from "zod";

import { engine, metadata, parseWith, serializeWith } from "./common";

const URL_EXPECTED = "has to be a URL with a host, for example https://node.example";

/** A node's configuration: where it answers, and what runs there. */
export const nodeParamsSchema = z.strictObject({
  url: z
    .url({ hostname: /./, error: ({ input }) => (input === undefined ? "is missing" : URL_EXPECTED) })
    .meta({ description: "Where the node answers." }),
  engine: engine.optional(),
  region: z.string().min(1).optional().meta({ description: "Where the node stands, for example eu-central." }),
  publicKey: z.string().min(1).optional().meta({ description: "The key by which the node proves who it is." }),
  metadata: metadata.optional(),
});

export type NodeParams = z.infer<typeof nodeParamsSchema>;

export function parseNodeParams(text: string): NodeParams | undefined {
  return parseWith(nodeParamsSchema, "node", text);
}

export function serializeNodeParams(params: NodeParams | undefined): string {
  return serializeWith(nodeParamsSchema, "node", params);
}
