import { type Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import {
  type Addresses,
  type CurrencyInfo,
  type ExplainContext,
  NATIVE,
  ZERO_ADDRESS,
  type Registries,
  UserError,
  connectRegistries,
  readCurrencies,
  readSymbol,
} from "../../src";
import { IERC20Metadata__factory } from "../../src/bindings";
import { type Deployment, findDeployment } from "./deployment";
import { type People, addressIn, findPeople } from "./people";
import { readingRunner } from "./reading";

/** Knowledge for explaining errors, and a way to look up more. */
export interface KnownContext extends ExplainContext {
  lookUp?: () => Promise<unknown>;
}

/** Symbols of native currencies other than ether. */
const NATIVE_SYMBOLS: Readonly<Record<number, string>> = { 80_002: "POL", 314_159: "FIL" };

/** The context of a task: the contracts of the network, and the names of accounts and currencies there. */
export interface TaskContext {
  hre: HardhatRuntimeEnvironment;
  provider: Provider;
  deployment: Deployment;
  addresses: Addresses;
  registries: Registries;
  people: People;
  /** The listed currencies. */
  currencies: () => Promise<CurrencyInfo[]>;
  /** A listed currency, by its address. */
  currency: (address: string) => Promise<CurrencyInfo>;
  /** The address of a currency, listed or not, by what people call it. */
  currencyNamed: (name: string) => Promise<string>;
  /** Name of an address. */
  nameOf: (address: string) => string;
  nativeSymbol: string;
  /** Knowledge so far, for errors in people's units. */
  known: KnownContext;
}

/** @param known Is filled in with what is found out, so that it is there to explain errors even if this fails. */
export async function openContext(hre: HardhatRuntimeEnvironment, known: KnownContext): Promise<TaskContext> {
  const { provider } = hre.ethers;
  const deployment = await findDeployment(hre);
  const { addresses } = deployment;
  const registries = connectRegistries(addresses, readingRunner(hre, deployment.chainId));
  const people = await findPeople(hre);
  const names = new Map([...deployment.names, ...people.names]);
  known.names = names;
  const nativeSymbol = NATIVE_SYMBOLS[deployment.chainId] ?? "ETH";
  let listed: Promise<CurrencyInfo[]> | undefined;

  const currencies = async (): Promise<CurrencyInfo[]> => {
    listed ??= readCurrencies(registries, { nativeSymbol });
    known.currencies = await listed;
    return listed;
  };
  known.lookUp = currencies;
  return {
    hre,
    provider,
    deployment,
    addresses,
    registries,
    people,
    known,
    nativeSymbol,
    currencies,
    currency: async (address) => {
      const found = (await currencies()).find((candidate) => candidate.currency === address);
      // The registry itself refuses a currency that is not listed.
      return found ?? unlisted(registries, address, nativeSymbol);
    },
    currencyNamed: async (name) => findCurrency(name, nativeSymbol, deployment, await currencies()),
    nameOf: (address) => (address === ZERO_ADDRESS ? "nobody" : (names.get(address) ?? address)),
  };
}

function findCurrency(name: string, nativeSymbol: string, { tokens }: Deployment, listed: readonly CurrencyInfo[]): string {
  const wanted = name.trim();
  if (["native", nativeSymbol.toLowerCase()].includes(wanted.toLowerCase())) return NATIVE;
  const address = addressIn(wanted);
  if (address !== undefined) return address;
  const deployed = tokens.get(wanted);
  if (deployed !== undefined) return deployed;
  const withSymbol = listed.filter(({ symbol }) => symbol === wanted);
  // A symbol is no proof of what a token is: where two claim it, only the address will do.
  if (withSymbol.length === 1 && withSymbol[0] !== undefined) return withSymbol[0].currency;
  const names = ["native", ...new Set([...tokens.keys(), ...listed.map(({ symbol }) => symbol)])];
  throw new UserError(
    withSymbol.length > 1
      ? `Several currencies have the symbol ${wanted}: give an address instead.`
      : `No currency is called "${wanted}". Give one of ${names.join(", ")}, or the address of a token.`,
  );
}

async function unlisted(registries: Registries, address: string, nativeSymbol: string): Promise<CurrencyInfo> {
  const { provider } = registries.accountRegistry.runner ?? {};
  if (address !== NATIVE && (await provider?.getCode(address)) === "0x") {
    throw new UserError(`There is no token at ${address} on this network. Check the address and the network.`);
  }
  const decimals = address === NATIVE ? 18n : await IERC20Metadata__factory.connect(address, provider).decimals();
  const none = { paused: false, usdPerToken: 0n, minPrice: 0n, maxPrice: 0n, feed: ZERO_ADDRESS, maxAge: 0n, index: 0n };
  const symbol = await readSymbol(registries, address, { nativeSymbol });
  return { ...none, currency: address, currencyId: 0n, decimals, symbol, scale: 0n };
}
