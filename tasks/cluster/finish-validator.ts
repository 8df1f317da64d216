import { calls } from "../../src";
import { clusterId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:finish-validator",
  description: "Puts the announced validator of a cluster in office, when the notice is over; for anyone",
  arguments: { cluster: clusterId() },
  call: ({ addresses }, { cluster }) => calls.finishValidator(addresses, { clusterId: cluster }),
  written: async (context, { cluster }, { event }) => {
    const { newValidator } = event("ValidatorChanged") as { newValidator: string };
    return [title(`${context.nameOf(newValidator)} is the validator of cluster ${cluster}.`), await governancePart(context, cluster)];
  },
});
