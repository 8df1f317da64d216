import { type Interface, type ParamType, Result } from "ethers";
import { network } from "hardhat";

import { findRevertData } from "../../src";
import type { Call } from "./call";
import type { ContractName } from "./model";
import type { Address } from "./model/state";

/** The most gas that a transaction may use (EIP-7825). */
const GAS = "0x1000000";

export interface Contract {
  address: Address;
  interface: Interface;
}

const MOST_KNOWN = 20_000;

/** The custom error with which a call was refused; nothing if it was not. */
export type CallResult = { error: string; args: unknown[] } | undefined;

/** A call of a view. */
export interface Question {
  contract: ContractName;
  view: string;
  args: readonly unknown[];
}

/** The contracts, on a chain whose time is told. */
export class Chain {
  private readonly known = new Map<string, unknown>();

  constructor(readonly contracts: Readonly<Record<ContractName, Contract>>) {}

  /** Lets it be that time (unix seconds), with nothing happening. */
  async passTo(timestamp: bigint): Promise<void> {
    await request("evm_setNextBlockTimestamp", [Number(timestamp)]);
    await request("evm_mine", []);
  }

  /** Calls at that time. What is refused without a custom error is thrown. */
  async send({ message, contract, method, args }: Call, timestamp: bigint): Promise<CallResult> {
    const { address, interface: api } = this.contracts[contract];
    const data = api.encodeFunctionData(method, args);
    const value = `0x${message.value.toString(16)}`;
    await request("evm_setNextBlockTimestamp", [Number(timestamp)]);
    try {
      await request("eth_sendTransaction", [{ from: message.sender, to: address, data, value, gas: GAS }]);
      return undefined;
    } catch (error) {
      const reason = api.parseError(findRevertData(error) ?? "0x");
      // `parseError` knows the panics and strings of the compiler, too.
      if (reason === null || ["Panic", "Error"].includes(reason.name)) {
        throw new Error(`${method} was refused without an error of its own.`, { cause: error });
      }
      return { error: reason.name, args: reason.args.toArray() };
    }
  }

  /** The answers to many questions, now; by as few calls as can be, since a walk asks everything after each step. */
  async ask(questions: readonly Question[]): Promise<unknown[]> {
    const answers = new Map<Question, unknown>();
    for (const [name, { address, interface: api }] of Object.entries(this.contracts)) {
      const own = questions.filter(({ contract }) => contract === name);
      if (own.length === 0) continue;
      const calls = own.map(({ view, args }) => this.once(`${view}(${args.join()})`, () => api.encodeFunctionData(view, args)));
      const data = this.once(calls.join(), () => api.encodeFunctionData("multicall", [calls]));
      const answer = (await request("eth_call", [{ to: address, data }, "latest"])) as string;
      const [results] = api.decodeFunctionResult("multicall", answer) as unknown as [string[]];
      for (const [i, question] of own.entries()) {
        const result = results[i]!;
        answers.set(
          question,
          this.once(`${question.view}: ${result}`, () => read(api, question.view, result)),
        );
      }
    }
    return questions.map((question) => answers.get(question));
  }

  /** Most is asked and answered as it was a step before, and to encode and decode it took most of the time of a walk. */
  private once<T>(key: string, make: () => T): T {
    if (this.known.size > MOST_KNOWN) this.known.clear();
    if (!this.known.has(key)) this.known.set(key, make());
    return this.known.get(key) as T;
  }
}

/** Results of a view: one as itself, several as a struct. */
function read(api: Interface, view: string, data: string): unknown {
  const { outputs } = api.getFunction(view)!;
  const results = api.decodeFunctionResult(view, data);
  return outputs.length === 1 ? plain(results[0], outputs[0]!) : struct(results, outputs);
}

/** Lists as arrays, and structs as objects. */
function plain(value: unknown, type: ParamType): unknown {
  if (!(value instanceof Result)) return value;
  return type.isArray() ? value.toArray().map((item) => plain(item, type.arrayChildren)) : struct(value, type.components ?? []);
}

/** Values of these types by name: structs as objects, lists as arrays. */
export function struct(values: Result, fields: readonly ParamType[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field, i) => [field.name, plain(values[i], field)]));
}

export async function request(method: string, params: unknown[]): Promise<unknown> {
  return network.provider.request({ method, params });
}
