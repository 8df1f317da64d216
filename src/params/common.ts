import { z } from "zod";

import { UserError } from "../user-error";

/** Maximum length that the registries accept, in bytes of UTF-8. */
export const MAX_PARAMS_BYTES = 24_000;

/** Free data for its author: any JSON. */
export const metadata = z.record(z.string(), z.json()).meta({ description: "Free data: any JSON." });

/** The software that serves a cluster. */
export const engine = z
  .strictObject({
    name: z.string().min(1).meta({ description: "The engine's name, for example ddc-storage." }),
    version: z.string().min(1).meta({ description: "Its version, for example 1.4.0." }),
  })
  .meta({ description: "The software that runs on the nodes." });

/** On how many vnodes each piece of data is kept. */
export const replication = z.int().min(1).max(65_535).meta({ description: "On how many vnodes each piece of data is kept." });

/** Turns the text that a registry keeps into typed params; undefined: there is no configuration. */
export function parseWith<T>(schema: z.ZodObject & z.ZodType<T>, what: string, text: string): T | undefined {
  refuseTooLong(what, text);
  if (text === "") return undefined;
  const result = schema.safeParse(parseJson(what, text));
  if (result.success) return result.data;
  throw refusal(schema, what, result.error);
}

/** Turns typed params into the compact text that a registry keeps; undefined becomes the empty text. */
export function serializeWith<T>(schema: z.ZodObject & z.ZodType<T>, what: string, params: T | undefined): string {
  if (params === undefined) return "";
  const result = schema.safeParse(params);
  if (!result.success) throw refusal(schema, what, result.error);
  const text = JSON.stringify(result.data);
  refuseTooLong(what, text);
  return text;
}

function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The params of a ${what} have to be a JSON object, for example ${EXAMPLES[what] ?? "{}"} (${reason}).`);
  }
}

function refuseTooLong(what: string, text: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_PARAMS_BYTES) {
    throw new UserError(`The params of a ${what} are ${bytes} bytes long; at most ${MAX_PARAMS_BYTES} can be kept.`);
  }
}

function refusal(schema: z.ZodObject, what: string, error: z.ZodError): UserError {
  const fields = Object.keys(schema.shape);
  const problems = error.issues.map((issue) => describe(issue, fields));
  return new UserError(`The params of a ${what} do not match its schema: ${problems.join("; ")}.`);
}

function describe(issue: z.core.$ZodIssue, fields: string[]): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${path === "" ? key : `${path}.${key}`}"`).join(", ");
    const known = path === "" ? ` (the fields are ${fields.join(", ")}; anything else goes into metadata)` : "";
    return `${keys} is not a field${known}`;
  }
  const missing = issue.code === "invalid_type" && issue.message.includes("received undefined");
  if (missing) return `"${path}" is missing`;
  return path === "" ? lowerFirst(issue.message) : `"${path}" ${lowerFirst(issue.message)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const EXAMPLES: Record<string, string> = {
  node: '{"url":"https://node.example"}',
  cluster: '{"replication":3}',
  bucket: '{"replication":3}',
};
