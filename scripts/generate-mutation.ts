import { join } from "node:path";

import { writeOrCheck } from "./generated";
import { currentPage } from "./mutation/report";

/** docs/MUTATION.md: what is known of changes of the contracts as they are now. `--check` fails when it is stale. */
const root = join(__dirname, "..");
writeOrCheck(join(root, "docs", "MUTATION.md"), currentPage(root), "npm run docs");
