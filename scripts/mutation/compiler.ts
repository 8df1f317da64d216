import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import solc from "solc";

import { type AstNode, isNode } from "./ast";

/** What solc says it is typed as: anything. */
type Compile = (input: string, callbacks: { import: (path: string) => { contents: string } }) => string;

/** The creation code of contracts by their full names, or what the compiler had against the sources. */
export type Compiled = { code: Map<string, string> } | { error: string };

interface Output {
  errors?: { severity: string; message: string }[];
  contracts?: Record<string, Record<string, { evm?: { bytecode: { object: string } } }>>;
  sources?: Record<string, { ast?: unknown }>;
}

/** Settings of solc. */
export type Settings = Readonly<Record<string, unknown>>;

/** Compiles the contracts that a change can reach, and no others. */
export class Compiler {
  /**
   * @param root The directory of the project.
   * @param sources The text of each contract file.
   * @param deployed The files of the contracts that are deployed.
   */
  constructor(
    private readonly root: string,
    private readonly sources: ReadonlyMap<string, string>,
    private readonly deployed: readonly string[],
  ) {}

  /** The syntax tree of a file. */
  parse(file: string): AstNode {
    const input = {
      language: "Solidity",
      sources: { [file]: { content: this.sources.get(file) } },
      settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
    };
    const ast = this.run(input, this.sources).sources?.[file]?.ast;
    if (!isNode(ast)) throw new Error(`${file} cannot be parsed.`);
    return ast;
  }

  /** Compiles all deployed contracts that depend on a file, with another text in it if one is given. */
  compile(settings: Settings, file: string, text?: string): Compiled {
    const sources = text === undefined ? this.sources : new Map([...this.sources, [file, text]]);
    const dependents = this.deployed.filter((deployed) => this.dependencies(deployed).has(file));
    // Imports go in circles, and the compiler does not find into them from every file: from the first it does.
    const roots = [...new Set([...this.deployed.slice(0, 1), ...dependents])];
    const selected = (name: string): object => ({ "*": [dependents.includes(name) ? "evm.bytecode.object" : "abi"] });
    const output = this.run(
      {
        language: "Solidity",
        sources: Object.fromEntries(roots.map((name) => [name, { content: sources.get(name) }])),
        settings: { ...settings, outputSelection: Object.fromEntries(roots.map((name) => [name, selected(name)])) },
      },
      sources,
    );
    const error = output.errors?.find(({ severity }) => severity === "error");
    if (error !== undefined) return { error: error.message };

    const code = new Map<string, string>();
    for (const [path, contracts] of Object.entries(output.contracts ?? {})) {
      for (const [name, { evm }] of Object.entries(contracts)) {
        if (evm !== undefined && evm.bytecode.object !== "") code.set(`${path}:${name}`, `0x${evm.bytecode.object}`);
      }
    }
    return { code };
  }

  /** The files of the project that a file imports, directly or not, and itself. */
  private dependencies(file: string, known = new Set<string>()): Set<string> {
    if (known.has(file)) return known;
    known.add(file);
    for (const [, path = ""] of (this.sources.get(file) ?? "").matchAll(/^import .*"(\.{1,2}\/[^"]+)";$/gm)) {
      this.dependencies(posix.join(posix.dirname(file), path), known);
    }
    return known;
  }

  private run(input: object, sources: ReadonlyMap<string, string>): Output {
    const read = (path: string): { contents: string } => ({
      contents: sources.get(path) ?? readFileSync(join(this.root, "node_modules", path), "utf8"),
    });
    return JSON.parse((solc.compile as Compile)(JSON.stringify(input), { import: read })) as Output;
  }
}
