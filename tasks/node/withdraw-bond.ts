import { ALL, calls, parseAmount } from "../../src";
import { clusterId, nodeId, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { currencyOfBond } from "../support/governance";
import { accountSection, amountOf, title } from "../support/sections";

defineWrite({
  name: "node:withdraw-bond",
  description: "Withdraws the part of a node's bond that covers no vnode, into its provider's account; for the provider",
  arguments: { cluster: clusterId(), node: nodeId(), amount: text("Amount, for example 25.5, or all for everything available") },
  call: async (context, { cluster, node, amount }) => {
    const { decimals } = await currencyOfBond(context, cluster, node);
    const baseUnits = amount.trim() === "all" ? ALL : parseAmount(amount, Number(decimals));
    return calls.withdrawBond(context.addresses, { clusterId: cluster, nodeId: node, amount: baseUnits });
  },
  written: async (context, { cluster, node }, { caller, event }) => {
    const { amount, bond } = event("BondReturned") as { amount: bigint; bond: bigint };
    const currency = await currencyOfBond(context, cluster, node);
    return [
      title(
        `${amountOf(amount, currency)} are back from the bond of node ${node} in cluster ${cluster}; ${amountOf(bond, currency)} are left.`,
      ),
      await accountSection(context, caller, [currency]),
    ];
  },
});
