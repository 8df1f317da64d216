import { calls, parseAmount } from "../../src";
import { clusterId, code, nodeId, optional, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyOfBond, governancePart } from "../support/governance";
import { amountOf, title } from "../support/sections";

defineWrite({
  name: "cluster:slash",
  description: "Slashes a node's bond, within the terms, for the network fee's account; for the node's validator",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    amount: text("Amount, for example 2.5"),
    code: optional(code("Reason code that the parties know; 0 by default")),
    reference: optional(text("Reference to the reason: a hash or a link")),
  },
  call: async (context, { cluster, node, amount, code: reason = 0n, reference = "" }) => {
    const { decimals } = await currencyOfBond(context, cluster, node);
    const input = { clusterId: cluster, nodeId: node, amount: parseAmount(amount, Number(decimals)), code: reason, reference };
    return calls.slash(context.addresses, input);
  },
  written: async (context, { cluster, node }, { event }) => {
    const { amount, bond } = event("NodeSlashed") as { amount: bigint; bond: bigint };
    const currency = await currencyOfBond(context, cluster, node);
    return [
      title(`Node ${node} has lost ${amountOf(amount, currency)} of its bond; ${amountOf(bond, currency)} are left.`),
      await governancePart(context, cluster),
    ];
  },
});
