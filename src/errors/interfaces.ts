import { type ErrorFragment, Interface, type Result } from "ethers";

import {
  ERC20Permit__factory,
  IAccessManager__factory,
  IAccountRegistry__factory,
  IAdministration__factory,
  IBucketRegistry__factory,
  IClusterRegistry__factory,
  IGovernor__factory,
  INodeRegistry__factory,
  IPriceRegistry__factory,
  IStorageProofs__factory,
  ITermsRegistry__factory,
  TimelockController__factory,
} from "../bindings";

/** The interfaces of the registries, and of the validator that comes with them: each can decode whatever its functions raise. */
export const registryInterfaces: Readonly<Record<string, Interface>> = {
  AccountRegistry: IAccountRegistry__factory.createInterface(),
  PriceRegistry: IPriceRegistry__factory.createInterface(),
  NodeRegistry: INodeRegistry__factory.createInterface(),
  ClusterRegistry: IClusterRegistry__factory.createInterface(),
  BucketRegistry: IBucketRegistry__factory.createInterface(),
  TermsRegistry: ITermsRegistry__factory.createInterface(),
  StorageProofs: IStorageProofs__factory.createInterface(),
};

/** The errors of OpenZeppelin's contracts and libraries that the registries and tokens are made of. */
const inherited = new Interface([
  "error AccessManagedInvalidAuthority(address authority)",
  "error AccessManagedRequiredDelay(address caller, uint32 delay)",
  "error AccessManagedUnauthorized(address caller)",
  "error AddressEmptyCode(address target)",
  "error FailedCall()",
  "error FailedDeployment()",
  "error InsufficientBalance(uint256 balance, uint256 needed)",
  "error MissingPrecompile(address)",
  "error ReentrancyGuardReentrantCall()",
  "error SafeCastOverflowedIntDowncast(uint8 bits, int256 value)",
  "error SafeCastOverflowedIntToUint(int256 value)",
  "error SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)",
  "error SafeCastOverflowedUintToInt(uint256 value)",
  "error SafeERC20FailedDecreaseAllowance(address spender, uint256 currentAllowance, uint256 requestedDecrease)",
  "error SafeERC20FailedOperation(address token)",
]);

/** Everything whose errors can reach people: the registries first, then what they and the tokens are made of. */
export const errorInterfaces: readonly Interface[] = [
  ...Object.values(registryInterfaces),
  IAdministration__factory.createInterface(),
  IAccessManager__factory.createInterface(),
  ERC20Permit__factory.createInterface(),
  inherited,
  IGovernor__factory.createInterface(),
  TimelockController__factory.createInterface(),
];

/** All errors of some interfaces, each once. */
export function errorsOf(interfaces: readonly Interface[]): ErrorFragment[] {
  const errors = new Map<string, ErrorFragment>();
  for (const abi of interfaces) abi.forEachError((error) => errors.has(error.selector) || errors.set(error.selector, error));
  return [...errors.values()];
}

export interface DecodedError {
  fragment: ErrorFragment;
  args: Result;
}

/** Revert data as an error of any of the interfaces, or of Solidity itself; undefined: it is of something else. */
export function decodeError(data: string): DecodedError | undefined {
  for (const abi of errorInterfaces) {
    const parsed = tryParse(abi, data);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function tryParse(abi: Interface, data: string): DecodedError | undefined {
  try {
    const parsed = abi.parseError(data);
    return parsed === null ? undefined : { fragment: parsed.fragment, args: parsed.args };
  } catch {
    // The selector is known, but what follows is not what it announces.
    return undefined;
  }
}
