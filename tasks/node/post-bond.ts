import { calls, parseAmount } from "../../src";
import { clusterId, nodeId, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyOfBond, governancePart } from "../support/governance";
import { accountSection, amountOf, title } from "../support/sections";

defineWrite({
  name: "node:post-bond",
  description: "Posts or raises a node's bond in a cluster, from the signer's account; for the provider that accepted the terms",
  arguments: { cluster: clusterId(), node: nodeId(), amount: text("Amount, for example 25.5") },
  call: async (context, { cluster, node, amount }) => {
    const { decimals } = await currencyOfBond(context, cluster, node);
    return calls.postBond(context.addresses, { clusterId: cluster, nodeId: node, amount: parseAmount(amount, Number(decimals)) });
  },
  written: async (context, { cluster, node }, { caller, event }) => {
    const { amount, bond } = event("BondPosted") as { amount: bigint; bond: bigint };
    const currency = await currencyOfBond(context, cluster, node);
    return [
      title(`Posted ${amountOf(amount, currency)} for node ${node} in cluster ${cluster}: its bond is ${amountOf(bond, currency)}.`),
      await governancePart(context, cluster),
      await accountSection(context, caller, [currency]),
    ];
  },
});
