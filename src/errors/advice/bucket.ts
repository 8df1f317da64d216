import type { AdviceTable } from "./advice";

export const bucketAdvice: AdviceTable = {
  BucketUnknown: {
    why: "There is no bucket {bucketId}, or it is closed.",
    todo: "List the buckets to see which there are.",
  },
  CallerNotOwner: {
    why: "Bucket {bucketId} belongs to {owner}, and {caller} called.",
    todo: "Send it as the owner.",
  },
  CallerNotOwnerOrManager: {
    why: "{caller} is neither the owner of bucket {bucketId} nor the manager of its cluster.",
    todo: "Send it as one of them.",
  },
  ResourceCapExceeded: {
    why: "The owner of bucket {bucketId} lets the manager allocate up to {resourceCap} units, and it would hold {resource}.",
    todo: "Allocate less, or have the owner raise the resource cap.",
  },
  BucketResourceExceeded: {
    why: "Bucket {bucketId} holds {resource} units, and {requested} are to be released.",
    todo: "Release no more than it holds.",
  },
  BucketEmpty: { why: "Bucket {bucketId} holds nothing.", todo: "There is nothing to take back or to end." },
  BucketCovered: {
    why: "Bucket {bucketId} is paid for until {coveredUntil:time}.",
    todo: "It can be reclaimed only when its owner's account is out of funds; the manager can end it with notice.",
  },
  "ChangeNotReady(uint32,uint256)": {
    why: "The notice to bucket {bucketId} ends at {effectiveAt:time}.",
    todo: "Call again then.",
  },
  BucketNotOffered: {
    why: "Bucket {bucketId} is offered to {offeredTo}, and {caller} called.",
    todo: "The owner has to offer it to you first, or send it as the one to whom it is offered.",
  },
  RateAboveMaximum: {
    why: "Bucket {bucketId} pays {ratePerMonth:usd} per month, above the agreed {maximum:usd}.",
    todo: "Agree to what it pays, or do not take it over.",
  },
};
