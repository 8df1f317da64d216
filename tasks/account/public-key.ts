import { SigningKey, hexlify } from "ethers";

import { UserError, encryption } from "../../src";
import { optional, party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { keySources } from "../support/data-keys";
import { defineRead } from "../support/define";
import type { Section } from "../support/report";
import { signatureOf } from "../support/private-keys";

const UNPROVEN = "The key carries no proof of its holder. An owner that trusts its source passes --trust-public-keys.";

defineRead({
  name: "account:public-key",
  description: "Prints the public key that a bucket's owner needs to encrypt for an account",
  arguments: { account: optional(party("Account; 0 by default")), secret: keySources.secret },
  read: async (context, { account = context.people.address("0"), secret }) => [
    secret === undefined
      ? await provenPart(context, account)
      : partOf(context, account, { publicKey: SigningKey.computePublicKey(secret, true), proven: false }),
  ],
});

async function provenPart(context: TaskContext, account: string): Promise<Section> {
  const signature = await signatureOf(context, account);
  if (signature !== undefined) {
    return partOf(context, account, { publicKey: hexlify(encryption.recoverPublicKey(account, signature)), proven: true });
  }
  throw new UserError(
    `No key for ${context.nameOf(account)} here. Sign this text where the key is (personal_sign), and send the signature to the owner:\n\n` +
      encryption.publicKeyMessage(account),
  );
}

function partOf({ nameOf }: TaskContext, account: string, { publicKey, proven }: { publicKey: string; proven: boolean }): Section {
  const text = `${nameOf(account)} reads by the public key ${publicKey}. The owner gives bucket:publish-keys\n--readers ${account}=${publicKey}`;
  return { key: "publicKey", text: proven ? text : `${text}\n${UNPROVEN}`, data: { account, publicKey, proven } };
}
