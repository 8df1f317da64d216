import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { writeOrCheck } from "./generated";
import { encryptionVectors } from "./vectors/encryption";
import { requestVectors } from "./vectors/requests";
import { ringVectors } from "./vectors/ring";

/** test/vectors/*.json: examples of the written formats, for other implementations. `--check` fails when they are stale. */
async function generate(): Promise<void> {
  const vectors = { encryption: await encryptionVectors(), requests: await requestVectors(), ring: ringVectors() };
  for (const [what, examples] of Object.entries(vectors)) {
    const path = join(__dirname, "..", "test", "vectors", `${what}.json`);
    const text = await format(JSON.stringify(examples), { ...(await resolveConfig(path)), filepath: path });
    writeOrCheck(path, text, "npm run docs");
  }
}

void generate();
