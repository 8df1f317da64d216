import { SigningKey, hexlify } from "ethers";

import { UserError, encryption } from "../../src";
import { optional, party } from "../support/arguments";
import type { TaskContext } from "../support/context";
import { keySources } from "../support/data-keys";
import { defineRead } from "../support/define";
import type { Section } from "../support/report";
import { signatureOf } from "../support/private-keys";

const UNPROVEN = "Nothing proves whose it is: the owner has to trust the way by which it comes, and says so with --trust-public-keys.";

defineRead({
  name: "account:public-key",
  description: "Says what the owner of a bucket needs to encrypt for an account",
  arguments: { account: optional(party("Whose; 0 unless given")), secret: keySources.secret },
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
    `Nobody here can sign for ${context.nameOf(account)}. Sign this text where its key is (personal_sign), and give the owner the signature:\n\n` +
      encryption.publicKeyMessage(account),
  );
}

function partOf({ nameOf }: TaskContext, account: string, { publicKey, proven }: { publicKey: string; proven: boolean }): Section {
  const text = `${nameOf(account)} reads by the public key ${publicKey}. The owner gives bucket:publish-keys\n--readers ${account}=${publicKey}`;
  return { key: "publicKey", text: proven ? text : `${text}\n${UNPROVEN}`, data: { account, publicKey, proven } };
}
