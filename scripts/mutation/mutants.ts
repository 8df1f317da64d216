import { createHash } from "node:crypto";

import { type AstNode, Source, childrenOf, rangeOf } from "./ast";
import { type Edit, type Operator, editsOf } from "./operators";

/** One change of one contract file. */
export interface Mutant {
  /** Says what the change is, without a line number: it stays the same when other code moves. */
  id: string;
  /** Short for the id. */
  code: string;
  file: string;
  /** The function, or the constant, that changes. */
  within: string;
  operator: Operator;
  original: string;
  mutated: string;
  /** Where the change is. Several changes of one place are one site. */
  site: string;
  line: number;
  /** The whole file with the change. */
  text: string;
  /** The function, or the constant, with the change. */
  member: string;
}

/** What is declared rather than done: nothing in it is changed. */
const SKIPPED = new Set([
  "ErrorDefinition",
  "EventDefinition",
  "ImportDirective",
  "InlineAssembly",
  "PragmaDirective",
  "StructDefinition",
  "UsingForDirective",
]);
const TYPE_FIELDS = new Set(["typeName", "parameters", "returnParameters", "baseContracts"]);

export function hashOf(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** All changes that can be made to a file, in the order of the text. */
export function mutantsOf(file: string, text: string, ast: AstNode): Mutant[] {
  const source = new Source(file, text);
  const found: { edit: Edit; member: AstNode }[] = [];

  const visit = (node: AstNode, field: string, around: AstNode): void => {
    if (SKIPPED.has(node.nodeType) || TYPE_FIELDS.has(field)) return;
    const member = nameOf(node) === undefined ? around : node;
    found.push(...editsOf(node, source, field).map((edit) => ({ edit, member })));
    for (const [childField, child] of childrenOf(node)) visit(child, childField, member);
  };
  visit(ast, "", ast);
  found.sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end);

  const seen = new Map<string, number>();
  return found.map(({ edit, member }) => {
    const within = nameOf(member) ?? "";
    const [memberStart, memberEnd] = rangeOf(member);
    const description = describe(source, edit);
    const plainId = `${file}:${within}: ${description.original} => ${description.mutated}`;
    const times = (seen.get(plainId) ?? 0) + 1;
    seen.set(plainId, times);
    const id = times === 1 ? plainId : `${plainId} (${times})`;
    return {
      id,
      code: hashOf(id).slice(0, 8),
      file,
      within,
      operator: edit.operator,
      ...description,
      site: `${edit.start}:${edit.end}`,
      line: source.lineOf(edit.start),
      text: source.replace(edit.start, edit.end, edit.replacement),
      member: source.slice(memberStart, edit.start) + edit.replacement + source.slice(edit.end, memberEnd),
    };
  });
}

/** The name of what a change would be in. */
function nameOf(node: AstNode): string | undefined {
  if (node.nodeType === "FunctionDefinition") return String(node.name) === "" ? String(node.kind) : String(node.name);
  return node.nodeType === "VariableDeclaration" && node.stateVariable === true ? String(node.name) : undefined;
}

/** The expression or statement before and after, on one line each. */
function describe(source: Source, { shown, start, end, replacement }: Edit): { original: string; mutated: string } {
  const [from, to] = rangeOf(shown);
  const mutated = source.slice(from, start) + replacement + source.slice(end, Math.max(to, end));
  return { original: oneLine(source.slice(from, Math.max(to, end))), mutated: oneLine(mutated) || "(nothing)" };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
