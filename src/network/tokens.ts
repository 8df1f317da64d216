import { IERC165__factory, IERC20Metadata__factory } from "../bindings";
import type { Registries } from "../registries";
import { readSymbol } from "./read";

/** Metadata of any token. It is untrusted, and used only to display amounts. */
export interface TokenInfo {
  token: string;
  /** Its address where it has no symbol, or one that could confuse. */
  symbol: string;
  /** 0: it has none, as tokens that are not divisible. */
  decimals: bigint;
  standard: "ERC-20" | "ERC-721" | "ERC-1155";
}

const MOST_DECIMALS = 36n;
const INTERFACES = { "ERC-721": "0x80ac58cd", "ERC-1155": "0xd9b67a26" } as const;

/** Reads a token's metadata. A token without any passes for an ERC-20 without a name and decimals. */
export async function readToken(registries: Registries, token: string): Promise<TokenInfo> {
  const { runner } = registries.accountRegistry;
  const supports = (id: string): Promise<boolean> => orElse(IERC165__factory.connect(token, runner).supportsInterface(id), false);
  const [symbol, decimals, isErc721, isErc1155] = await Promise.all([
    readSymbol(registries, token),
    orElse(IERC20Metadata__factory.connect(token, runner).decimals(), 0n),
    supports(INTERFACES["ERC-721"]),
    supports(INTERFACES["ERC-1155"]),
  ]);
  const standard = isErc1155 ? "ERC-1155" : isErc721 ? "ERC-721" : "ERC-20";
  return { token, symbol, decimals: standard === "ERC-20" && decimals <= MOST_DECIMALS ? decimals : 0n, standard };
}

async function orElse<T>(asking: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asking;
  } catch {
    return otherwise;
  }
}
