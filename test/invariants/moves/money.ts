import type { ContractTransactionResponse } from "ethers";
import { MaxUint256 } from "ethers";

import { usd } from "../../fixtures";
import type { Random } from "../../helpers/random";
import type { State } from "../state";
import type { World } from "../world";
import { caller, type Move, oneOf, type WeightedChoosers } from "./move";

function deposit(world: World, random: Random): Move {
  const currency = random.pick(world.currencies);
  const isNative = currency === world.currencies[0];
  const by = random.pick(world.owners);
  const to = random.chance(80) ? by : random.pick([...world.actors.values()]);
  const amount = random.chance(15) ? 1n : BigInt(random.between(1, 500 * 10 ** 6)) * (isNative ? 10n ** 12n : 1n);
  const registry = world.accountRegistry.connect(by);
  const options = { value: isNative ? amount : 0n };
  const send = (): Promise<ContractTransactionResponse> =>
    to === by ? registry.deposit(currency, amount, options) : registry.depositFor(to, currency, amount, options);
  return { name: to === by ? "deposit" : "depositFor", api: registry.interface, send };
}

function withdraw(world: World, state: State, random: Random): Move | undefined {
  const account = oneOf(
    random,
    state.accounts.filter(({ balance }) => balance !== 0n),
  );
  if (account === undefined) return undefined;
  const by = caller(world, random, account.account);
  const amount = random.pick([MaxUint256, 1n, account.balance, account.balance / 2n, account.balance + 1n]);
  const registry = world.accountRegistry.connect(by);
  return { name: "withdraw", api: registry.interface, send: () => registry.withdraw(account.currency, amount, by) };
}

function setPrice(world: World, { currencies }: State, random: Random): Move | undefined {
  const currency = oneOf(random, currencies);
  if (currency === undefined) return undefined;
  // Around 1 USD, so that a long walk does not leave what deposits can pay for; sometimes further than the bounds allow.
  const wanted = random.chance(30) ? usd("1") : (currency.usdPerToken * BigInt(random.between(40, 220))) / 100n;
  const registry = world.accountRegistry.connect(world.admin);
  return { name: "setPrice", api: registry.interface, send: () => registry.setPrice(currency.currency, wanted) };
}

function pause(world: World, random: Random): Move {
  const registry = world.accountRegistry.connect(world.admin);
  const currency = random.pick(world.currencies);
  const paused = random.chance(25);
  return { name: "pauseCurrency", api: registry.interface, send: () => registry.pauseCurrency(currency, paused) };
}

function setNetworkFee(world: World, random: Random): Move {
  const registry = world.clusterRegistry.connect(world.admin);
  const feeBps = random.pick([0, 1, 100, 1_000, 1_001]);
  const account = random.pick([world.treasury, world.treasury, world.admin]);
  return { name: "setNetworkFee", api: registry.interface, send: () => registry.setNetworkFee(feeBps, account) };
}

export const MONEY_MOVES: WeightedChoosers = [
  [10, (world, _state, random) => deposit(world, random)],
  [4, withdraw],
  [5, setPrice],
  [1, (world, _state, random) => pause(world, random)],
  [1, (world, _state, random) => setNetworkFee(world, random)],
];
