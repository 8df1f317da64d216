import type { ContractName, Model } from "./model";
import { type Address, type Message, NOBODY } from "./model/state";

/** A call of a function that contract and model have under the same name, with the same arguments. */
export interface Call {
  readonly message: Message;
  readonly contract: ContractName;
  readonly method: string;
  readonly args: readonly unknown[];
  /** Does it in the model. Throws a `Refusal`, and has changed nothing then, if it is refused. */
  readonly apply: (model: Model) => void;
}

type Effect<A extends unknown[]> = (message: Message, ...args: A) => void;
type Arguments<C extends ContractName, M> = M extends keyof Model[C] ? (Model[C][M] extends Effect<infer A> ? A : never) : never;

export function call<C extends ContractName, M extends keyof Model[C] & string>(
  sender: Address,
  contract: C,
  method: M,
  args: Arguments<C, M>,
  value = 0n,
): Call {
  const message = { sender, value };
  const apply = (model: Model): void => {
    const target = model[contract];
    (target[method] as Effect<Arguments<C, M>>).call(target, message, ...args);
  };
  return { message, contract, method, args, apply };
}

/** A deposit, with the ether that it needs. */
export function depositCall(sender: Address, account: Address, currency: Address, amount: bigint): Call {
  const value = currency === NOBODY ? amount : 0n;
  return sender === account
    ? call(sender, "accountRegistry", "deposit", [currency, amount], value)
    : call(sender, "accountRegistry", "depositFor", [account, currency, amount], value);
}

const NO_SIGNATURE = [0n, 27n, `0x${"00".repeat(32)}`, `0x${"00".repeat(32)}`];

/** A deposit with a permit that is of no use: the allowance suffices. */
export function permitDepositCall(sender: Address, account: Address, currency: Address, amount: bigint): Call {
  const deposit = call(sender, "accountRegistry", "depositWithPermit", [account, currency, amount]);
  return { ...deposit, args: [...deposit.args, ...NO_SIGNATURE] };
}

/** A report of quality, with a code and a reference that mean nothing to the contracts. */
export function reportCall(sender: Address, clusterId: bigint, nodeId: bigint, qualityBps: bigint): Call {
  const report = call(sender, "termsRegistry", "reportQuality", [clusterId, nodeId, qualityBps]);
  return { ...report, args: [...report.args, 7n, "ref"] };
}
