import solc from "solc";

import { type Property, readSource, sourceOf } from "./source";
import { Solver } from "./solver";

export type Engine = "bmc" | "chc";

/** What became of a property. */
export interface Outcome {
  name: string;
  /** How many checks hold for all inputs: assertions, and that no operation overflows, underflows or divides by zero. */
  proven: number;
  /** What does not, or could not be settled: with the place in the source. */
  open: string[];
  seconds: number;
}

/** What solc says it is typed as: anything. */
type Compile = (input: string, callbacks: { import: (unit: string) => { contents: string }; smtSolver: Solver["answer"] }) => string;

interface Message {
  severity: "error" | "warning" | "info";
  message: string;
  formattedMessage: string;
}

/** Seconds. The slowest query needs a fifth of it. */
const LIMIT = 25;
/** That assumptions contradict each other is seen soon, or not at all. */
const CONTRADICTION_LIMIT = 2;

/** Asks the model checker about targets of a property. What it calls slacks are names for quotients and rests. */
function check(
  property: Property,
  source: string,
  options: { engine: Engine; targets: string[]; slacks: boolean },
  solver: Solver,
): Message[] {
  const modelChecker = {
    contracts: { [property.file]: [property.name] },
    engine: options.engine,
    solvers: ["smtlib2"],
    targets: options.targets,
    divModNoSlacks: !options.slacks,
    showProvedSafe: true,
    showUnproved: true,
  };
  const input = {
    language: "Solidity",
    sources: { [property.file]: { content: source } },
    settings: { evmVersion: "cancun", modelChecker, outputSelection: {} },
  };
  const callbacks = { import: (unit: string) => ({ contents: readSource(unit) }), smtSolver: solver.answer };
  const { errors = [] } = JSON.parse((solc.compile as Compile)(JSON.stringify(input), callbacks)) as { errors?: Message[] };
  return errors;
}

function isSafe({ message }: Message): boolean {
  return /^(BMC|CHC): .* check is safe!/.test(message);
}

/** Whether the model checker says that something does not hold, or the compiler does not compile. */
function isOpen(message: Message): boolean {
  return message.severity === "error" || (/^(BMC|CHC):/.test(message.message) && !isSafe(message));
}

/**
 * Whether nothing meets the assumptions of a property, which would then prove anything: `false` at the end of its function
 * `check` has to be refused.
 */
function isVacuous(property: Property, source: string, engine: Engine, solver: Solver): boolean {
  const bare = source.replace(/^ *assert\(.*\);\n/gm, "");
  const end = bare.indexOf("\n    }", bare.indexOf("    function check(", bare.indexOf(`contract ${property.name} `)));
  const impossible = `${bare.slice(0, end)}\n        assert(false);${bare.slice(end)}`;
  return check(property, impossible, { engine, targets: ["assert"], slacks: true }, solver).some(isSafe);
}

/** Proves a property, or says what is open about it. */
export function prove(property: Property, engine: Engine): Outcome {
  const source = sourceOf(property);
  const solver = new Solver(LIMIT);
  const quick = new Solver(CONTRADICTION_LIMIT);
  const targets = ["assert", "overflow", "underflow", "divByZero"];
  try {
    let messages = check(property, source, { engine, targets, slacks: true }, solver);
    // Some can only be settled without names for quotients, most only with them.
    if (messages.some(isOpen)) messages = check(property, source, { engine, targets, slacks: false }, solver);
    const open = messages.filter(isOpen).map(({ formattedMessage }) => formattedMessage);
    const proven = messages.filter(isSafe).length;
    if (proven === 0) open.push("Nothing was checked.");
    if (isVacuous(property, source, engine, quick)) open.push("No input meets the assumptions.");
    return { name: property.name, proven, open, seconds: solver.seconds };
  } finally {
    solver.close();
    quick.close();
  }
}
