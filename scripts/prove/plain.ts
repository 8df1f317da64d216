// The compiler writes casts and operations on bits as detours over bit vectors, of which z3 makes nothing beside products. Here they are
// written as arithmetic that says the same, or less.

/** A number where the compiler wants its bits, as a pattern. */
function word(number: string, name = number): string {
  const parts = [String.raw`\(ite \(>= `, String.raw` 0\) \(\(_ int2bv 256\) `, String.raw`\) \(bvneg \(\(_ int2bv 256\) \(- `];
  return [parts[0], number, parts[1], name, parts[2], name, String.raw`\)\)\)\)`].join("");
}

const WORDS = `${word(String.raw`(\S+)`, String.raw`\1`)} ${word(String.raw`(\S+)`, String.raw`\2`)}`;
const SAME_WORDS = `${word(String.raw`\1`)} ${word(String.raw`\2`)}`;
const operation = (name: string): RegExp => new RegExp(String.raw`\(bv2nat \(${name} ${WORDS}\)\)`, "g");

const CAST = /\(bv2nat \(ite \(>= (\S+) 0\) \(\(_ int2bv (\d+)\) \1\) \(bvneg \(\(_ int2bv \2\) \(- \1\)\)\)\)\)/g;
const SHIFT_LEFT = operation("bvshl");
const SHIFT_RIGHT = operation("bvlshr");
const AND = operation("bvand");
const OR = operation("bvor");
const SIGNED_SHIFT_RIGHT = new RegExp(
  [
    String.raw`\(ite \(= \(\(_ extract 255 255\)\(bvashr ${WORDS}\)\) #b0\)`,
    String.raw`\(bv2nat \(bvashr ${SAME_WORDS}\)\)`,
    String.raw`\(- \(bv2nat \(bvneg \(bvashr ${SAME_WORDS}\)\)\)\)\)`,
  ].join(" "),
  "g",
);

/** What the compiler names is defined once, as `(= name …)`. */
class Query {
  private readonly functions = new Map<string, string>();
  private readonly facts = new Set<string>();

  constructor(private text: string) {}

  /** What a shift by so many bits multiplies with: by a variable number of them, any number of one word, powers of two among them. */
  power(name: string): string {
    const bits = this.constantOf(name);
    if (bits !== undefined) return String(2n ** bits);
    this.functions.set("power", "(Int)");
    this.facts.add(`(=> (and (<= 0 ${name}) (< ${name} 256)) (and (<= 1 (power ${name})) (<= (power ${name}) ${2n ** 255n})))`);
    return `(power ${name})`;
  }

  /** The sum of two numbers, if the second begins where the first ends; otherwise nothing is known of it. */
  either(low: string, high: string): string {
    this.functions.set("either", "(Int Int)");
    const bits = this.shiftOf(high);
    if (bits !== undefined) {
      this.facts.add(`(=> (and (<= 0 ${low}) (< ${low} ${2n ** bits})) (= (either ${low} ${high}) (+ ${low} ${high})))`);
    }
    return `(either ${low} ${high})`;
  }

  /** The lowest bits of a number, where a mask of them is constant. */
  masked(value: string, mask: string): string | undefined {
    const limit = (this.constantOf(mask) ?? -1n) + 1n;
    return limit > 0n && (limit & (limit - 1n)) === 0n ? `(mod ${value} ${limit})` : undefined;
  }

  replace(pattern: RegExp, write: (first: string, second: string, whole: string) => string): void {
    this.text = this.text.replace(pattern, (whole: string, first: string, second: string) => write(first, second, whole));
  }

  toString(): string {
    const declarations = [...this.functions].map(([name, parameters]) => `(declare-fun ${name} ${parameters} Int)`);
    const facts = [...this.facts].map((fact) => `(assert ${fact})`);
    return this.text.replace("(assert", [...declarations, ...facts, "(assert"].join("\n"));
  }

  private constantOf(name: string): bigint | undefined {
    const definition = this.definitionOf(name, String.raw`(\d+)\)`);
    return definition === undefined ? undefined : BigInt(definition);
  }

  /** By how many bits something was shifted to the left. */
  private shiftOf(name: string): bigint | undefined {
    const constant = this.constantOf(name);
    // The lowest bit that is set.
    if (constant !== undefined && constant > 0n) return BigInt((constant & -constant).toString(2).length - 1);
    const shift = this.definitionOf(name, String.raw`\(bv2nat \(bvshl .*?\(- \S+?\)\)\)\) \(ite \(>= (\S+) 0\)`);
    return shift === undefined ? undefined : this.constantOf(shift);
  }

  private definitionOf(name: string, pattern: string): string | undefined {
    const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const found = new RegExp(String.raw`\(= ${quoted} ${pattern}`).exec(this.text)?.[1];
    if (found !== undefined) return found;
    const other = new RegExp(String.raw`\(= ${quoted} (expr_\w+|[a-zA-Z]\w*_\d+_\d+)\)`).exec(this.text)?.[1];
    return other === undefined || other === name ? undefined : this.definitionOf(other, pattern);
  }
}

/** A query as z3 understands it. */
export function plainQuery(text: string): string {
  const query = new Query(text);
  query.replace(OR, (low, high) => query.either(low, high));
  query.replace(AND, (value, mask, whole) => query.masked(value, mask) ?? query.masked(mask, value) ?? whole);
  query.replace(SIGNED_SHIFT_RIGHT, (value, shift) => `(div ${value} ${query.power(shift)})`);
  query.replace(SHIFT_RIGHT, (value, shift) => `(div ${value} ${query.power(shift)})`);
  query.replace(SHIFT_LEFT, (value, shift) => `(mod (* ${value} ${query.power(shift)}) ${2n ** 256n})`);
  query.replace(CAST, (value, bits) => `(mod ${value} ${2n ** BigInt(bits)})`);
  return query.toString();
}
