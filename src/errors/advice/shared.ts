import type { AdviceTable } from "./advice";

export const sharedAdvice: AdviceTable = {
  CallerNotManager: {
    why: "Cluster {clusterId} is managed by {manager}, and {caller} called.",
    todo: "Send it as the manager.",
  },
  CallerNotProvider: {
    why: "Node {nodeId} is provided by {provider}, and {caller} called.",
    todo: "Send it as the provider.",
  },
  CallerNotRegistry: {
    why: "Only another registry may call this function, and {caller} called.",
    todo: "Use the function of the registry that is meant for people.",
  },
  ParamsTooLong: {
    why: "The params are {length} bytes long, and at most {maximum} can be kept.",
    todo: "Shorten them, or keep the data elsewhere and refer to it.",
  },
  CurrencyNotListed: {
    why: "{currency} is not listed.",
    todo: "Use a listed currency, or have the administrator add it.",
  },
  CurrencyPaused: {
    why: "{currencyId:currencyId} is paused: nothing can be allocated in it, while releasing and withdrawing work as ever.",
    todo: "Wait until the guardian resumes it, or use a cluster with another currency.",
  },
  RateTooHigh: {
    why: "{payer} would pay {ratePerMonth:usd} per month, more than the {maximum:usd} that can be counted.",
    todo: "Allocate less.",
  },
  StreamLimitReached: {
    why: "{payer} pays {maximum} clusters in this currency already, as many as an account can.",
    todo: "Release what it holds in one of them first, or use another account.",
  },
  ClusterNotSettled: {
    why: "So many accounts of cluster {clusterId} ran out of funds that one call cannot settle it up to now.",
    todo: "Settle the cluster first (cluster:settle), as often as it takes; then try again.",
  },
};
