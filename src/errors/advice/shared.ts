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
    todo: "Use the public function of the registry.",
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
    why: "{currencyId:currencyId} is paused: nothing can be allocated in it. Releasing and withdrawing go on.",
    todo: "Wait until the guardian resumes it, or use a cluster with another currency.",
  },
  RateTooHigh: {
    why: "{payer} would pay {ratePerMonth:usd} per month, more than the maximum of {maximum:usd}.",
    todo: "Allocate less.",
  },
  StreamLimitReached: {
    why: "{payer} pays {maximum} clusters in this currency already, as many as an account can.",
    todo: "Release all units in one of them first, or use another account.",
  },
  ClusterNotSettled: {
    why: "Too many accounts of cluster {clusterId} ran out of funds for one call to settle it.",
    todo: "Settle the cluster first with cluster:settle, repeatedly if needed; then try again.",
  },
};
