import { createSafe } from "../../deployment/safe";
import { findSafe } from "../../src";
import { count, parties } from "../support/arguments";
import { defineSetUp } from "../support/define";
import { title } from "../support/sections";
import { safeSection } from "../support/safe";

defineSetUp({
  name: "safe:create",
  description: "Creates a Safe on a development chain; elsewhere, create it with the Safe app",
  arguments: {
    owners: parties("Its owners"),
    threshold: count("Number of owners that have to approve", "threshold", 1n),
  },
  read: async (context, { owners, threshold }) => {
    const address = await createSafe(context.hre, owners, threshold);
    const safe = await findSafe(context.provider, address);
    if (safe === undefined) throw new Error(`the Safe ${address} does not answer`);
    return [title(`Safe ${address} is created.`), safeSection(context, safe)];
  },
});
