import { type JsonRpcApiProvider, type TransactionReceipt, type TransactionResponse, dataLength, getBytes } from "ethers";

import { type TraceStep, touchedBy } from "./trace";

/** The part of a provider that measuring needs; Hardhat's and ethers' own both have it. */
export interface Chain extends Pick<JsonRpcApiProvider, "getCode" | "getStorage" | "getTransactionCount" | "getBalance"> {
  send: (method: string, params: unknown[]) => Promise<unknown>;
}

const TRANSACTION = 21_000n;
const CALLDATA_ZERO_BYTE = 4n;
const CALLDATA_BYTE = 16n;
const SLOT_READ = 2_100n;
const SLOT_SET = 22_100n;
const SLOT_CHANGED = 5_000n;
const SLOT_CLEARED_REFUND = 4_800n;
const ACCOUNT_READ = 2_600n;
const VALUE_SENT = 6_700n; // 9,000 less the stipend of 2,300, which comes back.
const ACCOUNT_NEW = 25_000n;
const CONTRACT_CREATED = 32_000n;
const CODE_BYTE = 200n;
const LOG = 375n;
const LOG_TOPIC = 375n;
const LOG_BYTE = 8n;
/** At most this part of what a transaction uses is refunded. */
const REFUND_DIVISOR = 5n;

/** The precompiled contracts, which are warm from the start. */
const LAST_PRECOMPILE = 0x11n;

export function calldataCost(data: string): bigint {
  return getBytes(data).reduce((cost, byte) => cost + (byte === 0 ? CALLDATA_ZERO_BYTE : CALLDATA_BYTE), 0n);
}

function logsCost({ logs }: TransactionReceipt): bigint {
  return logs.reduce((cost, { topics, data }) => cost + LOG + LOG_TOPIC * BigInt(topics.length) + LOG_BYTE * BigInt(dataLength(data)), 0n);
}

interface Cost {
  cost: bigint;
  refund: bigint;
}

/** What a slot costs that was touched in `block`, by what its value was before and is after. */
async function slotCost(chain: Chain, address: string, slot: string, block: number): Promise<Cost> {
  const before = BigInt(await chain.getStorage(address, slot, block - 1));
  const after = BigInt(await chain.getStorage(address, slot, block));
  if (before === after) return { cost: SLOT_READ, refund: 0n };
  if (before === 0n) return { cost: SLOT_SET, refund: 0n };
  return { cost: SLOT_CHANGED, refund: after === 0n ? SLOT_CLEARED_REFUND : 0n };
}

async function isNew(chain: Chain, address: string, block: number): Promise<boolean> {
  const [code, nonce, balance] = await Promise.all([
    chain.getCode(address, block - 1),
    chain.getTransactionCount(address, block - 1),
    chain.getBalance(address, block - 1),
  ]);
  return code === "0x" && nonce === 0 && balance === 0n;
}

/** The least that a transaction could have cost that touches what this one touched, by the prices since Berlin and London. */
export async function floorOf(chain: Chain, transaction: TransactionResponse, receipt: TransactionReceipt): Promise<bigint> {
  const { to, from, hash, data } = transaction;
  if (to === null) throw new Error("Only calls are measured.");
  const block = receipt.blockNumber;
  const options = { disableMemory: true, disableStorage: true };
  const { structLogs } = (await chain.send("debug_traceTransaction", [hash, options])) as { structLogs: TraceStep[] };
  const { slots, accounts, created, paid } = touchedBy(structLogs, to);

  let cost = TRANSACTION + calldataCost(data) + logsCost(receipt);
  let refund = 0n;
  for (const [address, ofContract] of slots) {
    for (const slot of ofContract) {
      const { cost: slotGas, refund: slotRefund } = await slotCost(chain, address, slot, block);
      cost += slotGas;
      refund += slotRefund;
    }
  }
  for (const address of accounts) {
    const warm = address === to || address === from || created.has(address) || BigInt(address) <= LAST_PRECOMPILE;
    if (!warm) cost += ACCOUNT_READ;
  }
  for (const address of created) cost += CONTRACT_CREATED + CODE_BYTE * BigInt(dataLength(await chain.getCode(address, block)));
  for (const address of paid) cost += VALUE_SENT + ((await isNew(chain, address, block)) ? ACCOUNT_NEW : 0n);

  const refunded = refund < cost / REFUND_DIVISOR ? refund : cost / REFUND_DIVISOR;
  return cost - refunded;
}
