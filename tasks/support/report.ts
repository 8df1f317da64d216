import type { JsonObject } from "../../src";

/** A section of a task's output: a text for people, and data under its key in the JSON document. */
export interface Section {
  key: string;
  text: string;
  data: unknown;
}

/** The sections that report results; the others show the state. */
const BRIEF: readonly string[] = ["done", "settled", "transaction", "safeTransaction", "proposal"];
let brief = false;

/** Progress goes to stderr, so that stdout is nothing but the result. */
export function progress(message: string): void {
  if (!brief) console.error(message);
}

/** Runs tasks that print their results only: for demos of many tasks. */
export async function inBrief<T>(run: () => Promise<T>): Promise<T> {
  brief = true;
  try {
    return await run();
  } finally {
    brief = false;
  }
}

/** Prints the result of a task on stdout, and returns it for programs that run the task. */
export function report(sections: readonly Section[], json: boolean): unknown {
  const data = Object.fromEntries(sections.map((part) => [part.key, part.data]));
  const shown = sections.filter(({ key, text }) => text !== "" && (!brief || BRIEF.includes(key)));
  console.log(json ? toJson(data) : shown.map((part) => part.text).join("\n"));
  return data;
}

/** The JSON document of some sections, as a program reads it. */
export function documentOf(sections: readonly Section[]): JsonObject {
  return JSON.parse(toJson(Object.fromEntries(sections.map(({ key, data }) => [key, data])))) as JsonObject;
}

/** One JSON document; amounts as decimal texts, since JSON numbers are not exact. */
export function toJson(data: unknown): string {
  return JSON.stringify(data, exact, 2);
}

/** The same in one line. */
export function toJsonLine(data: unknown): string {
  return JSON.stringify(data, exact);
}

function exact(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
