import Table from "cli-table3";

const PLAIN = { head: [], border: [], compact: true };

/** A table with a column for each heading. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({ head: [...headings], style: PLAIN });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

/** A table with a line for each field of one thing. */
export function card(fields: readonly (readonly [label: string, value: string])[]): string {
  const drawn = new Table({ style: PLAIN });
  drawn.push(...fields.map((field) => [...field]));
  return drawn.toString();
}

/** Reduces an untrusted text to printable characters. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, "?");
}
