import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { plainQuery } from "./plain";

/** What a query came to: `unsat` means that nothing contradicts what it asks about. */
type Verdict = "sat" | "unsat" | "unknown";

/** How z3 is asked, in turn until it answers: what it settles depends on how it looks at products. */
const STRATEGIES = [["smt.arith.nl.order=false", "smt.arith.nl.tangents=false"], ["smt.random_seed=7"]];

/** The version of z3 that is installed; throws when there is none. */
export function solverVersion(): string {
  const { status, stdout } = spawnSync("z3", ["--version"], { encoding: "utf8" });
  if (status !== 0) throw new Error('There is no z3: install the Debian package ("apt-get install -y z3"), or another way.');
  return stdout.trim();
}

function verdictOf(output: string): Verdict {
  const [first] = output.split("\n");
  return first === "sat" || first === "unsat" ? first : "unknown";
}

/** Answers the compiler's queries, and keeps how long that took. */
export class Solver {
  seconds = 0;
  private readonly directory = mkdtempSync(join(tmpdir(), "prove-"));

  /** @param limit How many seconds of a processor a query may take, each way: however busy the machine is. */
  constructor(private readonly limit: number) {}

  readonly answer = (query: string): { contents: string } => {
    const file = join(this.directory, "query.smt2");
    writeFileSync(file, plainQuery(query));
    const started = process.hrtime.bigint();
    let output = "unknown\n";
    for (const strategy of STRATEGIES) {
      const command = `ulimit -t ${this.limit}; exec z3 -smt2 ${strategy.join(" ")} "$0"`;
      const { stdout } = spawnSync("sh", ["-c", command, file], { encoding: "utf8" });
      if (verdictOf(stdout) === "unknown") continue;
      output = stdout;
      break;
    }
    this.seconds += Number(process.hrtime.bigint() - started) / 1e9;
    return { contents: output };
  };

  close(): void {
    rmSync(this.directory, { recursive: true });
  }
}
