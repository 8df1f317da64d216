import { HDNodeWallet, Mnemonic, Wallet } from "ethers";

import { UserError } from "../../../src";

/** The phrase from which development chains (Hardhat's node, anvil) make their accounts. */
const PHRASE = "test test test test test test test test test test test junk";

/** People of the demo, by their account on a development chain. The sixth has another role in `npm start`. */
export const PEOPLE = { provider1: "2", provider2: "3", manager: "4", owner: "5", provider3: "9", friend: "7", stranger: "8" } as const;

export type Person = keyof typeof PEOPLE;

/** The key of a person that encrypts, decrypts or signs outside of Hardhat. */
export function walletOf(person: Person, address: string): Wallet {
  const mnemonic = Mnemonic.fromPhrase(PHRASE);
  const { privateKey } = HDNodeWallet.fromMnemonic(mnemonic, `m/44'/60'/0'/0/${PEOPLE[person]}`);
  const wallet = new Wallet(privateKey);
  if (wallet.address !== address)
    throw new UserError("The example needs a chain with the accounts that Hardhat and anvil have by themselves.");
  return wallet;
}
