import { calls, formatTime } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyOfBond, governancePart } from "../support/governance";
import { amountOf, title } from "../support/sections";

defineWrite({
  name: "node:finish-exit",
  description: "Finishes a node's announced exit from a cluster, once the notice is over or if its quality was below half; for anyone",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.finishExit(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }, { event }) => {
    const returned = event("BondReturned") as { provider: string; amount: bigint } | undefined;
    const retained = event("BondRetained") as { lockedUntil: bigint } | undefined;
    let bond = "";
    if (returned !== undefined) {
      const amount = amountOf(returned.amount, await currencyOfBond(context, cluster, node));
      bond = ` ${amount} are back in the account of ${context.nameOf(returned.provider)}.`;
    }
    if (retained !== undefined) bond = ` Its bond is locked: repeat the command from ${formatTime(retained.lockedUntil)} on.`;
    return [title(`Node ${node} has left cluster ${cluster}.${bond}`), await governancePart(context, cluster)];
  },
});
