import type { AdviceTable } from "./advice";

export const sharingAdvice: AdviceTable = {
  RightsInvalid: {
    why: "There is no right {rights}.",
    todo: "Rights are 1 (reading), 2 (writing) and 3 (both).",
  },
  GrantEnded: {
    why: "The grant would end at {until:time}, and it is {timestamp:time} already.",
    todo: "Give a later end, or none.",
  },
  AccountsMissing: { why: "The list of accounts is empty.", todo: "Name at least one." },
  GateMinimumZero: {
    why: "Everyone holds at least nothing of {token}, and the gate would be open to all.",
    todo: "Ask for at least 1, or make the bucket public.",
  },
  GateGasTooLow: {
    why: "Only {available} gas was left to ask a token, and {needed} is needed for its answer to count.",
    todo: "Call again with more gas, or ask fewer questions at a time.",
  },
  GateTokenUnanswered: {
    why: "{token} did not answer with {gas} gas how much of it the owner holds, so its gate would never open.",
    todo: "Check that the token is on this network, and is an ERC-20, ERC-721 or ERC-1155. Give an id only for an ERC-1155.",
  },
  KeyCountMismatch: {
    why: "There are {readers} readers and {keys} wrapped keys.",
    todo: "Give one wrapped key for each reader.",
  },
  KeyLengthInvalid: {
    why: "The wrapped key for {reader} is {length} bytes long; it can be 1 to {maximum}.",
    todo: "Wrap the key as the format of key envelopes says.",
  },
  KeysTooLong: {
    why: "The wrapped keys have {length} bytes together, and at most {maximum} can be published at a time.",
    todo: "Publish for fewer readers at a time, all in the same epoch.",
  },
  KeyEpochInvalid: {
    why: "The keys are for epoch {epoch}, and bucket {bucketId} is in epoch {current}.",
    todo: "Read the bucket's access again: the owner may have revoked a reader, or published keys from another device.",
  },
  KeyEpochTaken: {
    why: "The owner has the key of epoch {epoch} of bucket {bucketId} already, perhaps from another device.",
    todo: "Wrap that key for more readers, or publish a new one for the next epoch.",
  },
};
