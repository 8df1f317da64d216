import type { AdviceTable } from "./advice";

export const termsAdvice: AdviceTable = {
  CallerNotValidator: {
    why: "The validator of this node in cluster {clusterId} is {validator}, and {caller} called. For a node that left, or announced its exit, before a validator took office, it is the validator before.",
    todo: "Send it as the validator.",
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
  ChangeNotAnnounced: {
    why: "No such change is announced in cluster {clusterId} (node {nodeId}; 0: a change of the validator).",
    todo: "Announce it first.",
  },
  "ChangeNotReady(uint32,uint32,uint256)": {
    why: "The announced change in cluster {clusterId} (node {nodeId}; 0: a change of the validator) can be finished from {effectiveAt:time} on.",
    todo: "Call again then.",
  },
  ExitAlreadyAnnounced: {
    why: "The exit of node {nodeId} from cluster {clusterId} is announced already, for {exitAt:time}.",
    todo: "Finish it then.",
  },
  ValidatorChangePending: {
    why: "Another validator of cluster {clusterId} is announced and may take office from {effectiveAt:time} on.",
    todo: "Accept the terms once that validator is in office, or once the manager has taken back the announcement.",
  },
  BondLocked: {
    why: "{needed:amount} of the bond of node {nodeId} in cluster {clusterId} is asked for, and {available:amount} can be withdrawn now (withheld until: {lockedUntil:deadline}).",
    todo: "The bond stays for the vnodes that the node serves, and for one leaving notice for vnodes that were taken from it. Once the node has left, all of the bond stays until its notice is over.",
  },
  BondNotLiable: {
    why: "The bond of node {nodeId} does not answer for it in cluster {clusterId}: the node has left and its leaving notice is over, or it has not served yet.",
    todo: "A bond can be slashed while its node serves, and until the leaving notice is over.",
  },
  SlashTooHigh: {
    why: "A slash of {amount:amount} is more than the {maximum:amount} that node {nodeId} can lose in cluster {clusterId} now.",
    todo: "Slash less, or wait until nothing was slashed for seven days.",
  },
  SlashRecipientInvolved: {
    why: "Slashed amounts of cluster {clusterId} would go to {networkAccount}, which is a manager or the validator.",
    todo: "Neither may gain by a slash: have another validator, or another network account.",
  },
  BondNotOverdue: {
    why: "The bond of node {nodeId} in cluster {clusterId} covers its vnodes, or may still be topped up (overdue from: {until:deadline}).",
    todo: "Call again when that is over.",
  },
};
