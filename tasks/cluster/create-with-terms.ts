import { ZERO_ADDRESS, calls, parseAmount, parseClusterParams } from "../../src";
import { clusterParams, count, currency, duration, fee, optional, party, share, text } from "../support/arguments";
import { defineWrite } from "../support/define";
import { governancePart } from "../support/governance";
import { clusterSection, title } from "../support/sections";

const WEEK = 604_800n;

defineWrite({
  name: "cluster:create-with-terms",
  description: "Creates a cluster with terms that providers agree to before they enter; its vnodes are vacant until cluster:fill",
  arguments: {
    currency: currency("Currency of payments and bonds"),
    vnodes: count("Number of vnodes; it never changes", "number of vnodes", 1n),
    validator: optional(party("Validator, which reports quality and slashes bonds; the signer by default")),
    bondPerVnode: optional(text("Bond per vnode, in the currency; none by default")),
    maxSlash: optional(share("Maximum share of a bond that can be slashed in seven days; none by default", "share")),
    leavingNotice: optional(duration("Notice before a node leaves; 7 days by default")),
    validatorNotice: optional(duration("Notice before the validator changes; 7 days by default")),
    managementFee: optional(fee("Management fee; none by default")),
    params: optional(clusterParams()),
  },
  call: async (context, values) => {
    const { currency: address, vnodes, params = "" } = values;
    parseClusterParams(params, vnodes);
    const { decimals } = await context.currency(address);
    const terms = {
      validator: values.validator ?? ZERO_ADDRESS,
      bondPerVnode: parseAmount(values.bondPerVnode ?? "0", Number(decimals), "bond"),
      maxSlashBps: values.maxSlash ?? 0n,
      leavingNotice: values.leavingNotice ?? WEEK,
      validatorNotice: values.validatorNotice ?? WEEK,
    };
    const input = { terms, currency: address, vnodeCount: vnodes, managementFeeBps: values.managementFee ?? 0n, params };
    return calls.createClusterWithTerms(context.addresses, input);
  },
  written: async (context, _, { event }) => {
    const { clusterId } = event("ClusterCreated") as { clusterId: bigint };
    return [
      title(
        `Cluster ${clusterId} is created. Providers accept its terms with node:accept-terms, and then cluster:fill gives it its nodes.`,
      ),
      await clusterSection(context, clusterId),
      await governancePart(context, clusterId),
    ];
  },
});
