import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import { type Mutant, hashOf } from "./mutants";
import { type Verdict } from "./protocol";
import { type Find } from "./tests";

export type Result = Verdict & { key: string; id: string; file: string; within: string };

/** What became of changes, kept in a file of one JSON document a line, so that an interruption loses one change at most. */
export class Results {
  private readonly known = new Map<string, Result>();

  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    // The last line is cut short if a run was killed while it wrote it.
    for (const line of lines.filter((text) => text.endsWith("}"))) {
      const result = JSON.parse(line) as Result;
      this.known.set(result.key, result);
    }
  }

  /** What is known about a change of a function that still reads as it did then. */
  of(mutant: Mutant): Result | undefined {
    return this.known.get(keyOf(mutant));
  }

  add({ id, file, within, ...mutant }: Mutant, verdict: Verdict): Result {
    const result = { key: keyOf({ id, file, within, ...mutant }), id, file, within, ...verdict };
    this.known.set(result.key, result);
    appendFileSync(this.path, `${JSON.stringify(result)}\n`);
    return result;
  }

  finds(): Find[] {
    return [...this.known.values()].filter((result) => result.status === "found");
  }
}

/** Stays the same while the function does: a change elsewhere in the file does not spoil what is known. */
function keyOf({ id, member }: Mutant): string {
  return hashOf(id, member).slice(0, 16);
}
