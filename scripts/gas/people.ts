import { dataSlice, getAddress, id, toQuantity } from "ethers";
import { network } from "hardhat";

const BALANCE = toQuantity(1_000n * 10n ** 18n);

/** The address of one of many people, by what they do. */
export function personOf(role: string, index: number): string {
  return getAddress(dataSlice(id(`${role} ${index}`), 12));
}

/** Lets somebody who has no key send transactions. */
export async function admit(person: string): Promise<void> {
  await network.provider.send("hardhat_impersonateAccount", [person]);
  await network.provider.send("hardhat_setBalance", [person, BALANCE]);
}
