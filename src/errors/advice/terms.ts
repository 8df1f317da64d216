import type { AdviceTable } from "./advice";

export const termsAdvice: AdviceTable = {
  CallerNotManager: {
    why: "Cluster {clusterId} is managed by {manager}, and {caller} called.",
    todo: "Send it as the manager.",
  },
  CallerNotValidator: {
    why: "{validator} judges this in cluster {clusterId}, and {caller} called. Nodes that left, or announced it, before a validator took office are judged by the one before.",
    todo: "Send it as the validator.",
  },
  CallerNotProvider: {
    why: "Node {nodeId} is provided by {provider}, and {caller} called.",
    todo: "Send it as the provider.",
  },
  NoticeInvalid: {
    why: "A notice of {notice:duration} is not between {minimum:duration} and {maximum:duration}.",
    todo: "Choose one within these bounds.",
  },
  BpsTooHigh: { why: "{bps:bps} is more than {maximum:bps}.", todo: "Give a share of the whole." },
  TermsDefault: {
    why: "Cluster {clusterId} has the default terms: there is nothing to agree to, and no bond.",
    todo: "Nothing is to be done: its nodes need no agreement.",
  },
  TermsAlreadyAccepted: {
    why: "The provider of node {nodeId} has accepted the terms of cluster {clusterId} already.",
    todo: "Nothing is to be done, or post a bond.",
  },
  TermsNotAccepted: {
    why: "The provider of node {nodeId} has not accepted the terms of cluster {clusterId}.",
    todo: "The provider has to accept them first.",
  },
  NodeNotServing: {
    why: "Node {nodeId} serves no vnode of cluster {clusterId}.",
    todo: "Show the cluster to see its nodes.",
  },
  NothingAnnounced: {
    why: "Nothing of this kind is announced in cluster {clusterId} (node {nodeId}), or it is void: the node has left, or a vacancy was not filled within an hour after its notice.",
    todo: "It has to be announced first.",
  },
  AnnouncementRunning: {
    why: "What is announced in cluster {clusterId} (node {nodeId}) takes effect from {effectiveAt:time} on.",
    todo: "Call again then.",
  },
  ExitAlreadyAnnounced: {
    why: "The exit of node {nodeId} from cluster {clusterId} is announced already, for {exitAt:time}.",
    todo: "Finish it then.",
  },
  ValidatorChangeDue: {
    why: "Another validator of cluster {clusterId} may take office since {effectiveAt:time}.",
    todo: "Finish that change, see whom you would agree to, and accept the terms then.",
  },
  BondAmountZero: {
    why: "An amount of zero moves nothing.",
    todo: "Give an amount above zero; if all was asked for, nothing can be had now: what covers vnodes stays, and so does all of it while the node leaves.",
  },
  BondLocked: {
    why: "{needed:amount} of the bond of node {nodeId} in cluster {clusterId} is asked for, and {available:amount} can be withdrawn now (withheld after an exclusion until: {lockedUntil:deadline}).",
    todo: "What covers vnodes stays until the node has left; after an exclusion all of it stays for the leaving notice.",
  },
  BondNotLiable: {
    why: "The bond of node {nodeId} answers for cluster {clusterId} no longer, or not yet.",
    todo: "Penalties land while a node serves, and for the leaving notice after it was excluded.",
  },
  PenaltyTooHigh: {
    why: "A penalty of {amount:amount} is more than the {maximum:amount} that node {nodeId} can lose in cluster {clusterId} now.",
    todo: "Penalise less, or wait until the seven days since the first penalty are over.",
  },
  PenaltyRecipientInvolved: {
    why: "Penalties in cluster {clusterId} would go to {networkAccount}, who is its manager or its validator.",
    todo: "Nobody may gain by a penalty that it has a say in: have another validator, or another network account.",
  },
  BondNotOverdue: {
    why: "The bond of node {nodeId} in cluster {clusterId} covers its vnodes, or may still be topped up (overdue from: {until:deadline}).",
    todo: "Call again when that is over.",
  },
};
