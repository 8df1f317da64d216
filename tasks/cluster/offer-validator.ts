import { ZERO_ADDRESS, calls, formatTime } from "../../src";
import { clusterId, partyOrNobody } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { title } from "../support/sections";

defineWrite({
  name: "cluster:offer-validator",
  description: "Announces another validator of a cluster, so that providers can leave before; for its manager",
  arguments: { cluster: clusterId(), to: partyOrNobody("New validator; nobody cancels the announcement") },
  call: ({ addresses }, { cluster, to }) => calls.offerValidator(addresses, { clusterId: cluster, validator: to }),
  written: async (context, { cluster, to }, { event }) => {
    const { effectiveAt } = event("ValidatorOffered") as { effectiveAt: bigint };
    const what =
      to === ZERO_ADDRESS
        ? `The validator of cluster ${cluster} stays.`
        : `${context.nameOf(to)} is to be the validator of cluster ${cluster}, once anyone calls cluster:finish-validator ` +
          `(from ${formatTime(effectiveAt)} on).`;
    return [title(what), await governancePart(context, cluster)];
  },
});
