import ts from "typescript";

import { NETWORK_CONTRACTS } from "../../src/contract-names";

/** What a program's tests assert, as keys that {keyOf} makes of the same facts. */
export type Assertions = ReadonlySet<string>;

/** What identifies an assertion: a function belongs to a registry; an event or error is the same wherever it is declared. */
export function keyOf(kind: "error" | "event" | "function", name: string, registry = ""): string {
  return kind === "function" ? `function ${registry}.${name}` : `${kind} ${name}`;
}

const MATCHERS: Record<string, "error" | "event"> = { emit: "event", revertedWithCustomError: "error" };

/** The parts of a call `object.method(...)`, or `object["method"](...)`. */
interface MethodCall {
  object: ts.Expression;
  methods: string[];
  arguments: readonly ts.Expression[];
  call: ts.CallExpression;
}

/** Reads what the tests in `files` assert. */
export class Scanner {
  private readonly checker: ts.TypeChecker;
  private readonly found = new Set<string>();

  public constructor(private readonly program: ts.Program) {
    this.checker = program.getTypeChecker();
  }

  public scan(files: readonly string[]): Assertions {
    for (const file of files) {
      const source = this.program.getSourceFile(file);
      if (source === undefined) throw new Error(`${file} is not part of the program.`);
      this.visit(source);
    }
    return this.found;
  }

  private visit(node: ts.Node): void {
    if (ts.isCallExpression(node)) {
      const method = this.methodCall(node);
      if (method !== undefined) this.inspect(method);
    }
    ts.forEachChild(node, (child) => {
      this.visit(child);
    });
  }

  private methodCall(call: ts.CallExpression): MethodCall | undefined {
    let callee = call.expression;
    // `registry.name.staticCall(...)` calls `name`, too.
    if (ts.isPropertyAccessExpression(callee) && callee.name.text === "staticCall") callee = callee.expression;
    if (ts.isPropertyAccessExpression(callee)) {
      return { object: callee.expression, methods: [callee.name.text], arguments: call.arguments, call };
    }
    if (ts.isElementAccessExpression(callee)) {
      return { object: callee.expression, methods: this.texts(callee.argumentExpression), arguments: call.arguments, call };
    }
    return undefined;
  }

  private inspect({ object, methods, arguments: args, call }: MethodCall): void {
    const registry = this.registryOf(object);
    if (registry !== undefined) {
      for (const method of methods) this.found.add(keyOf("function", method, registry));
      return;
    }
    const kind = methods[0] === undefined ? undefined : MATCHERS[methods[0]];
    const [contract, name] = args;
    if (kind === undefined || contract === undefined || name === undefined || this.registryOf(contract) === undefined) return;
    for (const text of this.texts(name)) {
      this.found.add(keyOf(kind, text));
      if (isFollowedBy(call, "withArgs")) this.found.add(withArguments(keyOf(kind, text)));
    }
  }

  /** The name of the registry that an expression stands for, be it the contract's type or its interface's. */
  private registryOf(expression: ts.Expression): string | undefined {
    const name = this.checker.getTypeAtLocation(expression).getSymbol()?.getName() ?? "";
    return NETWORK_CONTRACTS.find((registry) => name === registry || name === `I${registry}`);
  }

  /** All the texts that an expression can be, as far as its type says. */
  private texts(expression: ts.Expression): string[] {
    const type = this.checker.getTypeAtLocation(expression);
    const parts = type.isUnion() ? type.types : [type];
    return parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
  }
}

export function withArguments(key: string): string {
  return `${key} with arguments`;
}

function isFollowedBy(call: ts.CallExpression, method: string): boolean {
  const access = call.parent;
  return ts.isPropertyAccessExpression(access) && access.name.text === method && ts.isCallExpression(access.parent);
}
