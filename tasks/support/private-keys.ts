import { existsSync, readFileSync } from "node:fs";

import { HDNodeWallet, Mnemonic, SigningKey, Wallet } from "ethers";
import type { HardhatNetworkAccountsConfig, HttpNetworkAccountsConfig } from "hardhat/types";

import { UserError, encryption } from "../../src";
import type { Argument } from "./arguments";
import type { TaskContext } from "./context";

const DEVELOPMENT_CHAIN = 31_337;

/** A private key that lies in a file: it is never typed, and never printed. */
export function privateKeyFile(description: string): Argument<string> {
  return {
    description: `${description} (a file with 64 hexadecimal digits)`,
    kind: "required",
    read: (path) => {
      const key = readKey(path);
      return () => key;
    },
  };
}

/** The private key of an account, where the configuration has it, or where it is one that development chains have by themselves. */
export function privateKeyOf({ hre, deployment }: TaskContext, account: string): string | undefined {
  const { accounts } = hre.network.config;
  const known = accounts === "remote" && deployment.chainId === DEVELOPMENT_CHAIN ? hre.config.networks.hardhat.accounts : accounts;
  for (const wallet of walletsOf(known)) if (wallet.address === account) return wallet.privateKey;
  return undefined;
}

/** The public key of an account: of its private key, or by having it sign that others may encrypt for it. */
export async function publicKeyOf(context: TaskContext, account: string): Promise<Uint8Array | undefined> {
  const privateKey = privateKeyOf(context, account);
  if (privateKey !== undefined) return encryption.compressPublicKey(SigningKey.computePublicKey(privateKey));
  const signature = await signatureOf(context, account);
  return signature === undefined ? undefined : encryption.recoverPublicKey(account, signature);
}

/** Signs the text that lets others encrypt for an account, if its key is here. */
export async function signatureOf({ people }: TaskContext, account: string): Promise<string | undefined> {
  try {
    return await people.signer(account).signMessage(encryption.publicKeyMessage(account));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function* walletsOf(accounts: HardhatNetworkAccountsConfig | HttpNetworkAccountsConfig): Generator<Wallet | HDNodeWallet> {
  if (accounts === "remote") return;
  if (Array.isArray(accounts)) {
    for (const account of accounts) yield new Wallet(typeof account === "string" ? account : account.privateKey);
    return;
  }
  const { mnemonic, passphrase, path, initialIndex, count } = accounts;
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(mnemonic, passphrase), path);
  for (let i = 0; i < count; i += 1) yield parent.deriveChild(initialIndex + i);
}

function readKey(path: string): string {
  if (!existsSync(path)) throw new UserError(`There is no file ${path} to take the private key from.`);
  const digits = readFileSync(path, "utf8").trim().replace(/^0x/, "");
  try {
    return new SigningKey(`0x${digits}`).privateKey;
  } catch {
    throw new UserError(`${path} does not hold a private key: 64 hexadecimal digits.`);
  }
}
