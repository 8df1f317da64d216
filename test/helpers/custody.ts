import { expect } from "chai";
import { type AddressLike, resolveAddress } from "ethers";

import type { Base } from "../fixtures";

type Registries = Pick<Base, "accountRegistry" | "clusterRegistry">;

/** What a currency's custody consists of, in fine units. */
export interface CustodyParts {
  currency: string;
  fineOwed: bigint;
  balances: bigint;
  unsettled: bigint;
  pools: bigint;
  undivided: bigint;
  unclaimed: bigint;
}

/**
 * Adds up, for each currency, what these accounts and all clusters have.
 * @param accounts All who have ever been credited or paid.
 */
export async function custodyParts(registries: Registries, accounts: readonly AddressLike[]): Promise<CustodyParts[]> {
  const { accountRegistry, clusterRegistry } = registries;
  const [currencies] = await accountRegistry.listCurrencies(1, 2 ** 16);
  const [living, idsEnd] = await clusterRegistry.listClusters(1, 2 ** 32 - 1, "0x0000000000000000000000000000000000000000");
  const currencyOf = new Map(living.map(({ clusterId, currency }) => [clusterId, currency]));
  const addresses = new Set(await Promise.all(accounts.map((account) => resolveAddress(account))));

  const parts = new Map<string, CustodyParts>();
  for (const { currency, finePerBaseUnit } of currencies) {
    const { owed } = await accountRegistry.custody(currency);
    const none = { balances: 0n, unsettled: 0n, pools: 0n, undivided: 0n, unclaimed: 0n };
    parts.set(currency, { currency, fineOwed: owed * finePerBaseUnit, ...none });
  }
  for (const part of parts.values()) {
    for (const account of addresses) part.balances += (await accountRegistry.getAccount(account, part.currency)).fineBalance;
  }
  for (let clusterId = 1n; clusterId < idsEnd; ++clusterId) {
    const part = parts.get(currencyOf.get(clusterId) ?? "");
    if (part === undefined) {
      await expectNothingLeft(registries, clusterId, addresses);
      continue;
    }
    part.pools += await accountRegistry.poolOf(clusterId);
    part.undivided += await clusterRegistry.undividedOf(clusterId);
    for (const { fineClaimable } of await clusterRegistry.getMembers(clusterId)) part.unclaimed += fineClaimable;
    for (const account of addresses) part.unsettled += (await accountRegistry.getStream(account, clusterId)).fineOwed;
  }
  return [...parts.values()];
}

/** Expects that what each currency's custody owes is exactly what everyone has, and that the registry holds as much. */
export async function expectExactCustody(registries: Registries, accounts: readonly AddressLike[]): Promise<void> {
  for (const part of await custodyParts(registries, accounts)) {
    const { currency, fineOwed, balances, unsettled, pools, undivided, unclaimed } = part;
    expect(balances + unsettled + pools + undivided + unclaimed, `fine units of ${currency}`).to.equal(fineOwed);
    const { held, owed } = await registries.accountRegistry.custody(currency);
    expect(held, `${currency} held`).to.equal(owed);
  }
}

/** A cluster that was removed keeps nothing back. */
async function expectNothingLeft(
  { accountRegistry, clusterRegistry }: Registries,
  clusterId: bigint,
  accounts: ReadonlySet<string>,
): Promise<void> {
  expect(await accountRegistry.poolOf(clusterId), `pool of removed cluster ${clusterId}`).to.equal(0n);
  expect(await clusterRegistry.undividedOf(clusterId), `undivided of removed cluster ${clusterId}`).to.equal(0n);
  for (const account of accounts) {
    const { fineOwed } = await accountRegistry.getStream(account, clusterId);
    expect(fineOwed, `owed by ${account} to removed cluster ${clusterId}`).to.equal(0n);
  }
}
