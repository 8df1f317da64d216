import type { Log } from "ethers";

import { registryInterfaces } from "../errors";
import { plainArgs } from "../network";

/** Kinds of events. The last three are computed: no contract emits an event when an account runs low. */
export const KINDS = ["created", "replaced", "paid", "changed", "low", "depleted", "covered"] as const;
export type Kind = (typeof KINDS)[number];

/** A remembered log. */
export interface SeenLog {
  address: string;
  topics: readonly string[];
  data: string;
  logIndex: number;
  transactionHash: string;
}

/** A position in the chain. */
export interface Position {
  blockNumber: number;
  blockHash: string;
  /** Timestamp of the block (unix seconds). */
  time: bigint;
}

/** An event of the registries. */
export interface ContractEvent extends Position {
  kind: Exclude<Kind, AccountEvent["kind"]>;
  name: string;
  address: string;
  args: Record<string, unknown>;
  logIndex: number;
  transactionHash: string;
  /** The chain has dropped the event's block: the event is void. */
  withdrawn: boolean;
}

/**
 * An account is covered for less than a threshold (`low`), not at all (`depleted`), or for longer again (`covered`), as seen at a block.
 */
export interface AccountEvent extends Position {
  kind: "low" | "depleted" | "covered";
  account: string;
  currency: string;
  ratePerMonth: bigint;
  coveredUntil: bigint;
}

export type NetworkEvent = ContractEvent | AccountEvent;

const CREATED = ["NodeCreated", "ClusterCreated", "BucketCreated", "CurrencyListed"];
const REPLACED = ["VnodeReplaced", "NodeReplaced", "VacancyFilled", "NodeVacated", "ClusterFilled"];
const PAID = [
  "Deposited",
  "Withdrawn",
  "Credited",
  "Debited",
  "AccountTouched",
  "StreamChanged",
  "ClusterSettled",
  "UnservedRefunded",
  "RevenuesDistributed",
  "RevenuesClaimed",
  "BondPosted",
  "BondReturned",
  "NodeSlashed",
];

/** Decodes a log as an event of the registries; undefined for an unknown event. */
export function eventOf(log: SeenLog, at: Position, withdrawn: boolean): ContractEvent | undefined {
  for (const abi of Object.values(registryInterfaces)) {
    const parsed = abi.parseLog(log);
    if (parsed === null) continue;
    const { blockNumber, blockHash, time } = at;
    const { address, logIndex, transactionHash } = log;
    const [name, args] = [parsed.name, plainArgs(parsed)];
    return { kind: kindOf(name), name, address, args, blockNumber, blockHash, time, logIndex, transactionHash, withdrawn };
  }
  return undefined;
}

export function seenLog({ address, topics, data, index, transactionHash }: Log): SeenLog {
  return { address, topics, data, logIndex: index, transactionHash };
}

/** All addresses among the arguments of an event. */
export function addressesIn({ args }: ContractEvent): string[] {
  return Object.values(args).filter((value): value is string => typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value));
}

function kindOf(name: string): ContractEvent["kind"] {
  if (CREATED.includes(name)) return "created";
  if (REPLACED.includes(name)) return "replaced";
  return PAID.includes(name) ? "paid" : "changed";
}
