import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "..", "..");
const PROPERTIES = "scripts/prove/properties";
const MATH = "@openzeppelin/contracts/utils/math/Math.sol";
const UNITS = "contracts/libraries/Units.sol";
const PLAIN_MATH = "scripts/prove/stand-ins/Math.sol";

/** Something that is to be proven: a contract whose function `check` asserts it. */
export interface Property {
  file: string;
  name: string;
  /** What is proven, in a sentence: the contract's `@notice`. */
  statement: string;
}

/** The text of a source unit as the compiler asks for it. Ours use a `Math` that the model checker can look into. */
export function readSource(unit: string): string {
  const own = join(ROOT, unit);
  if (!existsSync(own)) return readFileSync(join(ROOT, "node_modules", unit), "utf8");
  return readFileSync(own, "utf8").replace(MATH, PLAIN_MATH);
}

/** The only line of a file that begins like this, as an index. */
function lineThat(lines: readonly string[], begins: string, file: string): number {
  const found = lines.flatMap((line, index) => (line.trimStart().startsWith(begins) ? [index] : []));
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${file}: ${found.length} lines begin with "${begins}", not one.`);
  return found[0];
}

/** The index of the first line from `start` on that `matches`. */
function nextLine(lines: readonly string[], start: number, matches: (line: string) => boolean): number {
  const index = lines.findIndex((line, at) => at >= start && matches(line));
  if (index < 0) throw new Error(`Nothing ends what begins with "${lines[start - 1] ?? ""}".`);
  return index;
}

/** The statements of a function, without its head. */
function bodyOf(name: string, file: string): string {
  const lines = readSource(file).split("\n");
  const start = nextLine(lines, lineThat(lines, `function ${name}(`, file), (line) => line.endsWith("{")) + 1;
  return lines
    .slice(
      start,
      nextLine(lines, start, (line) => line === "    }"),
    )
    .join("\n");
}

function structOf(name: string, file: string): string {
  const lines = readSource(file).split("\n");
  const start = lineThat(lines, `struct ${name} {`, file);
  return lines.slice(start, nextLine(lines, start + 1, (line) => line.trim() === "}") + 1).join("\n");
}

/** The lines of a file from one to just before another, both given by how they begin. */
function cut(file: string, from: string, upTo: string): string {
  const lines = readSource(file).split("\n");
  const start = lineThat(lines, from, file);
  return lines
    .slice(
      start,
      nextLine(lines, start + 1, (line) => line.trimStart().startsWith(upTo)),
    )
    .join("\n")
    .replaceAll("private constant", "internal constant");
}

/**
 * Puts the lines of contracts where a property names them, so that what is proven is what is deployed:
 * the model checker forgets what a library writes through a storage pointer, and cannot call what is private.
 */
function withExcerpts(text: string): string {
  return text
    .replace(/^ *\/\/ body of (\w+) of (\S+)$/gm, (_, name: string, file: string) => bodyOf(name, file))
    .replace(/^ *\/\/ struct (\w+) of (\S+)$/gm, (_, name: string, file: string) => structOf(name, file))
    .replace(/^ *\/\/ cut (\S+) from "(.*)" up to "(.*)"$/gm, (_, file: string, from: string, upTo: string) => cut(file, from, upTo));
}

/** Units in numbers: the model checker takes a constant of a library for unknown where it is an exponent or a shift. */
function withPlainUnits(text: string): string {
  const units = [...readSource(UNITS).matchAll(/constant (\w+) = (\d+);/g)];
  return units.reduce((plain, [, name = "", value = ""]) => plain.replaceAll(new RegExp(`\\bUnits\\.${name}\\b`, "g"), value), text);
}

const CONTRACT = /^\/\/\/ @notice (.*)\ncontract (\w+)[^]*?\n}\n/gm;

/** All properties there are. */
export function listProperties(): Property[] {
  return readdirSync(join(ROOT, PROPERTIES)).flatMap((file) =>
    [...readSource(`${PROPERTIES}/${file}`).matchAll(CONTRACT)].map(([, statement = "", name = ""]) => ({
      file: `${PROPERTIES}/${file}`,
      name,
      statement,
    })),
  );
}

/** The source of one property, alone: the model checker takes its time with all that it is shown. */
export function sourceOf({ file, name }: Property): string {
  const alone = readSource(file).replace(CONTRACT, (text: string, _: string, found: string) => (found === name ? text : ""));
  return withPlainUnits(withExcerpts(alone));
}
