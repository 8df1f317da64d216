import { satisfies, valid, validRange } from "semver";

import { UserError } from "../user-error";

/** The software of a cluster or a node, from its params. */
export interface Engine {
  name: string;
  version: string;
}

/** A wanted engine; without a range, any version matches. */
export interface WantedEngine {
  name: string;
  /** A range of semantic versions: `^1.2`, `1.4.x`, `>=1.2.0 <2`. */
  range: string | undefined;
}

/** Parses a wanted engine: `storage`, or `storage@^1.2`. */
export function parseWantedEngine(text: string): WantedEngine {
  const [, name, range] = /^([^@]+)(?:@(.*))?$/s.exec(text.trim()) ?? [];
  if (name === undefined) throw new UserError(`"${text}" names no engine. Type its name, and a range of versions: storage@^1.2.`);
  if (range === undefined) return { name, range };
  if (range.trim() === "" || validRange(range) === null) {
    throw new UserError(
      `"${range}" is no range of semantic versions. Type for example ${name}@^1.2, ${name}@1.4.x or ${name}@">=1.2.0 <2".`,
    );
  }
  return { name, range };
}

/**
 * The part of the wanted engine that does not match. A text that is not a semantic version (`1.2` lacks a third number) is in no range, and a
 * pre-release only in a range that names one.
 */
export function engineMismatch(engine: Engine | undefined, { name, range }: WantedEngine): "engine" | "version" | undefined {
  if (engine?.name !== name) return "engine";
  if (range === undefined) return undefined;
  return valid(engine.version) !== null && satisfies(engine.version, range) ? undefined : "version";
}
