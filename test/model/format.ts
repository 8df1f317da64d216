import { MaxUint256 } from "ethers";

import { Fraction } from "./fraction";
import type { Call } from "./call";
import type { CallResult } from "./chain";
import type { Cast } from "./setup";

/** A value as people read it: those who take part by their names. */
export function format(value: unknown, cast: Cast): string {
  if (value instanceof Fraction) return value.denominator === 1n ? String(value.numerator) : `${value.numerator}/${value.denominator}`;
  if (Array.isArray(value)) return `[${value.map((item) => format(item, cast)).join(", ")}]`;
  if (value === MaxUint256) return "all";
  const text = String(value);
  return cast.names.get(text) ?? text;
}

/** Who did what, and what came of it. */
export function formatCall({ message, method, args }: Call, outcome: CallResult, cast: Cast): string {
  const refused = outcome === undefined ? "" : `, refused: ${outcome.error}`;
  return `${format(message.sender, cast)}: ${method}${formatArgs(args, cast)}${refused}`;
}

/** Arguments, in parentheses. */
export function formatArgs(args: readonly unknown[], cast: Cast): string {
  return `(${args.map((argument) => format(argument, cast)).join(", ")})`;
}
