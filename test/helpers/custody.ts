import { expect } from "chai";
import { ethers } from "hardhat";

import { type Addresses, checkCustody, connectRegistries, type Registries } from "../../src";
import type { Base } from "../fixtures";

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

/**
 * Expects, for each currency, that what is owed is in scaled units exactly the sum of balances, what clusters have earned, what is withheld
 * from them for refunds, what they do not know of yet, what did not divide, unclaimed shares and bonds, of all whom an event ever named;
 * and that the registry holds just that.
 * @param currencies How many there are.
 */
export async function expectExactCustody(fixture: Base, currencies = 2): Promise<void> {
  const reports = await checkCustody(await registriesOf(fixture));
  expect(reports.length).to.equal(currencies);
  for (const { symbol, scaledOwed, balances, revenues, withheld, late, undistributed, unclaimed, bonds, held, owed } of reports) {
    const parts = balances + revenues + withheld + late + undistributed + unclaimed + bonds;
    expect(parts, `scaled units of ${symbol}`).to.equal(scaledOwed);
    expect(held, `${symbol} held`).to.equal(owed);
  }
}
