import type { AdviceTable } from "./advice";

const REPORT = "This should not happen: please report it with the transaction.";
const SCHEDULE = "Look at the schedule of the access manager, and schedule the call again if need be.";
const BROKEN_TOKEN = "Check the token's address, its fees and its restrictions.";

/** Errors of OpenZeppelin's contracts: the access manager, tokens, and the small libraries that the registries use. */
export const librariesAdvice: AdviceTable = {
  AccessManagedUnauthorized: {
    why: "{caller} does not have the role for this call.",
    todo: "Send it from an account with the role, or have the role granted.",
  },
  AccessManagedRequiredDelay: {
    why: "{caller} has to schedule this call {delay:duration} ahead.",
    todo: "Schedule it with the access manager, and call again when the delay has passed.",
  },
  AccessManagedInvalidAuthority: {
    why: "{authority} is not an access manager: there is no contract.",
    todo: "Give the address of an access manager.",
  },
  AccessManagerAlreadyScheduled: {
    why: "Operation {operationId} is scheduled already.",
    todo: "Wait until it is ready, or cancel it first.",
  },
  AccessManagerNotScheduled: { why: "Operation {operationId} is not scheduled.", todo: "Schedule it first." },
  AccessManagerNotReady: {
    why: "The delay of operation {operationId} has not passed yet.",
    todo: "Call again when it has.",
  },
  AccessManagerExpired: {
    why: "Operation {operationId} was not executed within the week after it was ready.",
    todo: "Schedule it again.",
  },
  AccessManagerLockedRole: {
    why: "Role {roleId} cannot be changed: it is the administrator's or everyone's.",
    todo: "Choose another role.",
  },
  AccessManagerLockedFunction: {
    why: "The function {selector} cannot be given to a role.",
    todo: "Choose another function.",
  },
  AccessManagerBadConfirmation: {
    why: "A role is given up only with the caller's own address as confirmation.",
    todo: "Give the caller's address.",
  },
  AccessManagerUnauthorizedAccount: {
    why: "{msgsender} does not have role {roleId}.",
    todo: "Send it from an account with the role, or have the role granted.",
  },
  AccessManagerUnauthorizedCall: {
    why: "{caller} may not call function {selector} of {target}.",
    todo: "Send it from an account with the role, or have the role granted.",
  },
  AccessManagerUnauthorizedConsume: { why: "{target} may not use up a scheduled operation.", todo: SCHEDULE },
  AccessManagerUnauthorizedCancel: {
    why: "{msgsender} may not cancel an operation of {caller}.",
    todo: "Only its scheduler, a guardian of the role or the administrator can.",
  },
  AccessManagerInvalidInitialAdmin: {
    why: "{initialAdmin} cannot be the first administrator.",
    todo: "Give the address of one.",
  },
  ERC20InsufficientBalance: {
    why: "{sender} has {balance:amount} of the token, and {needed:amount} is needed.",
    todo: "Ask for no more than there is, or get more of the token first.",
  },
  ERC20InsufficientAllowance: {
    why: "{spender} may take {allowance:amount} of the token, and {needed:amount} is needed.",
    todo: "Approve the amount first, or deposit with a permit.",
  },
  ERC20InvalidSender: { why: "The token cannot be sent by {sender}.", todo: BROKEN_TOKEN },
  ERC20InvalidReceiver: { why: "The token cannot be sent to {receiver}.", todo: "Give another recipient." },
  ERC20InvalidApprover: { why: "{approver} cannot approve the token.", todo: BROKEN_TOKEN },
  ERC20InvalidSpender: { why: "The token cannot be approved for {spender}.", todo: BROKEN_TOKEN },
  ERC2612ExpiredSignature: { why: "The permit was good until {deadline:time}.", todo: "Sign a fresh one." },
  ERC2612InvalidSigner: {
    why: "The permit of {owner} is signed by {signer}, or for other values.",
    todo: "Sign a fresh one as the owner.",
  },
  InvalidAccountNonce: {
    why: "The signature of {account} is not for its present nonce, {currentNonce}.",
    todo: "Sign a fresh one.",
  },
  ECDSAInvalidSignature: { why: "The signature is not valid.", todo: "Sign a fresh permit." },
  ECDSAInvalidSignatureLength: { why: "A signature is 65 bytes long, not {length}.", todo: "Sign a fresh permit." },
  ECDSAInvalidSignatureS: { why: "The signature is not in its canonical form.", todo: "Sign a fresh permit." },
  InvalidShortString: { why: "The token's name cannot be read.", todo: REPORT },
  StringTooLong: { why: "The token's name is too long.", todo: REPORT },
  SafeERC20FailedOperation: {
    why: "The token {token} refused the transfer.",
    todo: "Check the caller's balance and allowance, and the token's restrictions.",
  },
  SafeERC20FailedDecreaseAllowance: {
    why: "The allowance of {spender} is {currentAllowance}, and cannot be lowered by {requestedDecrease}.",
    todo: "Lower it by less.",
  },
  AddressEmptyCode: { why: "There is no contract at {target}.", todo: "Check the address and the network." },
  FailedCall: { why: "A contract that was called failed without saying why.", todo: BROKEN_TOKEN },
  FailedDeployment: { why: "A contract could not be deployed.", todo: "Check the gas and earlier deployments." },
  MissingPrecompile: { why: "This chain lacks the precompiled contract {0}.", todo: "Use another chain." },
  ReentrancyGuardReentrantCall: {
    why: "The token or the recipient called back into the registry.",
    todo: "Use a token or a recipient that does not.",
  },
  SafeCastOverflowedUintDowncast: { why: "{value} does not fit {bits} bits.", todo: REPORT },
  SafeCastOverflowedIntDowncast: { why: "{value} does not fit {bits} bits.", todo: REPORT },
  SafeCastOverflowedIntToUint: { why: "{value} is negative.", todo: REPORT },
  SafeCastOverflowedUintToInt: { why: "{value} is too large.", todo: REPORT },
};
