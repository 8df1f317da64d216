import { join } from "node:path";

import { jsonSchemas } from "../src/params";
import { writeOrCheck } from "./generated";

// docs/schemas/*.json: the formats of params for programs that are not written in TypeScript. `--check` fails when they are stale.
for (const [what, schema] of Object.entries(jsonSchemas())) {
  const path = join(__dirname, "..", "docs", "schemas", `${what}.json`);
  writeOrCheck(path, `${JSON.stringify(schema, null, 2)}\n`, "npx ts-node scripts/generate-schemas.ts");
}
