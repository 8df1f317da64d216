import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { jsonSchemas } from "../src/params";
import { writeOrCheck } from "./generated";

/** docs/schemas/*.json: the formats of params for programs that are not written in TypeScript. `--check` fails when they are stale. */
async function generate(): Promise<void> {
  for (const [what, schema] of Object.entries(jsonSchemas())) {
    const path = join(__dirname, "..", "docs", "schemas", `${what}.json`);
    const text = await format(JSON.stringify(schema), { ...(await resolveConfig(path)), filepath: path });
    writeOrCheck(path, text, "npm run docs");
  }
}

void generate();
