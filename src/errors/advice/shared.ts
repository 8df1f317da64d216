import type { AdviceTable } from "./advice";

export const sharedAdvice: AdviceTable = {
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
};
