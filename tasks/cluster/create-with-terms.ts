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
    currency: currency("In what it is paid, and bonds are posted"),
    vnodes: count("How many vnodes it has, for good", "number of vnodes", 1n),
    validator: optional(party("Who reports the quality of nodes and slashes their bonds; the signer unless given")),
    bondPerVnode: optional(text("What providers post for each vnode, in the currency; none unless given")),
    maxSlash: optional(share("The most of a bond that can be lost in seven days; none unless given", "share")),
    leavingNotice: optional(duration("How long before it leaves a node announces it; 7 days unless given")),
    validatorNotice: optional(duration("How long before a change of the validator is announced; 7 days unless given")),
    managementFee: optional(fee("The manager's fee; none unless given")),
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
