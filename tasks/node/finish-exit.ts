import { calls } from "../../src";
import { clusterId, nodeId } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyOfBond, governancePart } from "../support/governance";
import { amountOf, headline } from "../support/parts";

defineWrite({
  name: "node:finish-exit",
  description: "Lets a node leave a cluster, when its notice is over: its vnodes are vacant, its bond is back; for anyone",
  arguments: { cluster: clusterId(), node: nodeId() },
  call: ({ addresses }, { cluster, node }) => calls.finishExit(addresses, { clusterId: cluster, nodeId: node }),
  written: async (context, { cluster, node }, { event }) => {
    const returned = event("BondReturned") as { provider: string; amount: bigint } | undefined;
    const bond =
      returned === undefined
        ? ""
        : ` ${amountOf(returned.amount, await currencyOfBond(context, cluster, node))} are back in the account of ${context.nameOf(returned.provider)}.`;
    return [headline(`Node ${node} has left cluster ${cluster}.${bond}`), await governancePart(context, cluster)];
  },
});
