import { type Fragment, FunctionFragment, type Interface } from "ethers";

/** Something that a test has to assert. */
export interface Item {
  kind: "error" | "event" | "function";
  /** Functions are asserted on each registry; an error or event with the same signature is the same for all of them. */
  registry: string;
  name: string;
  signature: string;
  hasInputs: boolean;
}

/** What the registries inherit from packages whose own tests assert it. */
const INHERITED: Record<string, string> = {
  "authority()": "AccessManaged: a view of OpenZeppelin's",
  "isConsumingScheduledOp()": "AccessManaged: answers the AccessManager alone",
  "setAuthority(address)": "AccessManaged: for the AccessManager alone",
  "AuthorityUpdated(address)": "AccessManaged: emitted by the constructor",
  "AccessManagedInvalidAuthority(address)": "AccessManaged: for the AccessManager alone",
  "AccessManagedRequiredDelay(address,uint32)": "AccessManaged: raised to callers with a delay who did not schedule",
  "AddressEmptyCode(address)": "Address: a delegate call of Multicall to the registry itself always finds code",
  "FailedCall()": "Address: a failed call of Multicall that returned no reason",
  "ReentrancyGuardReentrantCall()": "ReentrancyGuard: asserted with the hostile tokens where one calls back",
  "SafeCastOverflowedUintDowncast(uint8,uint256)": "SafeCast: bounds are checked before with errors of our own",
  "SafeCastOverflowedIntDowncast(uint8,int256)": "SafeCast: indices are below 2^120, which BucketNotices casts",
  "SafeCastOverflowedUintToInt(uint256)": "SafeCast: indices are below 2^120, which BucketNotices casts",
  "SafeERC20FailedOperation(address)": "SafeERC20: a token that refuses a transfer",
};

function toItem(registry: string, fragment: Fragment): Item[] {
  if (fragment.type !== "error" && fragment.type !== "event" && fragment.type !== "function") return [];
  const signature = fragment.format("sighash");
  if (signature in INHERITED) return [];
  const name = signature.slice(0, signature.indexOf("("));
  return [{ kind: fragment.type, registry, name, signature, hasInputs: fragment.inputs.length > 0 }];
}

/** All that one registry offers, except what it inherits from packages. */
export function surfaceOf(registry: string, contract: Interface): Item[] {
  return contract.fragments.flatMap((fragment) => toItem(registry, fragment));
}

/** Whether a function changes state. */
export function changesState(fragment: Fragment): fragment is FunctionFragment {
  return FunctionFragment.isFragment(fragment) && !fragment.constant;
}
