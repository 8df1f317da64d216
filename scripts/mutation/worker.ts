import { setPriority } from "node:os";
import { join } from "node:path";
import { ContractFactory, concat, dataLength, dataSlice } from "ethers";
import fc from "fast-check";
import { artifacts, config, network } from "hardhat";
import Mocha from "mocha";

import { Compiler, type Settings } from "./compiler";
import { CHEAP, type Answer, type Baseline, type Task, type Verdict } from "./protocol";
import { contractSources, deployedFiles } from "./sources";

// Runs the tests of the project again and again in one process, each time against other contracts: starting Hardhat takes longer than
// most changes live.

const ROOT = config.paths.root;
const TEST_TIMEOUT = 120_000;

interface Failure {
  test: string;
  title: string;
  reason: string;
  isHook: boolean;
  timedOut: boolean;
}

/** A test file that runs as often as one likes. */
class Suite extends Mocha {
  constructor(test: string) {
    super({ ...config.mocha, parallel: false, timeout: TEST_TIMEOUT, reporter: Mocha.reporters.Base });
    this.cleanReferencesAfterRun(false);
    this.addFile(join(ROOT, test));
    this.loadFiles();
  }
}

/** Creation code by the creation code that it takes the place of. */
const replacements = new Map<string, string>();
const suites = new Map<string, Suite>();
const compiler = new Compiler(ROOT, contractSources(ROOT), deployedFiles(ROOT));
const originals = new Map<string, ReadonlyMap<string, string>>();
/** Of the chain, since it was reset. */
const snapshots = new Set<string>();
let cleanChain: string | undefined;

/** Lets whatever is deployed be what it was replaced by, wherever the code of the original came from. */
function replaceDeployments(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is applied to the factory that it is called on
  const plain = ContractFactory.prototype.getDeployTransaction;
  ContractFactory.prototype.getDeployTransaction = async function (...args): ReturnType<typeof plain> {
    const transaction = await plain.apply(this, args);
    const replacement = replacements.get(this.bytecode);
    if (replacement === undefined) return transaction;
    return { ...transaction, data: concat([replacement, dataSlice(transaction.data, dataLength(this.bytecode))]) };
  };
}

async function install(code: ReadonlyMap<string, string>): Promise<void> {
  replacements.clear();
  for (const [name, creation] of code) {
    const { bytecode } = await artifacts.readArtifact(name);
    replacements.set(bytecode, creation);
  }
}

/** As it was when the process began: a failed test can leave anything behind. */
async function resetChain(): Promise<void> {
  const { provider } = network;
  if (cleanChain !== undefined) {
    await provider.send("evm_setAutomine", [true]);
    await provider.send("evm_setIntervalMining", [0]);
    if ((await provider.send("evm_revert", [cleanChain])) !== true) throw new Error("The chain cannot be reset.");
  }
  snapshots.clear();
  cleanChain = (await provider.send("evm_snapshot", [])) as string;
}

/** Refuses to go back to what was before the chain was reset, as fixtures try to: the chain would forget the reset, too. */
function refuseStaleSnapshots(): void {
  const { provider } = network;
  const plain = provider.send.bind(provider);
  provider.send = async (method, params): Promise<unknown> => {
    if (method === "evm_revert" && !snapshots.has(String(params?.[0]))) return false;
    const result: unknown = await plain(method, params);
    if (method === "evm_snapshot") snapshots.add(String(result));
    return result;
  };
}

/** A test file, loaded once. */
function suiteOf(test: string): Suite {
  const suite = suites.get(test) ?? new Suite(test);
  suites.set(test, suite);
  return suite;
}

function prepare(suite: Mocha.Suite, bail: boolean, ignored: ReadonlySet<string>): void {
  suite.bail(bail);
  suite.tests = suite.tests.filter((test) => !ignored.has(test.fullTitle()));
  for (const inner of suite.suites) prepare(inner, bail, ignored);
}

/** Runs a test file, to the first failure or to the end. */
async function run(test: string, bail: boolean, ignored: readonly string[]): Promise<Failure[]> {
  const mocha = suiteOf(test);
  prepare(mocha.suite, bail, new Set(ignored));
  const failures: Failure[] = [];
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => {
      runner.dispose();
      resolve();
    });
    runner.on("fail", (failed: Mocha.Runnable, error: Error & { code?: string }) => {
      failures.push({
        test,
        title: failed.fullTitle(),
        reason: (error.message.split("\n")[0] ?? "").slice(0, 200),
        isHook: failed instanceof Mocha.Hook,
        timedOut: error.code === "ERR_MOCHA_TIMEOUT",
      });
    });
  });
  return failures;
}

async function baseline(tests: string[]): Promise<Baseline> {
  const files = deployedFiles(ROOT);
  await install(new Map(files.flatMap((file) => [...original(file)])));
  await resetChain();
  const result: Baseline = { ignored: [], milliseconds: {} };
  for (const test of tests) {
    const started = Date.now();
    for (const { title, reason, isHook } of await run(test, false, [])) {
      if (isHook) throw new Error(`${test} cannot be prepared without a change: ${title}: ${reason}`);
      console.error(`Ignored, as it fails without a change: ${title}: ${reason}`);
      result.ignored.push(title);
    }
    result.milliseconds[test] = Date.now() - started;
  }
  return result;
}

/** The creation code of what depends on a file, as it is. */
function original(file: string, settings: Settings = CHEAP): ReadonlyMap<string, string> {
  const key = `${file} ${settings === CHEAP}`;
  let code = originals.get(key);
  if (code === undefined) {
    const compiled = compiler.compile(settings, file);
    if ("error" in compiled) throw new Error(compiled.error);
    code = compiled.code;
    originals.set(key, code);
  }
  return code;
}

/** What differs between two compilations. */
function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...after].filter(([name, code]) => before.get(name) !== code));
}

/** Whether the compiler of the project makes the same of it. It takes long, and can only be so if no test noticed. */
function isOptimizedAway(file: string, text: string): boolean {
  const [compilerConfig] = config.solidity.compilers;
  if (compilerConfig === undefined) throw new Error("The configuration names no compiler.");
  const settings = compilerConfig.settings as Settings;
  const compiled = compiler.compile(settings, file, text);
  return "code" in compiled && changed(original(file, settings), compiled.code).size === 0;
}

async function judge({ file, text, tests, ignored }: Task & { kind: "mutant" }): Promise<Verdict> {
  const started = Date.now();
  const compiled = compiler.compile(CHEAP, file, text);
  const compileMs = Date.now() - started;
  if ("error" in compiled) return { status: "none", reason: compiled.error, compileMs, testMs: 0 };
  const code = changed(original(file), compiled.code);
  if (code.size === 0) return { status: "none", reason: "compiles to the same", compileMs, testMs: 0 };

  await install(code);
  await resetChain();
  const testsStarted = Date.now();
  for (const test of tests) {
    const [failure] = await run(test, true, ignored);
    if (failure !== undefined) return { status: "found", ...failure, compileMs, testMs: Date.now() - testsStarted };
  }
  const testMs = Date.now() - testsStarted;
  if (isOptimizedAway(file, text)) return { status: "none", reason: "is optimized away", compileMs, testMs };
  return { status: "survived", compileMs, testMs };
}

setPriority(10);
// Random walks: some, and the first failure is enough.
process.env.DDC_RUNS ??= "10";
fc.configureGlobal({ endOnFailure: true });
config.networks.hardhat.allowUnlimitedContractSize = true;
replaceDeployments();
refuseStaleSnapshots();
process.on("disconnect", () => process.exit());
process.on("message", (task: Task) => {
  const answer: Promise<Answer> = task.kind === "baseline" ? baseline(task.tests) : judge(task);
  answer.then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
