import { MaxUint256 } from "ethers";

import { Fraction } from "./fraction";
import type { Call } from "./call";
import type { Outcome } from "./chain";
import type { Cast } from "./market";

/** A value as people read it: those who take part by their names. */
export function tell(value: unknown, cast: Cast): string {
  if (value instanceof Fraction) return value.denominator === 1n ? String(value.numerator) : `${value.numerator}/${value.denominator}`;
  if (Array.isArray(value)) return `[${value.map((item) => tell(item, cast)).join(", ")}]`;
  if (value === MaxUint256) return "all";
  const text = String(value);
  return cast.names.get(text) ?? text;
}

/** Who did what, and what came of it. */
export function tellCall({ message, method, args }: Call, outcome: Outcome, cast: Cast): string {
  const refused = outcome === undefined ? "" : `, refused: ${outcome.error}`;
  return `${tell(message.sender, cast)}: ${method}${tellAll(args, cast)}${refused}`;
}

/** Arguments, in parentheses. */
export function tellAll(args: readonly unknown[], cast: Cast): string {
  return `(${args.map((argument) => tell(argument, cast)).join(", ")})`;
}
