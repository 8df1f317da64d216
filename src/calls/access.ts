import { IAccessManager__factory } from "../bindings";
import type { Addresses } from "../registries";
import type { Call } from "./call";

const abi = IAccessManager__factory.createInterface();

/** Announces a restricted call; it can be made once the delay of the caller's role has passed. */
export function schedule({ accessManager: to }: Pick<Addresses, "accessManager">, call: Call): Call {
  return {
    to,
    data: abi.encodeFunctionData("schedule", [call.to, call.data, 0n]),
    value: 0n,
    description: `schedule to ${call.description}`,
  };
}
