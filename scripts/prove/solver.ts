import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

/**
 * The compiler writes a cast to N bits as one to a bit vector and back, which z3 makes nothing of beside products.
 * It is the same as the remainder of a division by 2^N, for negative numbers, too.
 */
function withPlainCasts(query: string): string {
  const cast = /\(bv2nat \(ite \(>= (\S+) 0\) \(\(_ int2bv (\d+)\) \1\) \(bvneg \(\(_ int2bv \2\) \(- \1\)\)\)\)\)/g;
  return query.replace(cast, (_, value: string, bits: string) => `(mod ${value} ${2n ** BigInt(bits)})`);
}

/** A number where the compiler wants its bits, as a pattern. */
const word = (number: string, name = number): string =>
  [
    String.raw`\(ite \(>= `,
    number,
    String.raw` 0\) \(\(_ int2bv 256\) `,
    name,
    String.raw`\) \(bvneg \(\(_ int2bv 256\) \(- `,
    name,
    String.raw`\)\)\)\)`,
  ].join("");
const WORDS = `${word(String.raw`(\S+)`, String.raw`\1`)} ${word(String.raw`(\S+)`, String.raw`\2`)}`;
const SAME_WORDS = `${word(String.raw`\1`)} ${word(String.raw`\2`)}`;

const SHIFTED_LEFT = new RegExp(String.raw`\(bv2nat \(bvshl ${WORDS}\)\)`, "g");
const SHIFTED_RIGHT = new RegExp(String.raw`\(bv2nat \(bvlshr ${WORDS}\)\)`, "g");
const SIGNED_SHIFTED_RIGHT = new RegExp(
  [
    String.raw`\(ite \(= \(\(_ extract 255 255\)\(bvashr ${WORDS}\)\) #b0\)`,
    String.raw`\(bv2nat \(bvashr ${SAME_WORDS}\)\)`,
    String.raw`\(- \(bv2nat \(bvneg \(bvashr ${SAME_WORDS}\)\)\)\)\)`,
  ].join(" "),
  "g",
);

/**
 * So it does with shifts. By a constant, they are divisions, rounded down, and products by a power of two. By a variable, they are those by
 * any number of one word: what holds for all of them holds for powers of two.
 */
function withPlainShifts(query: string): string {
  const variables = new Set<string>();
  const power = (shift: string): string => {
    const [, constant] = new RegExp(String.raw`\(= ${shift} (\d+)\)`).exec(query) ?? [];
    if (constant !== undefined) return String(2n ** BigInt(constant));
    variables.add(shift);
    return `(power ${shift})`;
  };
  const plain = query
    .replace(SIGNED_SHIFTED_RIGHT, (_, value: string, shift: string) => `(div ${value} ${power(shift)})`)
    .replace(SHIFTED_RIGHT, (_, value: string, shift: string) => `(div ${value} ${power(shift)})`)
    .replace(SHIFTED_LEFT, (_, value: string, shift: string) => `(mod (* ${value} ${power(shift)}) ${2n ** 256n})`);
  if (variables.size === 0) return plain;
  const facts = [...variables].map(
    (shift) => `(assert (=> (and (<= 0 ${shift}) (< ${shift} 256)) (and (<= 1 (power ${shift})) (<= (power ${shift}) ${2n ** 255n}))))`,
  );
  return plain.replace("(assert", ["(declare-fun power (Int) Int)", ...facts, "(assert"].join("\n"));
}

/** A query as z3 understands it. */
export function plainQuery(query: string): string {
  return withPlainShifts(withPlainCasts(query));
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
