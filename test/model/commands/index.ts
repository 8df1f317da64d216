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

/** All commands, each as often as its weight says: fast-check picks them alike. */
export const COMMANDS: fc.Arbitrary<Command>[] = ALL.flatMap(([weight, command]) => Array<fc.Arbitrary<Command>>(weight).fill(command));
