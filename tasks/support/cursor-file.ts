import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

import { UserError } from "../../src";

/** A file that always has a whole cursor in it, the last or the one before. */
export class CursorFile {
  constructor(private readonly path: string) {}

  /** Its content; undefined if there is no file yet. */
  read(): string | undefined {
    return existsSync(this.path) ? this.try(() => readFileSync(this.path, "utf8"), "read") : undefined;
  }

  write(text: string): void {
    this.try(() => {
      // A rename is atomic: a killed process leaves the old file.
      writeFileSync(`${this.path}.new`, `${text}\n`);
      renameSync(`${this.path}.new`, this.path);
    }, "written");
  }

  private try<T>(act: () => T, what: string): T {
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(`The cursor cannot be ${what} (${reason}). Give --cursor a file in a folder that you can write to.`);
    }
  }
}
