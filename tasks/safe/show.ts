import { UserError, findSafe } from "../../src";
import { party } from "../support/arguments";
import { defineRead } from "../support/define";
import { safeSection } from "../support/safe";

defineRead({
  name: "safe:show",
  description: "Shows a Safe: its owners and its threshold",
  arguments: { safe: party("The Safe") },
  read: async (context, { safe }) => {
    const found = await findSafe(context.provider, safe);
    if (found === undefined) throw new UserError(`There is no Safe at ${context.nameOf(safe)} on this network.`);
    return [safeSection(context, found)];
  },
});
