import { Interface, type Provider } from "ethers";

import { findText } from "../../errors/find-data";
import { Refusal } from "../refusal";

/** Asks accounts that are contracts whether a signature counts as theirs (ERC-1271). */
export interface ContractSignatures {
  isValid: (account: string, digest: string, signature: string) => Promise<boolean>;
}

const ERC1271 = new Interface(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
const VALID = "0x1626ba7e".padEnd(66, "0");
/** Enough for a multisig of many; a contract that wants more signs in vain. */
const GAS = 1_000_000n;

/** The part of a provider that this needs. */
export type Caller = Pick<Provider, "call">;

export interface ContractSignaturesOptions {
  caller: Caller;
  /** The number of the newest block: an answer holds for as long as that is the same, since a contract may change its mind. */
  head: () => number;
  /** How many to ask at a time. Anyone can make a node ask. */
  atOnce?: number;
  /** How many answers to remember. */
  remembered?: number;
}

export function contractSignatures({ caller, head, atOnce = 32, remembered = 10_000 }: ContractSignaturesOptions): ContractSignatures {
  const answers = new Map<string, Promise<boolean>>();
  let answersOf = -1;
  let asking = 0;

  async function ask(to: string, digest: string, signature: string): Promise<boolean> {
    if (asking >= atOnce) throw new Refusal("busy", "Too many contract accounts are being asked at this moment.");
    asking += 1;
    try {
      const data = ERC1271.encodeFunctionData("isValidSignature", [digest, signature]);
      return (await caller.call({ to, data, gasLimit: GAS })) === VALID;
    } catch (error) {
      if (isRevert(error)) return false;
      throw new Refusal("chain-gone", "The chain cannot be asked about a contract account's signature.", { cause: error });
    } finally {
      asking -= 1;
    }
  }

  return {
    isValid(account, digest, signature) {
      if (answersOf !== head() || answers.size >= remembered) answers.clear();
      answersOf = head();
      const key = account + digest + signature;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = ask(account, digest, signature);
      answers.set(key, answer);
      // A failure is no answer.
      answer.catch(() => answers.delete(key));
      return answer;
    },
  };
}

/** Whether it is the contract that failed, and not the way to it. Nodes say so in many ways. */
function isRevert(error: unknown): boolean {
  return findText(error, /^CALL_EXCEPTION$|revert|out of gas|invalid opcode|VM exception/i) !== undefined;
}
