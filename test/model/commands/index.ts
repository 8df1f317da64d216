import type fc from "fast-check";

import { ADMINISTRATOR_COMMANDS } from "./administrators";
import { ANYONE_COMMANDS } from "./anyone";
import type { Command, Weighted } from "./command";
import { MANAGER_COMMANDS } from "./managers";
import { OWNER_COMMANDS } from "./owners";
import { PROVIDER_COMMANDS } from "./providers";
import { TIME_COMMANDS } from "./wait";

const ALL: Weighted[] = [
  ...ADMINISTRATOR_COMMANDS,
  ...ANYONE_COMMANDS,
  ...MANAGER_COMMANDS,
  ...OWNER_COMMANDS,
  ...PROVIDER_COMMANDS,
  ...TIME_COMMANDS,
];
const OF_VNODES: Weighted[] = [...PROVIDER_COMMANDS, ...MANAGER_COMMANDS];

/** Each command as often as its weight says: fast-check picks them alike. */
function repeated(commands: readonly Weighted[]): fc.Arbitrary<Command>[] {
  return commands.flatMap(([weight, command]) => Array<fc.Arbitrary<Command>>(weight).fill(command));
}

/** What kinds of walks there are, and how many of ten are such. */
export const WALKS = [
  { what: "of everyone", share: 8, commands: repeated(ALL) },
  { what: "mostly of providers and managers", share: 2, commands: repeated([...ALL, ...OF_VNODES, ...OF_VNODES, ...OF_VNODES]) },
];
