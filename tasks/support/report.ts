/** A part of what a task tells: as a text for people, and under its key in the JSON document. */
export interface Part {
  key: string;
  text: string;
  data: unknown;
}

/** Progress goes to stderr, so that stdout is nothing but the result. */
export function progress(message: string): void {
  console.error(message);
}

/** Prints the result of a task on stdout, and returns it for programs that run the task. */
export function report(parts: readonly Part[], json: boolean): unknown {
  const data = Object.fromEntries(parts.map((part) => [part.key, part.data]));
  console.log(json ? toJson(data) : parts.map((part) => part.text).filter((text) => text !== "").join("\n"));
  return data;
}

/** One JSON document; amounts as decimal texts, since JSON numbers are not exact. */
export function toJson(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2);
}
