import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";

import { type Mutant, hashOf } from "./mutants";
import { type Verdict } from "./protocol";
import { type Find } from "./tests";

/** What became of a change: of a verdict, what is still true when it is read on another machine. */
export type Result = { key: string; id: string; file: string; within: string } & (
  { status: "found"; test: string; title: string } | { status: "survived" } | { status: "none" }
);

/**
 * What became of changes, one JSON document a line, so that an interruption loses one change at most. The file is committed: what is known of
 * a function stays known for as long as it reads the same.
 */
export class Results {
  private readonly known = new Map<string, Result>();

  constructor(private readonly path: string) {
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

  add(mutant: Mutant, verdict: Verdict): Result {
    const { id, file, within } = mutant;
    const found = verdict.status === "found" ? { test: verdict.test, title: verdict.title } : {};
    const result = { key: keyOf(mutant), id, file, within, status: verdict.status, ...found } as Result;
    this.known.set(result.key, result);
    appendFileSync(this.path, `${JSON.stringify(result)}\n`);
    return result;
  }

  /** Leaves only what is known about these changes, in their order: the rest is about code that is gone. */
  keepOnly(mutants: readonly Mutant[]): void {
    const kept = mutants.flatMap((mutant) => this.of(mutant) ?? []);
    writeFileSync(this.path, kept.map((result) => `${JSON.stringify(result)}\n`).join(""));
  }

  finds(): Find[] {
    return [...this.known.values()].filter((result) => result.status === "found");
  }
}

/** Stays the same while the function does: a change elsewhere in the file does not spoil what is known. */
function keyOf({ id, member }: Mutant): string {
  return hashOf(id, member).slice(0, 16);
}
