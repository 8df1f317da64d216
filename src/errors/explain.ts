import { EncryptionError } from "../encryption/errors";
import { UserError } from "../user-error";
import { ADVICE, SAFE_CODES } from "./advice";
import { findRevertData, findText } from "./find-data";
import { decodeError } from "./interfaces";
import { type ExplainContext, fillIn } from "./sentences";

/** Why something did not work and what to do about it, for people. */
export interface Explanation {
  /** The name of the custom error, or what kind of failure it is. */
  name: string;
  /** One or two sentences. */
  message: string;
  /** The values that a custom error carries, by name, as decimal numbers and addresses. */
  values: Record<string, string>;
}

/** Explains anything that a call, a provider or this library throws. */
export function explain(thrown: unknown, context: ExplainContext = {}): Explanation {
  if (thrown instanceof UserError) return plain("UserError", thrown.message);
  if (thrown instanceof EncryptionError) return plain("EncryptionError", thrown.message);
  const data = findRevertData(thrown);
  if (data !== undefined) return explainRevertData(data, context);
  return explainFailure(thrown);
}

/** Explains what a contract returned when it reverted. */
export function explainRevertData(data: string, context: ExplainContext = {}): Explanation {
  const decoded = decodeError(data);
  if (decoded === undefined) {
    const what = data.slice(0, 10);
    return plain("UnknownError", `The contract refused with an error that the registries do not have (${what}). Check the address.`);
  }
  const { fragment, args } = decoded;
  if (fragment.name === "Error") return explainText(String(args[0]));
  if (fragment.name === "Panic") {
    return plain("Panic", `The contract failed (panic ${String(args[0])}). This is a defect: please report it with the call.`);
  }
  const advice = ADVICE[fragment.format()] ?? ADVICE[fragment.name];
  const said = advice === undefined ? [] : [advice.why, advice.todo].map((sentence) => fillIn(sentence, fragment, args, context));
  const values = Object.fromEntries(fragment.inputs.map((input, index) => [input.name || String(index), String(args[index])]));
  const message = advice === undefined ? `${fragment.name}(${Object.values(values).join(", ")})` : `${fragment.name}: ${said.join(" ")}`;
  return { name: fragment.name, message, values };
}

function explainText(text: string): Explanation {
  const ofSafe = SAFE_CODES[text];
  return ofSafe === undefined ? plain("Error", `The contract refused: ${text}.`) : plain(text, `The Safe refused (${text}): ${ofSafe}.`);
}

/** Failures outside of contracts, in the order of matching, recognized by the thrown errors. */
const FAILURES: readonly { name: string; signs: RegExp; message: string }[] = [
  {
    name: "NetworkUnreachable",
    signs:
      /ECONNREFUSED|ENOTFOUND|ECONNRESET|ETIMEDOUT|EAI_AGAIN|UND_ERR|^NETWORK_ERROR$|^TIMEOUT$|fetch failed|cannot connect to the network|could not detect network/i,
    message: "The network does not answer. Check that the node is running and that its endpoint is the right one.",
  },
  {
    name: "InsufficientFundsForGas",
    signs: /^INSUFFICIENT_FUNDS$|insufficient funds|doesn't have enough funds|sender doesn't have enough/i,
    message: "The signer has too little native currency for the amount and the gas. Send it some, or use another signer.",
  },
  {
    name: "NonceUsed",
    signs: /^NONCE_EXPIRED$|nonce too low|nonce has already been used/i,
    message: "Another transaction of the signer came first. Try again.",
  },
  {
    name: "ReplacementUnderpriced",
    signs: /^REPLACEMENT_UNDERPRICED$|replacement transaction underpriced|already known/i,
    message: "An earlier transaction of the signer is still pending. Wait until it is in a block and try again.",
  },
  {
    name: "Rejected",
    signs: /^ACTION_REJECTED$|user (?:rejected|denied)/i,
    message: "The signer refused to sign. Nothing was sent.",
  },
  {
    name: "SignerUnknown",
    signs: /unknown account|no signer for|cannot sign|HH103/i,
    message: "The node cannot sign for this account. Use a signer whose key the node or the configuration has.",
  },
  {
    name: "OutOfGas",
    signs: /out of gas|gas required exceeds|exceeds block gas limit|transaction gas limit/i,
    message: "The call needs more gas than the network allows. Ask for less at a time.",
  },
  {
    name: "ContractMissing",
    signs: /^BAD_DATA$|function returned an unexpected amount of data|call to (?:a )?non-contract|could not decode result data/i,
    message: "There is no such contract at the address on this network. Check that the contracts are deployed there.",
  },
];

/** Whether a failure is the network's, so that asking again for less makes no difference. */
export function isUnreachable(thrown: unknown): boolean {
  return explain(thrown).name === "NetworkUnreachable";
}

function explainFailure(thrown: unknown): Explanation {
  const known = FAILURES.find(({ signs }) => findText(thrown, signs) !== undefined);
  if (known !== undefined) return plain(known.name, known.message);
  if (findText(thrown, /^CALL_EXCEPTION$|revert/i) !== undefined) {
    return plain("Reverted", "The contract refused without saying why. Check the address, the network and the arguments.");
  }
  return plain("Failure", thrown instanceof Error ? thrown.message : String(thrown));
}

function plain(name: string, message: string): Explanation {
  return { name, message, values: {} };
}
