import { type Settings } from "./compiler";

/** What a worker is asked to do. */
export type Task =
  /** Runs all tests against the contracts as they are, compiled as changed ones are. */
  | { kind: "baseline"; tests: string[] }
  /** Compiles a changed file and runs tests, in this order, until one fails. */
  | { kind: "mutant"; file: string; text: string; tests: string[]; ignored: string[] };

/** What all tests do without a change. */
export interface Baseline {
  /** Full titles of the tests that fail, because they measure what is compiled. */
  ignored: string[];
  /** How long each file takes, in milliseconds. */
  milliseconds: Record<string, number>;
}

/** What became of a change. */
export type Verdict = { compileMs: number; testMs: number } & (
  | { status: "found"; test: string; title: string; reason: string; timedOut: boolean }
  | { status: "survived" }
  /** It does not compile, or compiles to the same: there was no change. */
  | { status: "none"; reason: string }
);

export type Answer = Baseline | Verdict;

/** Quick: what is compiled runs a few times only. */
export const CHEAP: Settings = {
  evmVersion: "cancun",
  viaIR: false,
  optimizer: { enabled: false },
  metadata: { bytecodeHash: "none" },
};
