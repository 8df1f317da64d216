import { type AstNode, type Source, childOf, isNode, listOf, rangeOf } from "./ast";

export type Operator =
  | "access check removed"
  | "arithmetic"
  | "assignment removed"
  | "branches swapped"
  | "call removed"
  | "check removed"
  | "comparison"
  | "condition negated"
  | "constant"
  | "logic"
  | "min and max"
  | "rounding";

/** A change of the text between two bytes. */
export interface Edit {
  operator: Operator;
  start: number;
  end: number;
  replacement: string;
  /** What the change is described by: the smallest expression or statement around it. */
  shown: AstNode;
}

const ARITHMETIC: Record<string, string> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
  "<<": ">>",
  ">>": "<<",
  "|": "&",
  "&": "|",
};
const LOGIC: Record<string, string> = { "&&": "||", "||": "&&" };
/** For an order: off by one, and the opposite. */
const COMPARISON: Record<string, string[]> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};
const ASSIGNMENT: Record<string, string> = { "+=": "-=", "-=": "+=", ">>=": "<<=", "<<=": ">>=" };
const STEP: Record<string, string> = { "++": "--", "--": "++" };
const EXTREMES: Record<string, string> = { max: "min", min: "max" };
/** What looks an item up and checks who calls, or what state it is in; and what only looks it up. */
const UNCHECKED: Record<string, string> = {
  _heldBucket: "_bucket",
  _managedCluster: "_cluster",
  _ownBucket: "_bucket",
  _ownNode: "_node",
};

type Editor = (node: AstNode, source: Source, field: string) => Edit[];

/** Another operator between, before or after the operands of an expression. */
function swapped(node: AstNode, source: Source, operator: Operator, between: [number, number], to: string): Edit {
  const symbol = String(node.operator);
  const start = between[0] + source.slice(...between).indexOf(symbol);
  return { operator, start, end: start + symbol.length, replacement: to, shown: node };
}

function replaced(node: AstNode, operator: Operator, replacement: string): Edit {
  const [start, end] = rangeOf(node);
  return { operator, start, end, replacement, shown: node };
}

/** An empty block instead of a statement and its semicolon. */
function removed(node: AstNode, source: Source, operator: Operator): Edit {
  const [start, end] = rangeOf(node);
  const semicolon = source.slice(end, end + 1) === ";" ? 1 : 0;
  return { operator, start, end: end + semicolon, replacement: "{}", shown: node };
}

/** The name of the function in a call like `name(…)`, or of the member in one like `it.name(…)`. */
function calledName(call: AstNode): string {
  const callee = childOf(call, "expression");
  const name = callee.name ?? callee.memberName;
  return typeof name === "string" ? name : "";
}

function isRequire(call: AstNode): boolean {
  return call.nodeType === "FunctionCall" && calledName(call) === "require";
}

const binaryOperation: Editor = (node, source) => {
  const symbol = String(node.operator);
  const between: [number, number] = [rangeOf(childOf(node, "leftExpression"))[1], rangeOf(childOf(node, "rightExpression"))[0]];
  const swaps = (operator: Operator, to: string[]): Edit[] => to.map((other) => swapped(node, source, operator, between, other));
  return [
    ...swaps("arithmetic", symbol in ARITHMETIC ? [ARITHMETIC[symbol] ?? ""] : []),
    ...swaps("logic", symbol in LOGIC ? [LOGIC[symbol] ?? ""] : []),
    ...swaps("comparison", COMPARISON[symbol] ?? []),
  ];
};

const unaryOperation: Editor = (node, source) => {
  const symbol = String(node.operator);
  if (symbol === "!") return [replaced(node, "logic", source.textOf(childOf(node, "subExpression")))];
  const step = STEP[symbol];
  return step === undefined ? [] : [swapped(node, source, "arithmetic", rangeOf(node), step)];
};

const assignment: Editor = (node, source) => {
  const other = ASSIGNMENT[String(node.operator)];
  if (other === undefined) return [];
  const between: [number, number] = [rangeOf(childOf(node, "leftHandSide"))[1], rangeOf(childOf(node, "rightHandSide"))[0]];
  return [swapped(node, source, "arithmetic", between, other)];
};

const literal: Editor = (node, source) => {
  if (node.kind === "bool") return [replaced(node, "constant", node.value === "true" ? "false" : "true")];
  if (node.kind !== "number") return [];
  // An amount, the exponent of ten and the unit of time that may follow.
  const match = /^([\d_]+)(?:e(\d+))?(\s+\w+)?$/.exec(source.textOf(node));
  if (match === null) return [];
  const [, digits = "", exponent, unit = ""] = match;
  const value = BigInt(digits.replaceAll("_", ""));
  const others =
    exponent === undefined
      ? [value + 1n, value - 1n].filter((other) => other >= 0n).map((other) => `${other}${unit}`)
      : [BigInt(exponent) + 1n, BigInt(exponent) - 1n].map((other) => `${digits}e${other}`);
  return others.map((other) => replaced(node, "constant", other));
};

const memberAccess: Editor = (node, source) => {
  const text = source.textOf(node);
  return /^type\(\w+\)\.max$/.test(text) ? [replaced(node, "constant", `(${text} - 1)`)] : [];
};

const functionCall: Editor = (node, source) => {
  const name = calledName(node);
  const callee = childOf(node, "expression");
  const [first, second] = listOf(node, "arguments");

  if (isRequire(node) && first !== undefined) return negated(first, source);
  const unchecked = UNCHECKED[name];
  if (unchecked !== undefined) return [{ ...replaced(callee, "access check removed", unchecked), shown: node }];

  if (callee.nodeType !== "MemberAccess" || source.textOf(childOf(callee, "expression")) !== "Math") return [];
  const extreme = EXTREMES[name];
  if (extreme !== undefined) return [{ ...replaced(callee, "min and max", `Math.${extreme}`), shown: node }];
  if (name !== "ceilDiv" || first === undefined || second === undefined) return [];
  return [replaced(node, "rounding", `((${source.textOf(first)}) / (${source.textOf(second)}))`)];
};

/** The opposite of a condition; of an equation the other operator says the same. */
function negated(condition: AstNode, source: Source): Edit[] {
  if (condition.operator === "==" || condition.operator === "!=" || condition.operator === "!") return [];
  return [replaced(condition, "condition negated", `!(${source.textOf(condition)})`)];
}

const ifStatement: Editor = (node, source) => negated(childOf(node, "condition"), source);

const conditional: Editor = (node, source) => {
  const [whenTrue, whenFalse] = [childOf(node, "trueExpression"), childOf(node, "falseExpression")];
  const [start, end] = [rangeOf(whenTrue)[0], rangeOf(whenFalse)[1]];
  const replacement = `${source.textOf(whenFalse)} : ${source.textOf(whenTrue)}`;
  return [{ operator: "branches swapped", start, end, replacement, shown: node }];
};

const expressionStatement: Editor = (node, source, field) => {
  // What a loop does after each round is no statement of its own.
  if (field === "loopExpression") return [];
  const expression = childOf(node, "expression");
  if (expression.nodeType !== "FunctionCall") return [removed(node, source, "assignment removed")];
  if (isRequire(expression)) return [removed(node, source, "check removed")];
  const isCheck = calledName(expression).startsWith("_require") || calledName(expression) in UNCHECKED;
  return [removed(node, source, isCheck ? "access check removed" : "call removed")];
};

const revertStatement: Editor = (node, source) => [removed(node, source, "check removed")];

/** What a modifier guards against; a constructor names the contracts that it extends in the same way. */
const functionDefinition: Editor = (node) => {
  const modifiers = node.kind === "constructor" ? [] : listOf(node, "modifiers");
  return modifiers.map((modifier) => replaced(modifier, "access check removed", ""));
};

const EDITORS: Record<string, Editor> = {
  Assignment: assignment,
  BinaryOperation: binaryOperation,
  Conditional: conditional,
  ExpressionStatement: expressionStatement,
  FunctionCall: functionCall,
  FunctionDefinition: functionDefinition,
  IfStatement: ifStatement,
  Literal: literal,
  MemberAccess: memberAccess,
  RevertStatement: revertStatement,
  UnaryOperation: unaryOperation,
};

/** The changes of one node itself, not of those below it. */
export function editsOf(node: AstNode, source: Source, field: string): Edit[] {
  return isNode(node) ? (EDITORS[node.nodeType]?.(node, source, field) ?? []) : [];
}
