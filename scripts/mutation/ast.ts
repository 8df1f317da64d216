/** A node of the syntax tree that solc gives: its type, its place in the source, and fields that depend on the type. */
export interface AstNode {
  nodeType: string;
  /** "start:length:file", in bytes. */
  src: string;
  [field: string]: unknown;
}

/** A source file, in which solc counts bytes. */
export class Source {
  private readonly bytes: Buffer;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.bytes = Buffer.from(text, "utf8");
  }

  slice(start: number, end: number): string {
    return this.bytes.subarray(start, end).toString("utf8");
  }

  /** The text with one range replaced. */
  replace(start: number, end: number, replacement: string): string {
    return this.slice(0, start) + replacement + this.slice(end, this.bytes.length);
  }

  textOf(node: AstNode): string {
    return this.slice(...rangeOf(node));
  }

  /** How many lines down a byte is, from 1. */
  lineOf(offset: number): number {
    return this.slice(0, offset).split("\n").length;
  }
}

export function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

/** Where a node starts, and where it ends. */
export function rangeOf(node: AstNode): [start: number, end: number] {
  const [start, length] = node.src.split(":").map(Number);
  if (start === undefined || length === undefined) throw new Error(`A node has no place: ${node.src}`);
  return [start, start + length];
}

/** The node in a field, which has to be there. */
export function childOf(node: AstNode, field: string): AstNode {
  const value = node[field];
  if (!isNode(value)) throw new Error(`A ${node.nodeType} has no ${field}.`);
  return value;
}

/** The nodes in a field that holds a list. */
export function listOf(node: AstNode, field: string): AstNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** All nodes directly below, with the field each is in. */
export function childrenOf(node: AstNode): [field: string, child: AstNode][] {
  return Object.entries(node).flatMap(([field, value]) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter(isNode).map((child): [string, AstNode] => [field, child]);
  });
}
