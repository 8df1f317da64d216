import { inspect } from "node:util";

import { HardhatError } from "hardhat/internal/core/errors";
import { HardhatPluginError } from "hardhat/plugins";

/**
 * An error that the command line shows as its message and nothing else. Hardhat prints the stack trace of others wherever it
 * takes the machine for a build server, such as on any Linux without a screen.
 */
export function plainError(message: string): HardhatPluginError {
  return Object.assign(new HardhatPluginError("ddc", message), { [inspect.custom]: () => "" });
}

/** Lets errors of Hardhat itself, such as an unknown task or argument, be shown likewise, unless traces are asked for. */
export function hideStackTraces(): void {
  if (process.argv.includes("--show-stack-traces")) return;
  Object.defineProperty(HardhatError.prototype, inspect.custom, { value: () => "", configurable: true });
}
