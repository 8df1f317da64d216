import {
  type AccessList,
  GRANT_WITHOUT_END,
  type GateInfo,
  RIGHT_BITS,
  type TokenInfo,
  formatAmount,
  formatTime,
  isNative,
  readAccessList,
  readToken,
} from "../../src";
import { type Argument, oneOf } from "./arguments";
import type { TaskContext } from "./context";
import { now } from "./sections";
import type { Section } from "./report";
import { card, table } from "./tables";

/** Names of the rights. */
type Right = keyof typeof RIGHT_BITS;

const NAMES = Object.keys(RIGHT_BITS) as Right[];

export function right(description: string): Argument<Right> {
  return oneOf(description, NAMES);
}

/** Access rights of a bucket. */
export async function accessPart(context: TaskContext, bucketId: bigint): Promise<Section> {
  const list = await readAccessList(context.registries, bucketId, { fromBlock: context.deployment.fromBlock });
  const time = await now(context);
  const tokens = await readTokens(context, [list.readGate, list.writeGate]);
  const overview = card([
    ["Bucket", String(bucketId)],
    ["Owner", `${context.nameOf(list.owner)}, with all rights`],
    ["Public", list.isPublic ? "everyone may read" : "no"],
    ["Read by holders of", gateText(list.readGate, tokens)],
    ["Written by holders of", gateText(list.writeGate, tokens)],
    ["Key epoch", `${list.epoch}${list.hasKeys ? "" : ", without keys so far"}`],
  ]);
  const rows = rowsOf(context, list, time);
  const text = rows.length === 0 ? overview : `${overview}\n${table(["Account", "May read", "May write", "Has the key of epoch"], rows)}`;
  return { key: "access", text, data: { ...list, tokens } };
}

/** An amount of a token that gates a bucket. */
export function gateText({ token, byId, id, minimum }: GateInfo, tokens: readonly TokenInfo[]): string {
  if (isNative(token)) return "no token";
  const known = tokens.find((candidate) => candidate.token === token);
  const decimals = byId ? 0 : Number(known?.decimals ?? 0n);
  return `${formatAmount(minimum, decimals)} ${known?.symbol ?? token}${byId ? ` of id ${id}` : ""}, or more`;
}

async function readTokens({ registries }: TaskContext, gates: readonly GateInfo[]): Promise<TokenInfo[]> {
  const addresses = new Set(gates.map(({ token }) => token).filter((token) => !isNative(token)));
  return Promise.all([...addresses].map((token) => readToken(registries, token)));
}

function rowsOf({ nameOf }: TaskContext, { grants, keys }: AccessList, time: bigint): string[][] {
  const accounts = new Set([...grants.map(({ account }) => account), ...keys.map(({ reader }) => reader)]);
  return [...accounts].map((account) => {
    const grant = grants.find((candidate) => candidate.account === account);
    const key = keys.find(({ reader }) => reader === account);
    return [
      nameOf(account),
      untilText(grant?.readUntil ?? 0n, time),
      untilText(grant?.writeUntil ?? 0n, time),
      key === undefined ? "" : String(key.epoch),
    ];
  });
}

function untilText(until: bigint, time: bigint): string {
  if (until === 0n) return "";
  if (until === GRANT_WITHOUT_END) return "for ever";
  return until > time ? `until ${formatTime(until)}` : `ended ${formatTime(until)}`;
}
