import { calls } from "../../src";
import { clusterId, flag, nodeId, optional, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { approvalFor, fundingFor } from "../support/deposits";
import { currencyOfBond, governancePart } from "../support/governance";
import { amountOf, title } from "../support/sections";

defineWrite({
  name: "node:accept-terms",
  description: "Accepts the terms of a cluster (cluster:terms shows them) for a node, and posts a bond with --bond; for its provider",
  arguments: {
    cluster: clusterId(),
    node: nodeId(),
    bond: optional(text("A bond to deposit and post in the same transaction, in the cluster's currency, for example 25.5")),
    permit: flag("Sign a permit for the bond instead of approving first (tokens only)"),
  },
  call: async (context, { cluster, node, bond, permit }, caller) => {
    if (bond === undefined) return calls.acceptTerms(context.addresses, { clusterId: cluster, nodeId: node });
    const { currency } = await currencyOfBond(context, cluster, node);
    const funding = await fundingFor(context, { currency, amount: bond, permit }, caller);
    return calls.acceptTermsWithBond(context.addresses, { clusterId: cluster, nodeId: node, bond: funding.amount, funding });
  },
  before: async (context, { cluster, node, bond, permit }, caller) => {
    if (bond === undefined) return [];
    const { currency } = await currencyOfBond(context, cluster, node);
    return approvalFor(context, { currency, amount: bond, permit }, caller);
  },
  written: async (context, { cluster, node, bond }, { event }) => {
    let posted = "";
    if (bond !== undefined) {
      const { amount } = event("BondPosted") as { amount: bigint };
      posted = ` A bond of ${amountOf(amount, await currencyOfBond(context, cluster, node))} is posted.`;
    }
    return [title(`The terms of cluster ${cluster} are accepted for node ${node}.${posted}`), await governancePart(context, cluster)];
  },
});
