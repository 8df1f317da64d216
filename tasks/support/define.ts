import { task } from "hardhat/config";
import type { HardhatRuntimeEnvironment, TaskArguments } from "hardhat/types";

import { type Call, type DecodedEvent, type SentCall, UserError, explain } from "../../src";
import { plainError } from "../../deployment/errors";
import { type Arguments, type ValuesOf, flag } from "./arguments";
import { type KnownContext, type TaskContext, openContext } from "./context";
import { type ExecutionOptions, chooseExecutor, executionArguments } from "./execution";
import { type Section, report, toJson, toJsonLine } from "./report";
import { executeRestricted, transactionSections } from "./send";

interface Definition<A extends Arguments> {
  /** `<registry>:<verb>`. */
  name: string;
  description: string;
  arguments: A;
}

interface ReadDefinition<A extends Arguments> extends Definition<A> {
  read: (context: TaskContext, values: ValuesOf<A>) => Promise<Section[]>;
}

interface StreamDefinition<A extends Arguments> extends Definition<A> {
  lines: (context: TaskContext, values: ValuesOf<A>) => AsyncIterable<Line>;
}

/** One line of a streaming task. */
export interface Line {
  text: string;
  data: unknown;
}

/** The result of a writing task's call, once it is in a block. */
export interface Written {
  /** The caller that the registries saw: the signer, or the contract that made the call. */
  caller: string;
  sent: SentCall;
  /** The first event of a name, if the call emitted one. */
  event: (name: string) => DecodedEvent["args"] | undefined;
}

interface WriteDefinition<A extends Arguments> extends Definition<A> {
  /** The default signer, without `--as`. */
  signer?: string;
  /** Whether the access manager decides who may make the call. */
  restricted?: true;
  /** Builds the call, after checking what the contracts do not. */
  call: (context: TaskContext, values: ValuesOf<A>, caller: string) => Promise<Call> | Call;
  /** Calls of the same caller that have to come first, such as an approval. */
  before?: (context: TaskContext, values: ValuesOf<A>, caller: string) => Promise<Call[]>;
  /** Tells what happened: a title, and the parts that changed. */
  written: (context: TaskContext, values: ValuesOf<A>, written: Written) => Promise<Section[]>;
}

const DEVELOPMENT_CHAIN = 31_337;
const jsonFlag = { json: flag("Print one JSON document") };

/** Defines a reading task. */
export function defineRead<A extends Arguments>(definition: ReadDefinition<A>): void {
  register(definition, { ...definition.arguments, ...jsonFlag }, async (context, values) =>
    definition.read(context, values as ValuesOf<A>),
  );
}

/** Defines a task that tells one line after the other; with `--json` each is a document of its own. */
export function defineStream<A extends Arguments>(definition: StreamDefinition<A>): void {
  const json = { json: flag("Print one JSON document in each line") };
  register(definition, { ...definition.arguments, ...json }, async (context, given) => {
    const values = given as ValuesOf<A> & { json?: boolean };
    for await (const { text, data } of definition.lines(context, values)) console.log(values.json === true ? toJsonLine(data) : text);
    return [];
  });
}

/** Defines a task that sets something up on a development chain, where there is nothing to lose. */
export function defineSetUp<A extends Arguments>(definition: ReadDefinition<A>): void {
  defineRead({
    ...definition,
    read: (context, values) => {
      if (context.deployment.chainId === DEVELOPMENT_CHAIN) return definition.read(context, values);
      throw new UserError(`${definition.name} is for development chains (npx hardhat node). On this network, use one that is there.`);
    },
  });
}

/** Defines a task that makes a call: everything is checked, the call is made without sending it, and only then it is sent. */
export function defineWrite<A extends Arguments>(definition: WriteDefinition<A>): void {
  const { signer: usualSigner = definition.restricted ? "admin" : "0", call, written } = definition;
  register(definition, { ...definition.arguments, ...executionArguments(usualSigner), ...jsonFlag }, async (context, given) => {
    const values = given as ValuesOf<A> & ExecutionOptions;
    const executor = await chooseExecutor(context, values, usualSigner);
    const caller = executor.address;
    const built = await call(context, values, caller);
    const before = (await definition.before?.(context, values, caller)) ?? [];
    const result = definition.restricted
      ? await executeRestricted(context, executor, built)
      : await executor.execute({ before, call: built });
    if (result.kind === "deferred") return result.sections;
    const { sent } = result;
    const event = (name: string): DecodedEvent["args"] | undefined => sent.events.find((found) => found.name === name)?.args;
    return [...(await written(context, values, { caller, sent, event })), ...transactionSections(sent)];
  });
}

function register<A extends Arguments>(
  { name, description }: { name: string; description: string },
  args: A,
  run: (context: TaskContext, values: ValuesOf<A>) => Promise<Section[]>,
): void {
  const defined = task(name, description);
  for (const [argument, { description: meaning, kind }] of Object.entries(args)) {
    if (kind === "flag") defined.addFlag(argument, meaning);
    // Required arguments are optional to Hardhat, which would print a stack trace for a missing one.
    else defined.addOptionalParam<string>(argument, kind === "required" ? `${meaning} [required]` : meaning);
  }
  defined.setAction(async (typed: TaskArguments, hre) => {
    const known: KnownContext = {};
    try {
      return await runTask(hre, args, typed, known, run);
    } catch (error) {
      // Errors speak of currencies, which not every task has looked up; without an answer they are shown by number.
      await known.lookUp?.().catch(() => undefined);
      throw refusal(error, known, hre.network.name, typed as Record<string, unknown>);
    }
  });
}

async function runTask<A extends Arguments>(
  hre: HardhatRuntimeEnvironment,
  args: A,
  typed: TaskArguments,
  known: KnownContext,
  run: (context: TaskContext, values: ValuesOf<A>) => Promise<Section[]>,
): Promise<unknown> {
  const given = typed as Record<string, string | boolean | undefined>;
  const readers = Object.entries(args)
    .filter(([name]) => given[name] !== undefined)
    .map(([name, argument]) => [name, argument.read(String(given[name]))] as const);
  refuseMissing(args, given);
  const context = await openContext(hre, known);
  const values: Record<string, unknown> = {};
  for (const [name, look] of readers) values[name] = await look(context);
  const sections = await run(context, values as ValuesOf<A>);
  // A streaming task has printed everything already.
  return sections.length === 0 ? {} : report(sections, given.json === true);
}

function refuseMissing(args: Arguments, given: Record<string, unknown>): void {
  const missing = Object.entries(args).filter(([name, { kind }]) => kind === "required" && given[name] === undefined);
  if (missing.length === 0) return;
  const lines = missing.map(
    ([name, { description }]) => `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}: ${description}`,
  );
  throw new UserError(`Missing option ${lines.join("\nMissing option ")}`);
}

/** Turns whatever was thrown into a message without a stack trace, with which Hardhat exits with code 1. */
function refusal(error: unknown, known: KnownContext, network: string, given: Record<string, unknown>): Error {
  const { name, message: why, values } = explain(error, known);
  const message = name === "NetworkUnreachable" ? `${network}: ${why}` : why;
  if (given.json === true) console.log(toJson({ error: { name, message, values } }));
  return plainError(message);
}
