import { MaxUint256 } from "ethers";

import { Fraction } from "./fraction";
import type { Cast } from "./market";

/** A value as people read it: those who take part by their names. */
export function tell(value: unknown, cast: Cast): string {
  if (value instanceof Fraction) return value.denominator === 1n ? String(value.numerator) : `${value.numerator}/${value.denominator}`;
  if (Array.isArray(value)) return `[${value.map((item) => tell(item, cast)).join(", ")}]`;
  if (value === MaxUint256) return "all";
  const text = typeof value === "string" && value !== "" ? value : value === "" ? '""' : String(value);
  return cast.names.get(text) ?? text;
}
