import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";

/** The program itself: the script that npm puts in front of it loses its exit code. */
const FORGE = join(
  dirname(require.resolve(`@foundry-rs/forge-${platform()}-${arch() === "x64" ? "amd64" : arch()}/package.json`)),
  "bin",
  "forge",
);

/** How often forge called a handler, and how often the call was refused. */
const Metrics = z.object({ calls: z.number(), reverts: z.number() });

const Step = z.object({ func_name: z.string(), raw_args: z.string() });

const TestResult = z.object({
  status: z.enum(["Success", "Failure"]),
  reason: z.string().nullable(),
  counterexample: z.object({ Sequence: z.tuple([z.number(), z.array(Step)]) }).nullable(),
  kind: z.object({ Invariant: z.object({ metrics: z.record(z.string(), Metrics) }).optional() }),
});

const Report = z.record(z.string(), z.object({ test_results: z.record(z.string(), TestResult) }));

export type HandlerMetrics = z.infer<typeof Metrics>;

/** What one run of forge with one seed found. */
export interface Batch {
  seed: number;
  /** By the name of the handler. */
  handlers: Map<string, HandlerMetrics>;
  /** What was found broken, and by which calls, shrunk: `invariant: what happened`. */
  failure?: { reason: string; steps: string[] };
}

interface Options {
  env?: Record<string, string>;
  /** Ends forge before its time. */
  signal?: AbortSignal;
}

/** Runs forge with the project in test/foundry/ of `root`, and returns what it prints. A campaign that fails has results, too. */
function forge(root: string, args: string[], { env, signal }: Options): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(FORGE, [...args, "--root", root], {
      cwd: root,
      env: { ...process.env, ...env, FOUNDRY_CONFIG: join(root, "test", "foundry", "foundry.toml") },
      stdio: ["ignore", "pipe", "pipe"],
      signal,
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (status) => {
      const output = Buffer.concat(stdout).toString();
      if (status !== 0 && !output.includes('"test_results"')) {
        reject(new Error(`forge ${args.join(" ")} failed:\n${output}${Buffer.concat(stderr).toString()}`));
      } else {
        resolve(output);
      }
    });
  });
}

export async function build(root: string): Promise<void> {
  await forge(root, ["build"], {});
}

/** Plays the campaign once with a seed. The contracts have to be built. */
export async function play(root: string, seed: number, { env, signal }: Options): Promise<Batch> {
  // A directory of its own, or forge would play what it found before again.
  const failures = mkdtempSync(join(tmpdir(), "invariants-"));
  try {
    const output = await forge(root, ["test", "--json", "--threads", "1", "--fuzz-seed", String(seed)], {
      env: { ...env, FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: failures },
      signal,
    });
    return readBatch(seed, output);
  } finally {
    rmSync(failures, { recursive: true, force: true });
  }
}

/** Reads what `forge test --json` prints: lines about events, and one with the results. */
export function readBatch(seed: number, output: string): Batch {
  const line = output.split("\n").find((candidate) => candidate.includes('"test_results"'));
  if (line === undefined) throw new Error(`forge reported no results:\n${output}`);
  const results = Object.values(Report.parse(JSON.parse(line))).flatMap(({ test_results }) => Object.values(test_results));
  const [result] = results;
  if (result === undefined || results.length > 1) throw new Error(`forge ran ${results.length} campaigns instead of one.`);

  const metrics = Object.entries(result.kind.Invariant?.metrics ?? {});
  // `file:Contract.handler`
  const handlers = new Map(metrics.map(([name, counts]) => [name.slice(name.lastIndexOf(".") + 1), counts]));
  if (result.status === "Success") return { seed, handlers };
  const steps = result.counterexample?.Sequence[1] ?? [];
  const failure = { reason: result.reason ?? "forge says no reason", steps: steps.map((step) => `${step.func_name}(${step.raw_args})`) };
  return { seed, handlers, failure };
}
