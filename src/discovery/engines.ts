import { satisfies, valid, validRange } from "semver";

import { UserError } from "../user-error";

/** The software that serves a cluster or runs on a node, as its params say. */
export interface Engine {
  name: string;
  version: string;
}

/** An engine that somebody looks for; without a range, any version will do. */
export interface WantedEngine {
  name: string;
  /** A range of semantic versions: `^1.2`, `1.4.x`, `>=1.2.0 <2`. */
  range: string | undefined;
}

/** An engine as people type it: `storage`, or `storage@^1.2`. */
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
 * Which part of what is wanted an engine is not. What is no semantic version (`1.2` lacks a third number) is in no range, and a
 * pre-release only in a range that names one.
 */
export function engineMismatch(engine: Engine | undefined, { name, range }: WantedEngine): "engine" | "version" | undefined {
  if (engine?.name !== name) return "engine";
  if (range === undefined) return undefined;
  return valid(engine.version) !== null && satisfies(engine.version, range) ? undefined : "version";
}
