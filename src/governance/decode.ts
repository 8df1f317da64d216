import type { Interface } from "ethers";

import { IAccessManager__factory, IERC20__factory, IGovernor__factory } from "../bindings";
import { registryInterfaces } from "../errors";

/** A call as the function that it names, for those who decide about it. */
export interface DecodedCall {
  function: string;
  /** By name, or by position where the function does not name them. */
  args: Record<string, unknown>;
}

const interfaces: readonly Interface[] = [
  ...Object.values(registryInterfaces),
  IAccessManager__factory.createInterface(),
  IERC20__factory.createInterface(),
  IGovernor__factory.createInterface(),
];

/** Decodes a call from its data alone; undefined for an unknown function. */
export function decodeCall(data: string): DecodedCall | undefined {
  for (const abi of interfaces) {
    const parsed = tryParse(abi, data);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function tryParse(abi: Interface, data: string): DecodedCall | undefined {
  try {
    const parsed = abi.parseTransaction({ data });
    if (parsed === null) return undefined;
    const named = parsed.fragment.inputs.map(({ name }, position) => [name || String(position), parsed.args[position] as unknown]);
    return { function: parsed.name, args: Object.fromEntries(named) as Record<string, unknown> };
  } catch {
    // The selector is known, but what follows is not what it announces.
    return undefined;
  }
}
