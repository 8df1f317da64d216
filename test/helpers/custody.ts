import { expect } from "chai";
import { ethers } from "hardhat";

import { type Addresses, connectRegistries, type Registries } from "../../src";
import type { Base } from "../fixtures";
import { MAX_UINT32 } from "./clusters";

/** Where the contracts of a fixture are. */
export async function addressesOf(fixture: Base): Promise<Addresses> {
  const { accountRegistry, priceRegistry, nodeRegistry, clusterRegistry, bucketRegistry } = fixture;
  const { termsRegistry, storageProofs, accessManager } = fixture;
  return {
    accountRegistry: await accountRegistry.getAddress(),
    priceRegistry: await priceRegistry.getAddress(),
    nodeRegistry: await nodeRegistry.getAddress(),
    clusterRegistry: await clusterRegistry.getAddress(),
    bucketRegistry: await bucketRegistry.getAddress(),
    termsRegistry: await termsRegistry.getAddress(),
    storageProofs: await storageProofs.getAddress(),
    accessManager: await accessManager.getAddress(),
  };
}

/** The registries of a fixture, as the library reads them. */
export async function registriesOf(fixture: Base): Promise<Registries> {
  return connectRegistries(await addressesOf(fixture), ethers.provider);
}

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** All that have ever been credited, as events name them. */
async function creditedAccounts({ accountRegistry, clusterRegistry, termsRegistry }: Base): Promise<string[]> {
  const accounts = new Set<string>();
  for (const { args } of await accountRegistry.queryFilter(accountRegistry.filters.Deposited())) accounts.add(args.account);
  for (const { args } of await accountRegistry.queryFilter(accountRegistry.filters.StreamChanged())) accounts.add(args.payer);
  for (const { args } of await clusterRegistry.queryFilter(clusterRegistry.filters.RevenuesClaimed())) accounts.add(args.provider);
  for (const { args } of await clusterRegistry.queryFilter(clusterRegistry.filters.NetworkFeeChanged())) accounts.add(args.networkAccount);
  for (const { args } of await clusterRegistry.queryFilter(clusterRegistry.filters.RevenuesDistributed())) {
    accounts.add(args.manager).add(args.networkAccount);
  }
  for (const { args } of await termsRegistry.queryFilter(termsRegistry.filters.BondPosted())) accounts.add(args.provider);
  return [...accounts];
}

/** All bonds, of clusters that are there or not, in base units by the currency's number. */
async function bondsOf({ termsRegistry }: Base): Promise<Map<bigint, bigint>> {
  const bonds = new Map<bigint, bigint>();
  const posted = await termsRegistry.queryFilter(termsRegistry.filters.BondPosted());
  const nodes = new Map(posted.map(({ args: { clusterId, nodeId } }) => [`${clusterId} ${nodeId}`, { clusterId, nodeId }]));
  for (const { clusterId, nodeId } of nodes.values()) {
    const { bond, currencyId } = await termsRegistry.getAgreement(clusterId, nodeId);
    bonds.set(currencyId, (bonds.get(currencyId) ?? 0n) + bond);
  }
  return bonds;
}

/**
 * Expects, for each currency, that what is owed is in scaled units exactly the sum of balances, what clusters do not know of yet, what they
 * have earned, what is withheld for refunds, what did not divide, unclaimed shares and bonds, of all whom an event ever named; and that the
 * registry holds just that.
 * @param currencies How many there are.
 */
export async function expectExactCustody(fixture: Base, currencies = 2): Promise<void> {
  const { accountRegistry, clusterRegistry } = fixture;
  expect(await accountRegistry.lastCurrencyId()).to.equal(currencies);
  const accounts = await creditedAccounts(fixture);
  const bonds = await bondsOf(fixture);
  const [present, last] = await clusterRegistry.listClusters(0, MAX_UINT32, ethers.ZeroAddress);
  const known = new Map(present.map((cluster) => [cluster.clusterId, cluster]));
  for (let id = 1n; id <= BigInt(currencies); ++id) {
    const [currency, scale] = await accountRegistry.currencyOf(id);
    const parts: Record<string, bigint> = { bonds: (bonds.get(id) ?? 0n) * scale };
    const statuses = await Promise.all(accounts.map((account) => accountRegistry.getAccount(account, currency)));
    const streams = await Promise.all(accounts.map((account) => accountRegistry.listStreams(account, currency)));
    parts.balances = sum(statuses.map(({ scaledBalance }) => scaledBalance));
    parts.late = sum(streams.flat().map(({ scaledLate }) => scaledLate));
    for (const part of ["earned", "withheld", "undistributed", "unclaimed"]) parts[part] = 0n;
    for (let clusterId = 1n; clusterId <= last; ++clusterId) {
      const line = await accountRegistry.getLine(clusterId);
      const cluster = known.get(clusterId);
      if (line.currencyId !== id) continue;
      parts.earned! += line.scaledRevenue;
      parts.withheld! += line.scaledUnserved;
      if (!cluster) continue;
      parts.undistributed! += await clusterRegistry.undistributedOf(clusterId);
      parts.unclaimed! += sum((await clusterRegistry.getMembers(clusterId)).map(({ scaledClaimable }) => scaledClaimable));
    }
    const { held, owed } = await accountRegistry.custody(currency);
    const named = Object.entries(parts).map(([name, amount]) => `${name} ${amount}`);
    expect(sum(Object.values(parts)), `scaled units of ${currency}: ${named.join(", ")}`).to.equal(owed * scale);
    expect(held, `${currency} held`).to.equal(owed);
  }
}
